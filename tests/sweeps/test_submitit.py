"""What a cluster is asked for."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.submitit import SubmititLauncher


@pytest.mark.parametrize(("cluster", "tasks"), [("slurm", 2), ("local", 1)])
def test_a_run_on_two_devices_starts_its_ranks_where_no_slurm_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: str, tasks: int
) -> None:
    monkeypatch.setattr("submitit.SlurmExecutor.affinity", classmethod(lambda _: 1))
    made = SubmititLauncher(
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
    made = SubmititLauncher(
        cluster="slurm", folder=str(tmp_path),
        max_num_timeout=1, parameters=parameters, devices=4, accelerator=accelerator,
    )  # fmt: skip
    asked = made._executor._executor.parameters
    assert (asked["gpus_per_node"], asked["ntasks_per_node"]) == (gpus, 4)


def test_slurm_is_not_asked_for_all_the_devices_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"runtime\.devices=auto: .*runtime\.devices=N"):
        SubmititLauncher(
            cluster="slurm", folder=str(tmp_path),
            max_num_timeout=1, parameters={}, devices="auto",
        )  # fmt: skip
