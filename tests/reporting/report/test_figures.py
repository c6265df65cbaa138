"""Comparisons of the methods of a report on shared replicates."""

from pathlib import Path

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.report.entries import Settings, entries
from anomaly_fas.reporting.report.figures import comparisons
from anomaly_fas.reporting.study import finished_runs
from tests.reporting.studies import write_run

FAST = Settings(replicates=50)


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


def test_methods_without_devel_attacks_are_not_compared_by_rates(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    full = ScoreTable.read(folder / "scores.parquet")
    test = full.rows[full.rows["split"] == "test"]
    ScoreTable(test, full.facts).write(folder / "scores.parquet")
    (found,) = comparisons(entries(finished_runs(tmp_path), FAST))
    assert {"acer", "eer"} <= set(found.differences)
