"""Entries: which runs belong together, which thresholds count, what cannot be evaluated."""

from pathlib import Path

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import devel_thresholds, error_figures
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.collect import finished_runs
from anomaly_fas.reporting.report.comparison import comparisons
from anomaly_fas.reporting.report.entries import GIVEN, Settings, entries, scored_run
from tests.reporting.studies import scored, write_run

FAST = Settings(replicates=50)


def test_seeds_of_a_method_are_one_entry(tmp_path: Path) -> None:
    for seed in (1, 0):
        write_run(tmp_path, seed=seed)
    write_run(tmp_path, method="bce", config_hash="4567")
    write_run(tmp_path, protocol="lodo_siw")
    found = entries(finished_runs(tmp_path), FAST)
    names = [(entry.column.protocol, entry.name, entry.seeds) for entry in found]
    assert sorted(names) == [
        ("grandtest", "bce (few_shot)", (0,)),
        ("grandtest", "bce (live_centre)", (0,)),
        ("grandtest", "objective (few_shot)", (0, 1)),
        ("grandtest", "objective (live_centre)", (0, 1)),
        ("lodo_siw", "objective (few_shot)", (0,)),
        ("lodo_siw", "objective (live_centre)", (0,)),
    ]


def test_figures_are_those_of_the_score_file_at_the_stored_threshold(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    (entry, _) = entries(finished_runs(tmp_path), FAST)
    table = ScoreTable.read(folder / "scores.parquet")
    expected = error_figures(
        table.of("few_shot", "test"), table.facts["thresholds"]["few_shot"]["eer"]
    )
    figures = entry.evaluation.figures["eer"][Part()]
    assert {name: own.value for name, own in figures.items()} == pytest.approx(expected)


def test_entries_of_one_protocol_are_compared_on_shared_replicates(tmp_path: Path) -> None:
    write_run(tmp_path)
    write_run(tmp_path, method="bce", config_hash="4567", apart=1.5)
    write_run(tmp_path, protocol="lodo_siw")
    found = comparisons(entries(finished_runs(tmp_path), FAST))
    pairs = [(one.first.name, one.second.name) for one in found]
    assert len(pairs) == 6 + 1  # of four entries, and of two
    (best,) = (
        one
        for one in found
        if (one.first.name, one.second.name) == ("bce (few_shot)", "objective (few_shot)")
    )
    assert best.differences["eer"].interval.high < 0


def test_a_run_of_other_samples_takes_no_comparison_from_the_others(tmp_path: Path) -> None:
    write_run(tmp_path)
    write_run(tmp_path, method="bce", config_hash="4567")
    for seed in (0, 1):
        folder = write_run(tmp_path, method="odd", config_hash="89ab", seed=seed)
    full = ScoreTable.read(folder / "scores.parquet")
    ScoreTable(full.rows.iloc[3:], full.facts).write(folder / "scores.parquet")
    found = entries(finished_runs(tmp_path), FAST)
    lacking = {entry.name for entry in found if entry.resampling is None}
    assert lacking == {"odd (few_shot)"}  # whose second seed lacks three devel samples
    assert len(comparisons(found)) == 5 * 4 / 2
    (odd,) = (entry for entry in found if entry.name == "odd (few_shot)")
    assert any("did not score the same samples" in text for text in odd.remarks)


def test_without_replicates_there_is_no_bootstrap(tmp_path: Path) -> None:
    write_run(tmp_path)
    found = entries(finished_runs(tmp_path), Settings(replicates=0))
    assert all(own.bootstrap is None for own in found[0].evaluation.figures["eer"][Part()].values())
    assert comparisons(found) == []


def table(not_on_devel: str = "") -> ScoreTable:
    rows = scored(0, 0.5, "mine")
    gone = (rows["split"] == "devel") & (rows["label"] == not_on_devel)
    return ScoreTable(rows[~gone])


def test_thresholds_are_taken_on_devel_where_none_are_stored() -> None:
    run = scored_run(table(), "mine", "eer")
    assert run.thresholds == devel_thresholds(run.devel)
    assert run.fixed == ()


def test_a_given_threshold_stands_beside_those_of_devel() -> None:
    run = scored_run(table(), "mine", 0.7)
    assert run.thresholds[GIVEN] == 0.7
    assert "bpcer_5" in run.thresholds
    assert run.fixed == (GIVEN,)


def test_thresholds_from_elsewhere_stay_as_they_are_in_every_replicate() -> None:
    own = table()
    stored = scored_run(own, "mine", "eer").thresholds
    near = ScoreTable(own.rows, {"thresholds": {"mine": stored}})
    assert scored_run(near, "mine", "eer").fixed == ()
    moved = {name: value + 0.1 for name, value in stored.items()}
    far = scored_run(ScoreTable(own.rows, {"thresholds": {"mine": moved}}), "mine", "eer")
    assert far.thresholds == moved
    assert set(far.fixed) == set(moved)


def test_methods_without_devel_attacks_are_not_compared_by_rates(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    full = ScoreTable.read(folder / "scores.parquet")
    test = full.rows[full.rows["split"] == "test"]
    ScoreTable(test, full.facts).write(folder / "scores.parquet")
    (found,) = comparisons(entries(finished_runs(tmp_path), FAST))
    assert {"acer", "eer"} <= set(found.differences)


def test_devel_without_attacks_still_gives_thresholds_at_a_bpcer() -> None:
    with pytest.raises(DataError, match=r"no attack scores on devel.*threshold=bpcer_1, bpcer_5"):
        scored_run(table(not_on_devel="attack"), "mine", "eer")
    assert "eer" not in scored_run(table(not_on_devel="attack"), "mine", "bpcer_5").thresholds


def test_devel_without_bona_fide_samples_needs_a_given_threshold() -> None:
    with pytest.raises(DataError, match=r"no bona fide devel scores.*threshold=0\.5"):
        scored_run(table(not_on_devel="bona_fide"), "mine", "bpcer_5")
    assert scored_run(table(not_on_devel="bona_fide"), "mine", 0.5).thresholds == {GIVEN: 0.5}


def test_a_test_split_of_one_class_cannot_be_evaluated() -> None:
    rows = scored(0, 0.5, "mine")
    alone = rows[(rows["split"] == "devel") | (rows["label"] == "attack")]
    with pytest.raises(DataError, match="no bona fide scores on test"):
        scored_run(ScoreTable(alone), "mine", "eer")
    silent = rows.assign(score=rows["score"].where(rows["label"] == "bona_fide", np.nan))
    with pytest.raises(DataError, match="no attack scores on test"):
        scored_run(ScoreTable(silent), "mine", 0.5)
