"""metrics.csv over interruptions: earlier rows stay, repeated steps are replaced."""

import csv
import errno
import os
from pathlib import Path

import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.loggers.csv import RunCsvLogger

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
    RunCsvLogger(str(tmp_path)).finalize("failed")
    assert logged(tmp_path) == FIRST


def test_rows_are_on_disk_as_soon_as_they_are_logged(tmp_path: Path) -> None:
    logger = RunCsvLogger(str(tmp_path))
    for number, (step, figures) in enumerate(FIRST, start=1):
        logger.log_metrics(dict(figures), step)
        assert logged(tmp_path) == FIRST[:number]


def test_a_row_that_was_cut_off_is_dropped(tmp_path: Path) -> None:
    log(tmp_path, FIRST)
    path = tmp_path / "metrics.csv"
    whole = path.read_bytes()
    for left in range(whole.rindex(b"\n", 0, -1) + 1, len(whole)):
        path.write_bytes(whole[:left])
        log(tmp_path, [(29, {"loss": 0.25})])
        assert logged(tmp_path) == [*FIRST[:3], (29, {"loss": 0.25})]


def test_the_file_does_not_tell_how_often_a_run_was_interrupted(tmp_path: Path) -> None:
    more: Rows = [(39, {"loss": 0.5, "devel": 1.0}), (40, {"test/acer": 1e-9, "epoch": 3})]
    log(tmp_path / "one", FIRST + more)
    log(tmp_path / "other", FIRST)
    log(tmp_path / "other", FIRST[2:])
    log(tmp_path / "other", more[:1])
    log(tmp_path / "other", more)
    files = [tmp_path / name / "metrics.csv" for name in ("one", "other")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_full_disk_is_named_and_costs_no_earlier_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = RunCsvLogger(str(tmp_path))
    for step, figures in FIRST:
        logger.log_metrics(dict(figures), step)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for new in ({"loss": 0.0}, {"of a new name": 0.0}):
        with monkeypatch.context() as disk:
            disk.setattr(csv.DictWriter, "writerow", full)
            disk.setattr(csv.DictWriter, "writerows", full)
            with pytest.raises(RunError, match=r"metrics\.csv: No space left on device"):
                logger.log_metrics(new, 39)
        assert logged(tmp_path) == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.csv"]
