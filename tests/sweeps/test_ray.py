"""What Ray is asked for."""

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.ray import resources


def machine(**counts: float) -> list[dict[str, dict[str, float]]]:
    """A cluster of one."""
    return [{"Resources": counts}]


@pytest.mark.parametrize(
    ("num_gpus", "devices", "there", "asked"),
    [(None, 2, 8, 2), (None, 2, 0, 0), (0, 2, 8, 0), (0.5, 1, 1, 0.5)],
)
def test_ray_is_asked_for_as_many_gpus_as_a_run_trains_on(
    num_gpus: float | None, devices: int, there: int, asked: float
) -> None:
    found = resources(3, num_gpus, devices, machine(CPU=4, GPU=there))
    assert found == {"num_cpus": 3, "num_gpus": asked}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ((5, None, 1), "hydra.launcher.num_cpus=5: no machine .* more than 4"),
        ((1, None, 3), "hydra.launcher.num_gpus=3: no machine .* more than 2"),
    ],
)
def test_more_than_a_machine_has_is_refused(wanted: tuple[float, None, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resources(*wanted, machine(CPU=4, GPU=2))
