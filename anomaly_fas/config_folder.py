"""Where the configs are."""

from pathlib import Path


def config_dir() -> Path:
    """The folder `conf/`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "conf"
    return installed if installed.is_dir() else package.parent / "conf"


def config_name(command: str) -> str:
    """Return the file of a command below `conf/`: `train` is the map, others are in `command/`."""
    name = f"command/{command}"
    return name if (config_dir() / f"{name}.yaml").is_file() else command
