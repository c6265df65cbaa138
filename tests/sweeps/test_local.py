"""Runs on this machine are processes that share its GPUs and cores."""

from pathlib import Path

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.local import LocalLauncher, slots
from anomaly_fas.sweeps.summary import SweepProgress
from tests.sweeps.jobs import job


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def devices(made: list[dict[str, str]]) -> list[str | None]:
    return [slot.get("CUDA_VISIBLE_DEVICES") for slot in made]


def threads(made: list[dict[str, str]]) -> list[str | None]:
    return [slot.get("OMP_NUM_THREADS") for slot in made]


def test_each_run_has_a_gpu_of_its_own() -> None:
    made = slots("auto", 1, ["0", "1", "GPU-3f"], cores=8)
    assert devices(made) == ["0", "1", "GPU-3f"]
    assert threads(made) == ["2", "2", "2"]


def test_a_run_on_several_gpus_has_them_to_itself() -> None:
    assert devices(slots("auto", 2, ["0", "1", "2", "3", "4"], cores=8)) == ["0,1", "2,3"]


def test_more_runs_than_gpus_take_turns_on_them() -> None:
    assert devices(slots(5, 1, ["0", "1"], cores=8)) == ["0", "1", "0", "1", "0"]


def test_fewer_runs_than_gpus_leave_some_alone() -> None:
    assert devices(slots(1, 1, ["0", "1"], cores=8)) == ["0"]


@pytest.mark.parametrize(
    ("jobs", "ranks", "cores", "at_a_time", "each"),
    [("auto", 1, 8, 8, "1"), (2, 1, 8, 2, "4"), (3, 1, 8, 3, "2"), (4, 1, 2, 4, "1"),
     ("auto", 2, 8, 4, "1"), (2, 2, 8, 2, "2"), ("auto", 4, 2, 1, "1")],
)  # fmt: skip
def test_without_gpus_the_cores_are_shared(
    jobs: int, ranks: int, cores: int, at_a_time: int, each: str
) -> None:
    made = slots(jobs, ranks, [], cores)
    assert devices(made) == [None] * at_a_time
    assert threads(made) == [each] * at_a_time


def test_threads_that_the_user_chose_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    (slot,) = slots(1, 1, [], 8)
    assert "OMP_NUM_THREADS" not in slot
    assert slot["MKL_NUM_THREADS"] == "8"


@pytest.mark.parametrize(("jobs", "ranks"), [(0, 1), (-1, 1), (1, 0), ("auto", 3)])
def test_what_cannot_be_shared_is_named(jobs: int, ranks: int) -> None:
    with pytest.raises(ConfigError):
        slots(jobs, ranks, ["0", "1"], 8)


def test_the_local_launcher_gives_each_run_a_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("anomaly_fas.sweeps.local.usable_cores", lambda: 6)
    code = "import os; print(os.environ['OMP_NUM_THREADS'])"
    jobs = [job(tmp_path, name, code) for name in "abc"]
    made = LocalLauncher(jobs=2, devices=1, accelerator="cpu")
    progress = SweepProgress(jobs)
    made.run(jobs, progress)
    outcomes = [Outcome(State.FINISHED, log=each.log) for each in jobs]
    assert progress.outcomes == dict(enumerate(outcomes))
    assert [one.log.read_text().splitlines()[-1] for one in jobs] == ["3"] * 3
