"""What Ray is asked for."""

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.ray import Resources


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
