"""What is said of scores, and of which nothing is said."""

import numpy as np
import pandas as pd

from anomaly_fas.metrics.score_remarks import remarks
from tests.metrics.samples import score_rows


def rows(seed: int, prefix: str, apart: float = 1.0) -> pd.DataFrame:
    table = score_rows(seed, 400, prefix=prefix)
    table["subject"] = [f"{prefix}{number % 40}" for number in range(400)]
    table["score"] += apart * (table["label"] == "attack")
    return table


def test_nothing_is_said_of_good_scores() -> None:
    assert remarks(rows(0, "d"), rows(1, "t")) == []


def test_samples_without_a_score_are_counted_by_dataset() -> None:
    test = rows(1, "t")
    test.loc[:3, "score"] = np.nan
    test.loc[:3, "dataset"] = ["one", "two", "two", "two"]
    (said,) = remarks(rows(0, "d"), test)
    attacks = (test.loc[:3, "label"] == "attack").sum()
    assert f"4 of 400 test samples have no score (one 1, two 3; {attacks} of them" in said
    assert "APNRR and BPNRR" in said


def test_equal_scores_separate_nothing() -> None:
    (said,) = remarks(rows(0, "d"), rows(1, "t").assign(score=0.5))
    assert said.startswith("All 400 test scores are equal (0.5)")


def test_scores_that_run_the_wrong_way_are_noticed_on_devel() -> None:
    (said,) = remarks(rows(0, "d", apart=-1.0), rows(1, "t", apart=-1.0))
    assert "higher_is=bona_fide" in said


def test_a_handful_of_a_species_is_remarked_on() -> None:
    test = rows(1, "t")
    makeup = test.index[test["pai"] == "makeup"]
    (said,) = remarks(rows(0, "d"), test.drop(index=makeup[5:]))
    # With no error among 5, the exact interval reaches 1 - 0.025^(1/5) = 52 %.
    assert said == (
        "Only 5 test sample(s) of makeup: with no error at all, its APCER may still be 52 %."
    )


def test_samples_and_subjects_of_both_splits_are_counted() -> None:
    devel, test = rows(0, "d"), rows(1, "t")
    test.loc[0, "sample_id"] = devel.loc[0, "sample_id"]
    for table in (devel, test):
        table.loc[5, ["dataset", "subject"]] = "one", "anna"
    (said,) = remarks(devel, test)
    assert said.startswith("1 sample(s) and 1 subject(s) stand in both devel and test")


def test_unknown_and_few_subjects_are_remarked_on() -> None:
    test = rows(1, "t")
    test.loc[:9, "subject"] = ""
    (said,) = remarks(rows(0, "d"), test)
    assert said.startswith("No subject is known of 10 of 400 test samples")
    test["subject"] = "t" + (test.index % 4).astype(str)
    (said,) = remarks(rows(0, "d"), test)
    assert said.startswith("Fewer than 10 known subjects in one (4), two (4)")
