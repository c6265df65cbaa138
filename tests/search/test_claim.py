"""Claims between processes: exclusive, and free once their holder is gone."""

import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.search.claim import take_claim

HOLD = """
import sys, pathlib
from anomaly_fas.search.claim import take_claim
lock = take_claim(pathlib.Path(sys.argv[1]))
print(lock is not None, flush=True)
sys.stdin.read()
"""


def test_a_claim_is_taken_once_and_can_be_given_up(tmp_path: Path) -> None:
    claim = take_claim(tmp_path / "claims" / "a")
    assert claim is not None
    assert take_claim(tmp_path / "claims" / "a") is None
    assert take_claim(tmp_path / "claims" / "b") is not None
    claim.release()
    assert take_claim(tmp_path / "claims" / "a") is not None


def test_a_killed_process_has_no_claims(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "a")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"True\n"
        assert take_claim(tmp_path / "a") is None
        process.kill()
    assert take_claim(tmp_path / "a") is not None


def test_a_training_process_does_not_inherit_the_claim(tmp_path: Path) -> None:
    claim = take_claim(tmp_path / "a")
    assert claim is not None
    with subprocess.Popen(["sleep", "60"]) as training:
        claim.release()
        assert take_claim(tmp_path / "a") is not None
        training.kill()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        take_claim(tmp_path / "file" / "a")
