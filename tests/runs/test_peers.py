"""The end of another process of a run, and a fault of this one, are told apart."""

from pathlib import Path

import pytest
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from anomaly_fas.errors import RunError
from anomaly_fas.runs.peers import told_if_lost

LOST = "[gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:10151."


def test_a_lost_process_is_told_with_the_word_it_left(tmp_path: Path) -> None:
    (tmp_path / "error.txt").write_text("process 1 of this run failed: no memory\n")
    with (
        pytest.raises(RunError, match=r"was lost.*process 1 of this run failed: no memory"),
        told_if_lost(tmp_path, 2),
    ):
        raise RuntimeError(LOST)


def test_a_process_that_left_no_word_was_killed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="it was killed"), told_if_lost(tmp_path, 2):
        raise RuntimeError(LOST)


@pytest.mark.parametrize(("world_size", "message"), [(1, LOST), (2, "shapes do not match")])
def test_a_fault_of_this_process_stays_what_it_is(
    tmp_path: Path, world_size: int, message: str
) -> None:
    with pytest.raises(RuntimeError, match=message[-10:]), told_if_lost(tmp_path, world_size):
        raise RuntimeError(message)


def test_a_mistake_in_a_spawned_process_is_said_as_the_mistake_it_is(tmp_path: Path) -> None:
    told = "Traceback\n  in step\nanomaly_fas.errors.DataError: no faces\nin a.png\n"
    with pytest.raises(RunError, match=r"\Ano faces\nin a\.png\Z"), told_if_lost(tmp_path, 2):
        raise ProcessRaisedException(told, 1, 4711)


def test_a_fault_in_a_spawned_process_keeps_its_traceback(tmp_path: Path) -> None:
    told = "in ProcessGroupGloo.py\nZeroDivisionError: division by zero\n"
    with pytest.raises(ProcessRaisedException, match="by zero"), told_if_lost(tmp_path, 2):
        raise ProcessRaisedException(told, 1, 4711)


@pytest.mark.parametrize(
    "error",
    [
        ProcessExitedException("died", 1, 4711, -9, "SIGKILL"),
        ProcessRaisedException(f"in torch\nRuntimeError: {LOST}\n", 0, 4711),
    ],
)
def test_a_spawned_process_that_is_gone_is_lost(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(RunError, match=r"was lost.*it was killed"), told_if_lost(tmp_path, 2):
        raise error
