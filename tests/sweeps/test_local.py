"""Each run on this machine is a process with a share of it."""

from pathlib import Path

import pytest

from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.local import LocalLauncher
from anomaly_fas.sweeps.summary import SweepProgress
from tests.sweeps.jobs import job


def test_the_local_launcher_gives_each_run_a_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("anomaly_fas.sweeps.slots.usable_cores", lambda: 6)
    code = "import os; print(os.environ['OMP_NUM_THREADS'])"
    jobs = [job(tmp_path, name, code) for name in "abc"]
    made = LocalLauncher(jobs=2, devices=1, accelerator="cpu")
    progress = SweepProgress(jobs)
    made.run(jobs, progress)
    outcomes = [Outcome(State.FINISHED, log=each.log) for each in jobs]
    assert progress.outcomes == dict(enumerate(outcomes))
    assert [one.log.read_text().splitlines()[-1] for one in jobs] == ["3"] * 3
