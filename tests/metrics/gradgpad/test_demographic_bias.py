"""The bias metric against a search through all percentiles, threshold by threshold."""

from statistics import mean

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.gradgpad.demographic_bias import demographic_bias
from anomaly_fas.metrics.gradgpad.operating_points import threshold_at_far
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.metrics.gradgpad.thinned_roc import thinned_roc

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
