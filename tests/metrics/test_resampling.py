"""Replicates draw whole subjects, within their stratum, alike in all test sets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.resampling import Clusters, joint_resampling, resample
from anomaly_fas.metrics.scored_run import ScoredRun
from tests.metrics.samples import score_rows
from tests.nonempty import nonempty


def test_a_subject_is_drawn_with_all_its_samples_or_not_at_all() -> None:
    test = score_rows(0, 60)
    weights = resample(score_rows(1, 5), test, 50, np.random.default_rng(0)).test
    for _, rows in nonempty(test[test["subject"] != ""].groupby(["dataset", "subject"])):
        own = weights[:, rows.index]
        assert (own == own[:, :1]).all()
    unknown = weights[:, test.index[test["subject"] == ""]]
    assert not (unknown == unknown[:, :1]).all()


def test_as_many_subjects_are_drawn_as_a_dataset_has() -> None:
    test = score_rows(0, 60)
    weights = resample(score_rows(1, 5), test, 50, np.random.default_rng(0)).test
    names = test["subject"].mask(test["subject"] == "", test["sample_id"])
    for dataset in ("one", "two"):
        inside = names[test["dataset"] == dataset]
        first = inside.drop_duplicates().index
        assert (weights[:, first].sum(axis=1) == first.size).all()


def test_each_subject_is_drawn_once_on_average() -> None:
    rows = pd.DataFrame(
        {"sample_id": list("1234"), "dataset": "one", "subject": ["a", "a", "b", "c"]}
    )
    weights = resample(rows, rows, 4000, np.random.default_rng(0)).devel
    assert weights.mean(axis=0) == pytest.approx(np.ones(4), abs=0.05)
    # A subject of three is missed with probability (2/3)^3.
    assert (weights == 0).mean() == pytest.approx((2 / 3) ** 3, abs=0.02)


def test_subjects_of_one_name_in_two_datasets_are_two() -> None:
    rows = pd.DataFrame(
        {
            "sample_id": list("1234"),
            "dataset": ["one", "two", "one", "one"],
            "subject": ["a", "a", "", ""],
        }
    )
    drawn = joint_resampling({"all": ScoredRun(rows, rows, {})}, 9, np.random.default_rng(0))
    assert drawn.clusters(["all"]) == Clusters(4, 2)


def test_a_split_without_samples_draws_nothing() -> None:
    rows = score_rows(0, 30)
    drawn = resample(rows.iloc[:0], rows, 5, np.random.default_rng(0))
    assert drawn.devel.shape == (5, 0)
    assert drawn.test.shape == (5, 30)


def test_a_single_protocol_is_drawn_as_several_are() -> None:
    devel, test = score_rows(0, 30, prefix="d"), score_rows(1, 40, prefix="t")
    alone = resample(devel, test, 20, np.random.default_rng(3))
    run = ScoredRun(devel, test, {})
    joint = joint_resampling({"only": run}, 20, np.random.default_rng(3)).protocols["only"]
    assert np.array_equal(alone.devel, joint.devel)
    assert np.array_equal(alone.test, joint.test)


def test_the_generator_decides() -> None:
    rows = score_rows(0, 30)
    first, again, other = (
        resample(rows, rows, 20, np.random.default_rng(seed)).test for seed in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


REPLICATES = 400


def samples(*subjects: str, prefix: str = "", dataset: str = "one") -> pd.DataFrame:
    """Two samples of each subject."""
    names = [name for name in subjects for _ in range(2)]
    ids = [f"{prefix}{name}{number}" for number, name in enumerate(names)]
    return pd.DataFrame({"sample_id": ids, "dataset": dataset, "subject": names})


def run(test: pd.DataFrame, devel: pd.DataFrame | None = None) -> ScoredRun:
    return ScoredRun(samples("x", "y", prefix="devel") if devel is None else devel, test, {})


def draw(**runs: ScoredRun) -> dict[str, np.ndarray]:
    made = joint_resampling(runs, REPLICATES, np.random.default_rng(0)).protocols
    return {name: own.test.astype(int) for name, own in made.items()}


def test_a_subject_counts_alike_in_all_test_sets_and_samples() -> None:
    drawn = draw(
        first=run(samples("a", "b", "c", prefix="1")),
        second=run(samples("c", "a", "d", prefix="2")),
    )
    first, second = drawn["first"], drawn["second"]
    assert first.shape == (REPLICATES, 6)
    assert (first[:, ::2] == first[:, 1::2]).all()
    assert (first[:, [0, 4]] == second[:, [2, 0]]).all()
    # One stratum of a, b, c and d, of which four are drawn.
    assert (first[:, [0, 2, 4]].sum(axis=1) + second[:, 4] == 4).all()
    assert first.max() > 1 > first.min()


def test_folds_without_common_subjects_are_strata_of_their_own() -> None:
    folds = {"one": run(samples("a", "b")), "two": run(samples("c", "d", "e"))}
    drawn = draw(**folds)
    assert (drawn["one"].sum(axis=1) == 4).all()
    assert (drawn["two"].sum(axis=1) == 6).all()
    correlation = np.corrcoef(drawn["one"][:, 0], drawn["two"][:, 0])[0, 1]
    assert abs(correlation) < 0.15
    joint = joint_resampling(folds, 2, np.random.default_rng(0))
    assert joint.clusters(["one", "two"]) == Clusters(5, 2)
    assert joint.clusters(["two"]) == Clusters(3, 1)
    assert joint.clusters(["one", "two"]).freedom == 3


def test_test_sets_that_a_third_connects_are_one_stratum() -> None:
    sets = {"one": samples("a", "b"), "two": samples("c", "d"), "three": samples("b", "c")}
    joint = joint_resampling({k: run(v) for k, v in sets.items()}, 9, np.random.default_rng(0))
    assert joint.clusters(sets) == Clusters(4, 1)


def test_the_same_name_in_two_datasets_is_two_subjects() -> None:
    joint = joint_resampling(
        {"one": run(samples("a", "b")), "two": run(samples("a", "b", dataset="two"))},
        REPLICATES,
        np.random.default_rng(0),
    )
    assert joint.clusters(["one", "two"]) == Clusters(4, 2)
    assert (joint.protocols["one"].test != joint.protocols["two"].test).any()


def test_devel_is_drawn_apart_from_test() -> None:
    """A subject that is on devel of one protocol and on test of another, as of folds."""
    joint = joint_resampling(
        {"one": run(samples("a", "b"), samples("c", "d")), "two": run(samples("c", "d"))},
        REPLICATES,
        np.random.default_rng(0),
    )
    devel, test = joint.protocols["one"].devel, joint.protocols["two"].test
    assert (devel.sum(axis=1) == 4).all()
    assert abs(np.corrcoef(devel[:, 0], test[:, 0])[0, 1]) < 0.15
    assert joint.clusters(["one"]) == Clusters(2, 1)


def test_samples_of_unknown_subjects_are_drawn_by_themselves() -> None:
    unknown = samples("a", "b").assign(subject="")
    drawn = draw(one=run(unknown), two=run(unknown.iloc[1:3]))
    assert (drawn["one"][:, 0] != drawn["one"][:, 1]).any()
    assert (drawn["one"][:, 1:3] == drawn["two"]).all()
    joint = joint_resampling({"one": run(unknown)}, 2, np.random.default_rng(0))
    assert joint.clusters(["one"]) == Clusters(4, 1)


def test_the_generator_decides_every_protocol() -> None:
    runs = {"one": run(samples("a", "b", "c"))}
    assert (draw(**runs)["one"] == draw(**runs)["one"]).all()
    other = joint_resampling(runs, REPLICATES, np.random.default_rng(1)).protocols["one"].test
    assert (other != draw(**runs)["one"]).any()
