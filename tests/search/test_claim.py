"""Claims between processes: exclusive, and free once all who have them are gone."""

import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.search.claim import Claim

HOLD = """
import sys, pathlib
from anomaly_fas.search.claim import Claim
print(Claim.take(pathlib.Path(sys.argv[1])) is not None, flush=True)
sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def test_a_claim_is_taken_once_and_can_be_given_up(tmp_path: Path) -> None:
    claim = Claim.take(tmp_path / "claims" / "a")
    assert claim is not None
    assert Claim.take(tmp_path / "claims" / "a") is None
    assert Claim.take(tmp_path / "claims" / "b") is not None
    claim.release()
    assert Claim.take(tmp_path / "claims" / "a") is not None


def test_a_killed_process_has_no_claims(tmp_path: Path) -> None:
    with holder(tmp_path / "a") as process:
        assert Claim.take(tmp_path / "a") is None
        process.kill()
    assert Claim.take(tmp_path / "a") is not None


def test_a_process_that_a_claim_was_handed_to_keeps_it(tmp_path: Path) -> None:
    claim = Claim.take(tmp_path / "a")
    assert claim is not None
    with subprocess.Popen(["sleep", "60"], pass_fds=[claim.descriptor]) as training:
        claim.release()  # as when the worker is killed
        assert Claim.take(tmp_path / "a") is None
        training.kill()
    assert Claim.take(tmp_path / "a") is not None


def test_a_process_that_it_was_not_handed_to_does_not(tmp_path: Path) -> None:
    claim = Claim.take(tmp_path / "a")
    assert claim is not None
    with subprocess.Popen(["sleep", "60"]) as other:
        claim.release()
        assert Claim.take(tmp_path / "a") is not None
        other.kill()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        Claim.take(tmp_path / "file" / "a")
