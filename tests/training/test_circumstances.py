"""What a run was saved under is compared with what it goes on under."""

import logging
from types import SimpleNamespace

import pytest
import torch

from anomaly_fas.training.circumstances import circumstances, warn_of_change

TRAINER = SimpleNamespace(world_size=2, precision="32-true")


def warnings(before: dict, caplog: pytest.LogCaptureFixture) -> list[str]:  # type: ignore[type-arg]
    with caplog.at_level(logging.WARNING, "anomaly_fas"):
        warn_of_change(before, TRAINER)  # type: ignore[arg-type]
    return caplog.messages


def test_nothing_is_said_where_nothing_changed(caplog: pytest.LogCaptureFixture) -> None:
    saved = circumstances(TRAINER)  # type: ignore[arg-type]
    assert saved == {"processes": 2, "threads": torch.get_num_threads(), "precision": "32-true"}
    assert warnings(saved, caplog) == []
    assert warnings({}, caplog) == []  # a checkpoint that says nothing of it


def test_all_that_changed_is_named(caplog: pytest.LogCaptureFixture) -> None:
    saved = circumstances(TRAINER) | {"processes": 1, "precision": "bf16-mixed"}  # type: ignore[arg-type]
    (message,) = warnings(saved, caplog)
    assert "processes 1 before, 2 now; precision bf16-mixed before, 32-true now" in message
    assert "will not be equal" in message
