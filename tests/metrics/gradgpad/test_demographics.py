"""Figures by group: the draw of subsets, BPCER and its pairs, the bias metric."""

import random
from statistics import mean

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.gradgpad.demographics import (
    SEX_NOT_READ,
    demographic_bias,
    demographic_bpcer,
    fair_subsets,
    grouped_skin_tone_bpcer,
)
from anomaly_fas.metrics.gradgpad.operating_points import thinned_roc, threshold_at_far
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.protocols.gradgpad import gradgpad_annotations


def rows(dataset: str, sexes: dict[str, int]) -> pd.DataFrame:
    names = [sex for sex, count in sexes.items() for _ in range(count)]
    columns = {"dataset": dataset, "sex": names, "age": "", "skin_tone": ""}
    return pd.DataFrame(columns).assign(score=np.arange(len(names)) / 100)


def test_each_group_is_drawn_with_its_size_as_the_seed() -> None:
    oulu = rows("oulu-npu", {"male": 30, "female": 12})
    groups = fair_subsets(oulu, "sex")
    random.seed(30)
    assert groups["MALE"].tolist() == [n / 100 for n in random.sample(range(30), 12)]
    assert sorted(groups["FEMALE"]) == [n / 100 for n in range(30, 42)]


def test_a_dataset_without_one_of_the_groups_takes_no_part() -> None:
    both = pd.concat([rows("oulu-npu", {"male": 2, "female": 1}), rows("hkbu", {"male": 5})])
    assert {name: len(scores) for name, scores in fair_subsets(both, "sex").items()} == {
        "MALE": 1,
        "FEMALE": 1,
    }
    assert fair_subsets(rows("hkbu", {"male": 5}), "sex") == {}
    assert fair_subsets(both, "age") == {}


@pytest.mark.parametrize("dataset", sorted(SEX_NOT_READ))
def test_the_sex_of_eight_datasets_is_not_read(dataset: str) -> None:
    assert fair_subsets(rows(dataset, {"male": 3, "female": 3}), "sex") == {}
    annotated = gradgpad_annotations()
    assert (annotated.loc[annotated["dataset"] == dataset, "sex"] != "").any()


TONES = [
    "LIGHT_PINK",
    "LIGHT_YELLOW",
    "MEDIUM_PINK_BROWN",
    "MEDIUM_YELLOW_BROWN",
    "MEDIUM_DARK_BROWN",
    "DARK_BROWN",
]


def test_bpcer_by_age() -> None:
    ages = ["young", "young", "adult", "adult", "senior", "senior"]
    bona_fide = pd.DataFrame({"dataset": "uvad", "sex": "", "age": ages, "skin_tone": ""}).assign(
        score=[0.1, 0.5, 0.6, 0.7, 0.5, 0.9]
    )
    test = GradgpadSubset(np.array([]), np.array([]), np.array([]), bona_fide)
    # A score of 0.5 is at the threshold, and so no error.
    rates = demographic_bpcer(test, "age", threshold=0.5)
    assert rates == {"YOUNG": 0.0, "ADULT": 100.0, "SENIOR": 50.0}


@pytest.mark.parametrize(
    ("first", "second", "grouped"),
    [(4.0, 6.0, 5.0), (4.0, 0.0, 2.0), (0.0, 6.0, 6.0), (0.0, 0.0, 0.0)],
)
def test_a_first_rate_of_zero_is_taken_for_none(
    first: float, second: float, grouped: float
) -> None:
    rates = dict.fromkeys(TONES, 1.0) | {"LIGHT_PINK": first, "MEDIUM_PINK_BROWN": second}
    assert grouped_skin_tone_bpcer(rates) == {"Yellow": 1.0, "Pink": grouped, "Dark Brown": 1.0}


def test_without_skin_tones_there_are_no_groups() -> None:
    assert grouped_skin_tone_bpcer({}) == {}


ATTACKS = 200


def subset(seed: int, ages: list[str], decimals: int) -> GradgpadSubset:
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(np.repeat([0.3, 0.6], [len(ages), ATTACKS]), 0.1), decimals)
    columns = {"dataset": "uvad", "sex": "", "age": ages, "skin_tone": ""}
    bona_fide = pd.DataFrame(columns).assign(score=scores[: len(ages)])
    is_attack = np.arange(len(scores)) >= len(ages)
    return GradgpadSubset(scores.astype(np.float32), is_attack, is_attack.astype(int), bona_fide)


def searched(scores: np.ndarray, threshold: float) -> float:
    shares = np.linspace(0, 100, 6001)
    percentiles = np.percentile(scores, shares).tolist()
    nearest = min(range(6001), key=lambda place: abs(percentiles[place] - threshold))
    return float(100 - shares[nearest])


@pytest.mark.parametrize("decimals", [2, 8])
def test_it_is_the_mean_difference_of_nearest_percentiles(decimals: int) -> None:
    test = subset(3, ["young"] * 20 + ["adult"] * 20 + ["senior"] * 20, decimals)
    curve = thinned_roc(test.scores, test.is_attack)
    thresholds = np.arange(threshold_at_far(curve, 0.05), threshold_at_far(curve, 0.15), 0.001)
    young, adult, senior = (
        [searched(rows["score"].to_numpy(), threshold) for threshold in thresholds]
        for _, rows in test.bona_fide.groupby("age", sort=False)
    )
    pairs = [(young, adult), (young, senior), (adult, senior)]
    expected = mean(
        mean(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairs
    )
    assert demographic_bias(test) == {"Age": expected}


def test_where_the_thresholds_are_one_there_is_no_bias_metric() -> None:
    test = subset(3, ["young", "adult", "senior"], decimals=0)
    assert demographic_bias(test) == {}
