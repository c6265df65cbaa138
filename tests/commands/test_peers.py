"""The end of another process of a run, and a fault of this one, are told apart."""

from pathlib import Path

import pytest

from anomaly_fas.commands.peers import told_if_lost
from anomaly_fas.errors import RunError

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
