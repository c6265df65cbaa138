"""Entries: which runs belong together, and what is known of their figures."""

from pathlib import Path

import pytest

from anomaly_fas.metrics.analysis import error_figures
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.report.entries import Settings, entries
from anomaly_fas.reporting.report.figures import comparisons
from anomaly_fas.reporting.study import finished_runs
from tests.nonempty import nonempty
from tests.reporting.studies import write_run

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
    assert all(
        own.bootstrap is None
        for own in nonempty(found[0].evaluation.figures["eer"][Part()].values())
    )
    assert comparisons(found) == []
