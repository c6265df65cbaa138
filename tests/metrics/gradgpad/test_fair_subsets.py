"""The draw of demographic subsets, against the global generator that gradgpad uses."""

import random

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.gradgpad.fair_subsets import SEX_NOT_READ, fair_subsets
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
