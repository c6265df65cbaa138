"""Name runs in lists, tables and at W&B, without paths."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_SHARED: Final = ("study", "study_name")
"""Keys of the command line that are the same for all runs of a study."""

_FOLDERS: Final = re.compile(r"""(?<![^=,'"\[( ])/(?:[^/,'"\[\]]*/)*""")
"""The folders of an absolute path, by itself or as a value in an override."""


def run_label(overrides: Iterable[str], otherwise: str) -> str:
    """Join the overrides of a run, or name one without any that its study does not share.

    Example:
        >>> run_label(["study=ablation", "loss=objective", "init_from=/home/a/best.ckpt"], "")
        'loss=objective init_from=best.ckpt'
    """
    own = [part for part in overrides if part.lstrip("+").partition("=")[0] not in _SHARED]
    return " ".join(str(without_places(part)) for part in own) or otherwise


def run_variant(config: Mapping[str, Any]) -> str:
    """Name the network of a run: its backbone and the settings of `model`; empty without one.

    Args:
        config: what counts of the run's config, flat: dotted key to value.

    Example:
        >>> run_variant({"model.backbone": "resnet18", "model.pretrained": True, "epochs": 4})
        'resnet18 pretrained=True'
    """
    names = [key for key in config if key.startswith("model.")]
    model = {key.removeprefix("model."): config[key] for key in names}
    target = str(model.pop("_target_", "")).rpartition(".")[2]
    name = str(model.pop("backbone", target))
    return " ".join(filter(None, (name, *(f"{key}={model[key]}" for key in sorted(model)))))


def without_places(value: Any) -> Any:
    """Cut absolute paths in plain values down to their last part, and drop lists of subjects.

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
