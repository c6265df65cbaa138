"""The processes of a run: one that is lost, and what spawned ones write."""

import logging
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from anomaly_fas.errors import RunError
from anomaly_fas.runs.fit import ScreenAndLog, loss_reported

LOST = "[gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:10151."


def test_a_lost_process_is_told_with_the_word_it_left(tmp_path: Path) -> None:
    (tmp_path / "error.txt").write_text("process 1 of this run failed: no memory\n")
    with (
        pytest.raises(RunError, match=r"was lost.*process 1 of this run failed: no memory"),
        loss_reported(tmp_path, 2),
    ):
        raise RuntimeError(LOST)


def test_a_process_that_left_no_word_was_killed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="it was killed"), loss_reported(tmp_path, 2):
        raise RuntimeError(LOST)


@pytest.mark.parametrize(("world_size", "message"), [(1, LOST), (2, "shapes do not match")])
def test_a_fault_of_this_process_stays_what_it_is(
    tmp_path: Path, world_size: int, message: str
) -> None:
    with (
        pytest.raises(RuntimeError, match=message[-10:]),
        loss_reported(tmp_path, world_size),
    ):
        raise RuntimeError(message)


def test_a_mistake_in_a_spawned_process_is_said_as_the_mistake_it_is(tmp_path: Path) -> None:
    told = "Traceback\n  in step\nanomaly_fas.errors.DataError: no faces\nin a.png\n"
    with (
        pytest.raises(RunError, match=r"\Ano faces\nin a\.png\Z"),
        loss_reported(tmp_path, 2),
    ):
        raise ProcessRaisedException(told, 1, 4711)


def test_a_fault_in_a_spawned_process_keeps_its_traceback(tmp_path: Path) -> None:
    told = "in ProcessGroupGloo.py\nZeroDivisionError: division by zero\n"
    with pytest.raises(ProcessRaisedException, match="by zero"), loss_reported(tmp_path, 2):
        raise ProcessRaisedException(told, 1, 4711)


@pytest.mark.parametrize(
    "error",
    [
        ProcessExitedException("died", 1, 4711, -9, "SIGKILL"),
        ProcessRaisedException(f"in torch\nRuntimeError: {LOST}\n", 0, 4711),
    ],
)
def test_a_spawned_process_that_is_gone_is_lost(tmp_path: Path, error: Exception) -> None:
    with (
        pytest.raises(RunError, match=r"was lost.*it was killed"),
        loss_reported(tmp_path, 2),
    ):
        raise error


@pytest.fixture
def silent_root() -> Iterator[logging.Logger]:
    """The root logger as a process finds it that has just begun."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    root.setLevel(logging.WARNING)
    with warnings.catch_warnings():
        yield root
    logging.captureWarnings(capture=False)
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


def _spawned(log: Path | None) -> ScreenAndLog:
    copy: ScreenAndLog = pickle.loads(pickle.dumps(ScreenAndLog(log)))
    return copy


def _set_up(callback: ScreenAndLog, *, first: bool) -> None:
    trainer: Any = SimpleNamespace(is_global_zero=first)
    callback.setup(trainer, None, "fit")  # type: ignore[arg-type]


def test_the_first_process_speaks_to_both(
    tmp_path: Path, silent_root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up(_spawned(tmp_path / "train.log"), first=True)
    logging.getLogger("anomaly_fas.some").info("epoch 1")
    assert capsys.readouterr().err == "epoch 1\n"
    (line,) = (tmp_path / "train.log").read_text().splitlines()
    assert line.endswith(" epoch 1")


def test_the_others_speak_of_errors_alone(
    silent_root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up(_spawned(None), first=False)
    logging.getLogger("anomaly_fas.some").info("epoch 1")
    logging.getLogger("anomaly_fas.some").error("lost")
    assert capsys.readouterr().err == "lost\n"


def test_what_is_done_on_purpose_is_not_remarked_upon(silent_root: logging.Logger) -> None:
    _spawned(None)
    with warnings.catch_warnings(record=True) as said:
        warnings.warn("It is recommended to use `sync_dist=True`", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert [str(one.message) for one in said] == ["something else"]
    assert not logging.getLogger("lightning.fabric").isEnabledFor(logging.INFO)
