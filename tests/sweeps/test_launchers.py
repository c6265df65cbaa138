"""The launchers: each hands every run to a process of its own and brings back what became of it."""

from pathlib import Path

import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.utils import get_class
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.launcher import need
from anomaly_fas.sweeps.ray import Resources
from anomaly_fas.sweeps.summary import SweepProgress
from tests.sweeps.jobs import job

PLUGINS = "hydra_plugins.anomaly_fas.launchers"


def launcher(target: str, **arguments: object) -> object:
    Plugins.instance()  # Hydra executes the modules of plugins anew when it first looks for them
    return get_class(f"{PLUGINS}.{target}")(**arguments)


def test_the_local_launcher_gives_each_run_a_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("anomaly_fas.sweeps.slots.usable_cores", lambda: 6)
    code = "import os; print(os.environ['OMP_NUM_THREADS'])"
    jobs = [job(tmp_path, name, code) for name in "abc"]
    made = launcher("LocalLauncher", jobs=2, devices=1, accelerator="cpu")
    progress = SweepProgress(jobs)
    made.run(jobs, progress)
    outcomes = [Outcome(State.FINISHED, log=each.log) for each in jobs]
    assert progress.outcomes == dict(enumerate(outcomes))
    assert [one.log.read_text().splitlines()[-1] for one in jobs] == ["3"] * 3


@pytest.mark.parametrize("name", ["Local", "Submitit", "Ray"])
def test_hydra_finds_it(name: str) -> None:
    target = f"{PLUGINS}.{name}Launcher"
    assert get_class(target) in Plugins.instance().discover(Launcher)


def test_an_extra_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'anomaly-fas\[ray\]'"):
        need("no_such_module", extra="ray")


@pytest.mark.parametrize(("cluster", "tasks"), [("slurm", 2), ("local", 1)])
def test_a_run_on_two_devices_starts_its_ranks_where_no_slurm_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: str, tasks: int
) -> None:
    monkeypatch.setattr("submitit.SlurmExecutor.affinity", classmethod(lambda _: 1))
    made = launcher(
        "SubmititLauncher",
        cluster=cluster,
        folder=str(tmp_path),
        max_num_timeout=1,
        parameters=OmegaConf.create({"timeout_min": 5}),
        devices=2,
        accelerator="gpu",
    )
    asked = made._executor._executor.parameters
    assert asked["ntasks_per_node" if cluster == "slurm" else "tasks_per_node"] == tasks
    assert asked["gpus_per_node"] == 2


@pytest.mark.parametrize(
    ("accelerator", "parameters", "gpus"),
    [("cpu", {}, 0), ("auto", {}, 4), ("cpu", {"gpus_per_node": 1}, 1)],
)
def test_a_run_on_the_processor_asks_slurm_for_no_gpu_unless_told_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    accelerator: str,
    parameters: dict[str, int],
    gpus: int,
) -> None:
    monkeypatch.setattr("submitit.SlurmExecutor.affinity", classmethod(lambda _: 1))
    made = launcher(
        "SubmititLauncher", cluster="slurm", folder=str(tmp_path),
        max_num_timeout=1, parameters=parameters, devices=4, accelerator=accelerator,
    )  # fmt: skip
    asked = made._executor._executor.parameters
    assert (asked["gpus_per_node"], asked["ntasks_per_node"]) == (gpus, 4)


def test_slurm_is_not_asked_for_all_the_devices_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"runtime\.devices=auto: .*runtime\.devices=N"):
        launcher(
            "SubmititLauncher", cluster="slurm", folder=str(tmp_path),
            max_num_timeout=1, parameters={}, devices="auto",
        )  # fmt: skip


def machine(**resources: float) -> list[dict[str, dict[str, float]]]:
    """A cluster of one."""
    return [{"Resources": resources}]


@pytest.mark.parametrize(
    ("num_gpus", "devices", "there", "asked"),
    [(None, 2, 8, 2), (None, 2, 0, 0), (0, 2, 8, 0), (0.5, 1, 1, 0.5)],
)
def test_ray_is_asked_for_as_many_gpus_as_a_run_trains_on(
    num_gpus: float | None, devices: int, there: int, asked: float
) -> None:
    found = Resources(3, num_gpus, devices).asked_of(machine(CPU=4, GPU=there))
    assert found == {"num_cpus": 3, "num_gpus": asked}


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (Resources(5, None, 1), "hydra.launcher.num_cpus=5: no machine .* more than 4"),
        (Resources(1, None, 3), "hydra.launcher.num_gpus=3: no machine .* more than 2"),
    ],
)
def test_more_than_a_machine_has_is_refused(resources: Resources, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resources.asked_of(machine(CPU=4, GPU=2))
