"""Replicates draw whole subjects, within their dataset."""

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.resampling import clusters, resample
from tests.metrics.samples import score_rows


def test_a_subject_is_drawn_with_all_its_samples_or_not_at_all() -> None:
    test = score_rows(0, 60)
    weights = resample(score_rows(1, 5), test, 50, np.random.default_rng(0)).test
    for _, rows in test[test["subject"] != ""].groupby(["dataset", "subject"]):
        own = weights[:, rows.index]
        assert (own == own[:, :1]).all()
    unknown = weights[:, test.index[test["subject"] == ""]]
    assert not (unknown == unknown[:, :1]).all()


def test_as_many_subjects_are_drawn_as_a_dataset_has() -> None:
    test = score_rows(0, 60)
    weights = resample(score_rows(1, 5), test, 50, np.random.default_rng(0)).test
    cluster = clusters(test)
    for dataset in ("one", "two"):
        inside = np.flatnonzero(test["dataset"] == dataset)
        names, first = np.unique(cluster[inside], return_index=True)
        assert (weights[:, inside[first]].sum(axis=1) == names.size).all()


def test_each_subject_is_drawn_once_on_average() -> None:
    rows = pd.DataFrame({"dataset": "one", "subject": ["a", "a", "b", "c"]})
    weights = resample(rows, rows, 4000, np.random.default_rng(0)).devel
    assert weights.mean(axis=0) == pytest.approx(np.ones(4), abs=0.05)
    # A subject of three is missed with probability (2/3)^3.
    assert (weights == 0).mean() == pytest.approx((2 / 3) ** 3, abs=0.02)


def test_subjects_of_one_name_in_two_datasets_are_two() -> None:
    rows = pd.DataFrame({"dataset": ["one", "two", "one", "one"], "subject": ["a", "a", "", ""]})
    assert len(set(clusters(rows))) == 4


def test_the_generator_decides() -> None:
    rows = score_rows(0, 30)
    first, again, other = (
        resample(rows, rows, 20, np.random.default_rng(seed)).test for seed in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
