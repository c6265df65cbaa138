"""Counts against the rates that they are made of."""

import pandas as pd
import pytest

from anomaly_fas.metrics.analysis import error_figures
from anomaly_fas.metrics.groups import Count, Part, group_counts, subject_counts
from tests.metrics.samples import score_rows
from tests.nonempty import nonempty


def test_counts_give_the_rates_of_the_table() -> None:
    rows = score_rows(0, 80, silent=0.1)
    figures = error_figures(rows, 0.5)
    for name, count in nonempty(group_counts(rows, 0.5)[Part()].items()):
        if name in figures:
            assert count.rate == figures[name], name


def test_counts_of_parts_add_up() -> None:
    rows = score_rows(0, 80)
    counts = group_counts(rows, 0.5)
    for name in ("bpcer", "apcer_pooled", "apcer/print"):
        parts = [counts[Part("sex", sex)][name] for sex in ("male", "female")]
        whole = counts[Part()][name]
        assert sum(part.errors for part in parts) == whole.errors
        assert sum(part.samples for part in parts) == whole.samples


def test_rows_without_an_annotation_are_in_no_part() -> None:
    rows = score_rows(0, 80)
    counts = group_counts(rows, 0.5)
    assert not any(part.column == "skin_tone" for part in counts)
    known = (rows["age"] != "") & (rows["label"] == "bona_fide")
    assert sum(c["bpcer"].samples for p, c in counts.items() if p.column == "age") == known.sum()


def test_subjects_by_hand() -> None:
    rows = pd.DataFrame(
        [
            ("one", "anna", "bona_fide", 0.9),
            ("one", "anna", "bona_fide", 0.1),
            ("one", "anna", "attack", 0.4),
            ("two", "anna", "attack", 0.5),
            ("one", "", "attack", 0.4),
            ("one", "ben", "bona_fide", float("nan")),
        ],
        columns=["dataset", "subject", "label", "score"],
    )
    assert subject_counts(rows, 0.5) == {
        Part("subject", "one/anna"): {"bpcer": Count(1, 2), "apcer_pooled": Count(1, 1)},
        Part("subject", "two/anna"): {"apcer_pooled": Count(0, 1)},
    }


def test_a_part_of_one_class_has_the_rates_of_that_class() -> None:
    rows = score_rows(0, 80)
    rows = rows[(rows["sex"] == "male") | (rows["label"] == "attack")]
    counts = group_counts(rows.reset_index(drop=True), 0.5)
    assert "bpcer" not in counts[Part("sex", "female")]
    assert counts[Part("sex", "female")]["apcer_pooled"].samples == pytest.approx(
        (rows["sex"] == "female").sum()
    )
