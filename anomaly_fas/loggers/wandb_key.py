"""Whether someone is logged in at Weights & Biases, found out without importing it."""

from __future__ import annotations

import netrc
import os
from urllib.parse import urlparse


def is_logged_in() -> bool:
    """Whether the environment or the file of `wandb login` has a key for the server in use."""
    if os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_IDENTITY_TOKEN_FILE"):
        return True
    host = urlparse(os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")).netloc
    try:
        return netrc.netrc(os.environ.get("NETRC") or None).authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False
