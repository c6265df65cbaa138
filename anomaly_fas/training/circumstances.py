"""What a run was trained on, as far as the last bits of its weights depend on it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from lightning import Trainer

_log = logging.getLogger(__name__)


def circumstances(trainer: Trainer) -> dict[str, Any]:
    """Return the number of processes, threads of each, and precision."""
    return {
        "processes": trainer.world_size,
        "threads": torch.get_num_threads(),
        "precision": str(trainer.precision),
    }


def warn_of_change(before: Mapping[str, Any], trainer: Trainer) -> None:
    """Warn if a run is resumed under other circumstances than it was saved under."""
    now = circumstances(trainer)
    changed = [
        f"{name} {before[name]} before, {value} now"
        for name, value in now.items()
        if before.get(name, value) != value
    ]
    if changed:
        _log.warning(
            "this run goes on with %s: it will not be equal to an undisturbed one, and keeps the "
            "learning rate that it began with",
            "; ".join(changed),
        )
