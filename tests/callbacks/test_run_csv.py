"""metrics.csv over interruptions: earlier rows stay, repeated steps are replaced."""

import csv
from pathlib import Path

import pytest

from anomaly_fas.callbacks.run_csv import RunCsvLogger

pytestmark = pytest.mark.filterwarnings("ignore:.*exists and is not empty.*")

Rows = list[tuple[int, dict[str, float]]]


def log(folder: Path, rows: Rows) -> None:
    """What one session of a run logs, saved after each row as Lightning does."""
    logger = RunCsvLogger(str(folder))
    for step, figures in rows:
        logger.log_metrics(dict(figures), step)
        logger.save()


def logged(folder: Path) -> Rows:
    with (folder / "metrics.csv").open(newline="") as file:
        rows = [
            {name: float(value) for name, value in row.items() if value}
            for row in csv.DictReader(file)
        ]
    return [(int(row.pop("step")), row) for row in rows]


FIRST: Rows = [(9, {"loss": 1 / 3}), (9, {"acer": 0.5}), (19, {"loss": 0.1}), (29, {"loss": 0.05})]


def test_the_file_lies_in_the_run_folder_itself(tmp_path: Path) -> None:
    log(tmp_path / "run", FIRST)
    assert [path.name for path in (tmp_path / "run").rglob("*")] == ["metrics.csv"]
    assert logged(tmp_path / "run") == FIRST


def test_a_resumed_run_goes_on_after_the_earlier_rows(tmp_path: Path) -> None:
    log(tmp_path, FIRST)
    log(tmp_path, [(39, {"loss": 0.04})])
    assert logged(tmp_path) == [*FIRST, (39, {"loss": 0.04})]


def test_repeated_steps_replace_the_rows_of_the_first_time(tmp_path: Path) -> None:
    log(tmp_path, FIRST)
    again: Rows = [(19, {"loss": 0.2}), (29, {"loss": 0.06}), (29, {"acer": 0.4})]
    log(tmp_path, again)
    assert logged(tmp_path) == FIRST[:2] + again


def test_a_run_may_be_interrupted_again_and_again(tmp_path: Path) -> None:
    for row in FIRST:
        log(tmp_path, [row])
    # The second session began with step 9 once more, so the first one's row is replaced.
    assert logged(tmp_path) == FIRST[1:]


def test_figures_of_a_new_name_do_not_cost_the_earlier_ones(tmp_path: Path) -> None:
    log(tmp_path, FIRST)
    log(tmp_path, [(30, {"test/acer": 0.25, "devel_acer": 0.125})])
    assert logged(tmp_path) == [*FIRST, (30, {"test/acer": 0.25, "devel_acer": 0.125})]


def test_more_rows_than_are_kept_in_memory_survive(tmp_path: Path) -> None:
    many: Rows = [(step, {"loss": step / 7}) for step in range(250)]
    log(tmp_path, many)
    log(tmp_path, [(240, {"loss": 1.0})])
    assert logged(tmp_path) == [*many[:240], (240, {"loss": 1.0})]


def test_a_session_that_ends_before_it_logs_loses_nothing(tmp_path: Path) -> None:
    log(tmp_path, FIRST)
    assert RunCsvLogger(str(tmp_path)).experiment is not None
    assert logged(tmp_path) == FIRST


def test_rows_are_on_disk_as_soon_as_they_are_logged(tmp_path: Path) -> None:
    logger = RunCsvLogger(str(tmp_path))
    for number, (step, figures) in enumerate(FIRST, start=1):
        logger.log_metrics(dict(figures), step)
        assert logged(tmp_path) == FIRST[:number]
