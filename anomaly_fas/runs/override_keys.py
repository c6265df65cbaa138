"""Name the new key for a renamed one, and the nearest key to an unknown one."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from omegaconf import DictConfig, OmegaConf

from anomaly_fas.dotted_names import is_below
from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.composition import composed

_RENAMED: Final = {
    "output_dir": "paths.output_dir",
    "cache_dir": "paths.cache_dir",
    "workers": "runtime.workers",
    "precision": "trainer.precision",
    "weight_decay": "optimizer.weight_decay",
    "eval_batch_size": "datamodule.eval_batch_size",
    "gather": "module.gather",
    "channels_last": "module.channels_last",
    "lr_scaling": "module.lr_scaling",
    "data.root": "paths.root",
    "data.roots": "paths.roots",
    "data.roots_file": "paths.roots_file",
    "data.v1_lists": "paths.v1_lists",
    "data.cache_dir": "paths.cache_dir",
    "data.workers": "runtime.cache_workers",
    "trainer.accelerator": "runtime.accelerator",
    "trainer.devices": "runtime.devices",
    "trainer.num_nodes": "runtime.num_nodes",
    "trainer.strategy": "runtime.strategy",
    "transform=simulated_attacks": "data=simulated_attacks data@data.source=NAME, where NAME is "
    "the data that attacks are simulated from, and its keys are those below data.source",
    "transform.alone": "data.alone",
    "transform.species": "data.species",
    "callbacks.best_checkpoint.monitor": "checkpoint.monitor",
    "callbacks.last_checkpoint.every_steps": "checkpoint.every_steps",
    **{
        f"trainer={name}": f"runtime={name}"
        for name in ("cpu", "gpu", "ddp", "ddp_spawn", "slurm_multi_node")
    },
}
_UNKNOWN: Final = re.compile(r"Could not override '([^']+)'")


def refuse_renamed(arguments: Iterable[str]) -> None:
    """Check the keys of a command line.

    Raises:
        ConfigError: keys have other names now; all are named.
    """
    given = [argument.lstrip("+~") for argument in arguments if not argument.startswith("-")]
    faults = [fault for argument in given if (fault := _renamed(argument))]
    if faults:
        raise ConfigError("; ".join(faults))


def refuse_renamed_in(config: DictConfig) -> None:
    """Check a composed config, to which files of the user may have added keys.

    Raises:
        ConfigError: it sets keys that have other names now; all are named.
    """
    faults = [f"{key} is now {new}" for key, new in _RENAMED.items() if _is_set(config, key)]
    if faults:
        raise ConfigError("in a config file: " + "; ".join(faults))


def _renamed(argument: str) -> str:
    key = argument.partition("=")[0]
    for old, new in _RENAMED.items():
        if old == argument or is_below(key, [old]):
            return f"{old} is now {new}"
    return ""


def _is_set(config: DictConfig, key: str) -> bool:
    """Whether a config file has set a key; what it built on refers to the new name."""
    node, _, name = key.rpartition(".")
    if node not in {"", "trainer"}:  # a source of the user's own may have its own `root`
        return False
    parent = OmegaConf.select(config, node) if node else config
    return (
        isinstance(parent, DictConfig)
        and name in parent.keys()  # noqa: SIM118  # also where its value cannot be resolved
        and not OmegaConf.is_interpolation(parent, name)
    )


def with_nearest(message: str, command: str) -> str:
    """Add to Hydra's message on an unknown key the known key that is most like it."""
    unknown = _UNKNOWN.search(message)
    if unknown is None:
        return message
    known = list(_keys(composed(command)))
    nearest = get_close_matches(unknown[1], known, n=1)
    return f"{message}\nDid you mean {nearest[0]}?" if nearest else message


def _keys(node: DictConfig, prefix: str = "") -> Iterator[str]:
    for name in map(str, node):
        key = f"{prefix}{name}"
        yield key
        child = node._get_node(name)
        if isinstance(child, DictConfig) and not child._is_interpolation():
            yield from _keys(child, f"{key}.")
