"""How the datasets are distributed where that differs from GRAD-GPAD's names.

`experiments/gradgpad/README.md` has the table.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from anomaly_fas.data.locating.names import kind_of, split_suffix

if TYPE_CHECKING:
    from collections.abc import Callable


def candidates(dataset: str, media: str) -> list[PurePosixPath]:
    """The paths, without suffix, that a sample may have as distributed, the likeliest first.

    Args:
        dataset: GRAD-GPAD's name of the dataset.
        media: the path of the sample inside the dataset.

    Example:
        >>> [str(path) for path in candidates("threedmad", "Data/04_03_01.avi")]
        ['Data/04_03_01', 'session03/04_03_01', '04_03_01']
    """
    named = PurePosixPath(stem(media))
    rule = _RULES.get(dataset)
    return [named, *rule(named)] if rule else [named]


def stem(media: str) -> str:
    """The path without the suffix, if it has one: CSMAD's names have none."""
    bare, suffix = split_suffix(media)
    return bare if suffix and kind_of(suffix) else media


def _msu_mfsd(named: PurePosixPath) -> list[PurePosixPath]:
    return [PurePosixPath(*named.parts[1:])]


def _threedmad(named: PurePosixPath) -> list[PurePosixPath]:
    session = named.name.partition("_")[2][:2]  # names are <subject>_<session>_<shot>
    return [PurePosixPath(f"session{session}", named.name), PurePosixPath(named.name)]


_RULES: Final[dict[str, Callable[[PurePosixPath], list[PurePosixPath]]]] = {
    "msu-mfsd": _msu_mfsd,
    "threedmad": _threedmad,
}
