"""Who may train in a run folder, and what is kept of what was said there."""

import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anomaly_fas.errors import DataError, RunError
from anomaly_fas.runs import session
from anomaly_fas.runs.session import held, is_held, run_session

HOLDER = """
import sys, time
from pathlib import Path
from anomaly_fas.runs.session import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def only_process(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(session, "_PATIENCE_SECONDS", 0.1)
    caplog.set_level(logging.INFO)


@contextmanager
def another_process_holds(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def lines(folder: Path) -> list[str]:
    """What `train.log` says, without the times."""
    text = (folder / "train.log").read_text()
    return re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", text).splitlines()


def test_a_folder_is_held_while_its_process_lives_and_not_after_it_was_killed(
    tmp_path: Path,
) -> None:
    assert not is_held(tmp_path)
    with another_process_holds(tmp_path) as process:
        assert is_held(tmp_path)
        assert is_held(tmp_path)
        process.kill()
        process.wait()
        assert not is_held(tmp_path)


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_second_process_is_refused_and_told_why(tmp_path: Path) -> None:
    with another_process_holds(tmp_path), pytest.raises(RunError) as error, held(tmp_path):
        pass
    assert str(tmp_path) in str(error.value)
    assert "is being trained by another process" in str(error.value)


def test_a_folder_can_be_held_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path):
        _ = 1 / is_held(tmp_path) / 0
    with held(tmp_path):
        pass


@pytest.mark.parametrize("name", ["RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"])
def test_the_other_processes_of_a_run_neither_lock_nor_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with held(tmp_path):
        monkeypatch.setenv(name, "1")
        before = set(tmp_path.iterdir())
        with run_session(tmp_path):
            logging.getLogger("run").info("said by the second process")
        assert set(tmp_path.iterdir()) == before
        monkeypatch.setenv(name, "0")
        with pytest.raises(RunError), run_session(tmp_path):
            pass


def test_what_is_said_is_kept_without_colours_and_over_several_attempts(tmp_path: Path) -> None:
    log = logging.getLogger("run")
    with run_session(tmp_path):
        log.info("training \x1b[1;32mhere\x1b[0m")
    log.info("between")
    with run_session(tmp_path):
        log.info("resuming")
        warnings.warn("mind the gap", UserWarning, stacklevel=1)
    first, second, warning, *_ = lines(tmp_path)
    assert (first, second) == ("training here", "resuming")
    assert "UserWarning: mind the gap" in warning


def test_a_mistake_is_told_in_a_line_and_forgotten_with_the_next_attempt(tmp_path: Path) -> None:
    with pytest.raises(DataError), run_session(tmp_path):
        raise DataError("no faces")
    assert lines(tmp_path) == ["error: no faces"]
    assert (tmp_path / "error.txt").read_text() == "error: no faces\n"
    with run_session(tmp_path):
        assert not (tmp_path / "error.txt").exists()


def test_a_fault_is_told_with_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_session(tmp_path):
        _ = 1 / 0
    assert lines(tmp_path)[0].startswith("Traceback")
    assert lines(tmp_path)[-1] == "ZeroDivisionError: division by zero"
    assert (tmp_path / "error.txt").read_text().splitlines() == lines(tmp_path)


def _say_and_fail(folder: Path) -> None:
    with run_session(folder):
        logging.getLogger("run").info("epoch 1")
        raise RunError("no room")


def test_a_disk_without_room_for_a_line_leaves_the_mistake_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train.log").symlink_to("/dev/full")
    with pytest.raises(RunError, match="no room"):
        _say_and_fail(tmp_path)
    assert "Logging error" not in capsys.readouterr().err


def test_an_interruption_is_no_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_session(tmp_path):
        raise KeyboardInterrupt
    assert lines(tmp_path) == ["interrupted"]
    assert not (tmp_path / "error.txt").exists()


def test_warnings_go_where_they_went_before_once_the_run_is_over(tmp_path: Path) -> None:
    with run_session(tmp_path):
        pass
    with pytest.warns(UserWarning, match="afterwards"):
        warnings.warn("afterwards", UserWarning, stacklevel=1)
    assert lines(tmp_path) == []
