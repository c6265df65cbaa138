"""Every scorer that compares with references serves the embeddings of every loss."""

import pytest

from anomaly_fas.commands.app import config_dir
from anomaly_fas.runs.composition import composed
from tests.scorers.galleries import OF_REFERENCES

CONF = config_dir()
LOSSES = sorted(path.stem for path in (CONF / "loss").glob("*.yaml"))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_list_on_the_command_line_takes_the_place_of_what_a_loss_brings(loss: str) -> None:
    chosen = [f"loss={loss}", f"scorer=[{','.join(OF_REFERENCES)}]"]
    config = composed("train", chosen)
    assert list(config.scorer) == list(OF_REFERENCES)
