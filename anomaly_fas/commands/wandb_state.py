"""Whether Weights & Biases may be used online, found out without importing it."""

from __future__ import annotations

import netrc
import os
from urllib.parse import urlparse

from omegaconf import OmegaConf


def register_resolver() -> None:
    """Let configs say `${wandb_offline:}`."""
    OmegaConf.register_new_resolver("wandb_offline", is_offline, replace=True)


def is_offline() -> bool:
    """Offline unless WANDB_MODE says otherwise or there is an API key."""
    mode = os.environ.get("WANDB_MODE")
    if mode:
        return mode != "online"
    return not (os.environ.get("WANDB_API_KEY") or _has_netrc_key())


def _has_netrc_key() -> bool:
    host = urlparse(os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")).netloc
    try:
        return netrc.netrc(os.environ.get("NETRC") or None).authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False
