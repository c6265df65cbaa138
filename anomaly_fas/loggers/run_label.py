"""What names a run elsewhere: what was set for it and its network, without paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHARED: Final = ("study", "study_name")
"""Keys of the command line that are the same for all runs of a study."""

_FOLDERS: Final = re.compile(r"""(?<![^=,'"\[( ])/(?:[^/,'"\[\]]*/)*""")
"""The folders of an absolute path, by itself or as a value in an override."""


def run_label(overrides: Iterable[str], otherwise: str) -> str:
    """What the user or the study set for a run, without what all runs of the study share.

    Args:
        overrides: as on the command line.
        otherwise: the label of a run for which nothing was set.

    Example:
        >>> run_label(["study=ablation", "loss=objective", "init_from=/home/a/best.ckpt"], "")
        'loss=objective init_from=best.ckpt'
    """
    own = [part for part in overrides if part.lstrip("+").partition("=")[0] not in _SHARED]
    return " ".join(str(without_places(part)) for part in own) or otherwise


def run_variant(config: Mapping[str, Any]) -> str:
    """Name the network of a run: its backbone, and what else is set of the model.

    Args:
        config: what counts of the run's config, flat: dotted key to value.

    Returns:
        Empty for a run without a network.

    Example:
        >>> run_variant({"model.backbone": "resnet18", "model.pretrained": True, "epochs": 4})
        'resnet18 pretrained=True'
    """
    model = {
        key.removeprefix("model."): value
        for key, value in config.items()
        if key.startswith("model.")
    }
    target = str(model.pop("_target_", "")).rpartition(".")[2]
    name = str(model.pop("backbone", target))
    return " ".join(filter(None, (name, *(f"{key}={model[key]}" for key in sorted(model)))))


def without_places(value: Any) -> Any:
    """Plain values with absolute paths cut down to their last part, and without lists of subjects.

    Example:
        >>> without_places({"root": "/home/a/faces", "cache": "outputs/cache", "subjects": ["a"]})
        {'root': 'faces', 'cache': 'outputs/cache'}
    """
    if isinstance(value, dict):
        return {
            key: without_places(part)
            for key, part in value.items()
            if not ("subject" in str(key) and isinstance(part, (dict, list)))
        }
    if isinstance(value, (list, tuple)):
        return [without_places(part) for part in value]
    return _FOLDERS.sub("", value) if isinstance(value, str) else value
