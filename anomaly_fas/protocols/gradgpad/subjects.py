"""Who presents a GRAD-GPAD sample, where its file name tells.

The presenter is the wearer of a mask, or the person shown on a print or screen. The stand that
CSMAD photographs its unworn masks on counts as a presenter: it is the same in every split.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


def subject_of(dataset: str, media: str) -> str:
    """The presenter's name within the dataset, or the empty string where no name tells it.

    Args:
        dataset: GRAD-GPAD's name of the dataset.
        media: the path of the sample inside the dataset.

    Example:
        >>> subject_of("oulu-npu", "Test_files/1_2_53_4.avi")
        '53'
    """
    path = PurePosixPath(media)
    rule = _RULES.get(dataset)
    return rule(path) if rule else ""


def _casia_fasd(path: PurePosixPath) -> str:
    release, number = path.parts[:2]  # both releases count their subjects from 1
    return f"{release.split('_')[0]}_{number}"


def _csmad(path: PurePosixPath) -> str:
    return "stand" if "STAND" in path.parts else path.name.split("_")[0]


def _client(path: PurePosixPath) -> str:
    found = re.search(r"client(\d+)", path.name)
    return found[1] if found else ""


_RULES: Final[dict[str, Callable[[PurePosixPath], str]]] = {
    "casia-fasd": _casia_fasd,
    "csmad": _csmad,
    "hkbu": lambda path: path.name.split("_")[0],
    "hkbuv2": lambda path: path.parts[1],
    "msu-mfsd": _client,
    "oulu-npu": lambda path: path.name.split("_")[2],
    "replay-attack": _client,
    "replay-mobile": _client,
    "rose-youtu": lambda path: path.parts[0],
    "siw": lambda path: path.parts[2],
    "threedmad": lambda path: path.name.split("_")[0],
}
