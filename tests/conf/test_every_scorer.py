"""Every scorer that compares with references serves the embeddings of every loss."""

import pytest
from hydra import compose, initialize_config_dir

from anomaly_fas.commands.app import config_dir
from anomaly_fas.loggers.wandb_state import register_resolver
from tests.scorers.galleries import OF_REFERENCES

CONF = config_dir()
LOSSES = sorted(path.stem for path in (CONF / "loss").glob("*.yaml"))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_list_on_the_command_line_takes_the_place_of_what_a_loss_brings(loss: str) -> None:
    register_resolver()
    chosen = [f"loss={loss}", f"scorer=[{','.join(OF_REFERENCES)}]"]
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("train", chosen)
    assert list(config.scorer) == list(OF_REFERENCES)
