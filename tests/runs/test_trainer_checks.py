"""A trainer under which a run would lose its place in the data is refused."""

import pytest
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.trainer_checks import check_resumable


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("accumulate_grad_batches", 2, "sampler.batch_size"),
        ("limit_train_batches", 0.5, "epoch_steps"),
        ("overfit_batches", 1, "data.extent.train=1"),
        ("fast_dev_run", True, "epochs=1 epoch_steps=1"),
        ("max_steps", 10, "epochs and epoch_steps"),
        ("max_time", "00:01:00:00", "SIGTERM"),
    ],
)
def test_what_breaks_the_count_of_steps_is_named_and_what_serves_instead(
    name: str, value: object, instead: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^trainer\.{name}={value}: .*use .*{instead}"):
        check_resumable(OmegaConf.create({"devices": 1, name: value}))


def test_what_does_not_is_let_through() -> None:
    check_resumable(OmegaConf.create({"devices": 2, "max_time": None, "gradient_clip_val": 1.0}))
    check_resumable(OmegaConf.create({"accumulate_grad_batches": 1, "max_steps": -1}))
    check_resumable(OmegaConf.create({"fast_dev_run": False, "overfit_batches": 0.0}))
