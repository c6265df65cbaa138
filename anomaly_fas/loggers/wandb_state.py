"""Find out whether Weights & Biases can be used online, without importing it."""

import netrc
import os
from urllib.parse import urlparse


def is_offline() -> bool:
    """Whether W&B is offline: by WANDB_MODE, or else for lack of a key."""
    mode = os.environ.get("WANDB_MODE")
    return mode != "online" if mode else not is_logged_in()


def is_logged_in() -> bool:
    """Whether the environment or the file of `wandb login` has a key for the server in use."""
    if os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_IDENTITY_TOKEN_FILE"):
        return True
    host = urlparse(os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai")).netloc
    try:
        return netrc.netrc(os.environ.get("NETRC") or None).authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False
