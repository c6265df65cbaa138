"""What may be told of a run elsewhere: what differs from its neighbours, and no places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

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
