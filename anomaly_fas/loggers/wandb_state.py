"""Whether Weights & Biases may be used online."""

from __future__ import annotations

import os

from anomaly_fas.loggers.wandb_key import is_logged_in


def is_offline() -> bool:
    """Offline unless WANDB_MODE says otherwise or there is an API key."""
    mode = os.environ.get("WANDB_MODE")
    return mode != "online" if mode else not is_logged_in()
