"""How the datasets are distributed where that differs from GRAD-GPAD's names.

`experiments/gradgpad/README.md` has the table.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from anomaly_fas.data.locating.names import kind_of, split_suffix


def candidates(dataset: str, media: str) -> list[PurePosixPath]:
    """The paths, without suffix, that a sample may have as distributed, the likeliest first.

    Args:
        dataset: GRAD-GPAD's name of the dataset.
        media: the path of the sample inside the dataset.

    Example:
        >>> [str(path) for path in candidates("threedmad", "Data/04_03_01.avi")]
        ['Data/04_03_01', 'Data 3/04_03_01', 'session03/04_03_01', '04_03_01']
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
    """Each session's archive holds a folder `Data`, renamed where all are unpacked side by side."""
    session = named.name.partition("_")[2][:2]  # names are <subject>_<session>_<shot>
    folders = (f"Data {session.lstrip('0')}", f"session{session}", "")
    return [PurePosixPath(folder, named.name) for folder in folders]


def _siw_m(named: PurePosixPath) -> list[PurePosixPath]:
    """SiW-Mv2's folders, which are fewer and named otherwise than those of the first release."""
    name = named.name
    if name.startswith("Live_"):
        return [PurePosixPath("Live", name)]
    folders = [folder for start, folder in _SIW_M_V2.items() if name.startswith(f"{start}_")]
    return [PurePosixPath(folder, name) for folder in folders]


_SIW_M_V2: Final = {
    "Makeup_Co": "Makeup_Cosmetic",
    "Makeup_Im": "Makeup_Impersonation",
    "Makeup_Ob": "Makeup_Obfuscation",
    "Mask_Half": "Mask_HalfMask",
    "Mask_Mann": "Mannequin",
    "Mask_Paper": "Mask_PaperMask",
    "Mask_Silicone": "Silicone",
    "Mask_Trans": "Mask_TransparentMask",
    "Paper": "Print",
    "Partial_Eye": "Partial_Eye",
    "Partial_Funnyeye": "Partial_FunnyeyeGlasses",
    "Partial_Mouth": "Partial_Mouth",
    "Partial_Paperglass": "Partial_PaperGlasses",
}
_RULES: Final[dict[str, Callable[[PurePosixPath], list[PurePosixPath]]]] = {
    "msu-mfsd": _msu_mfsd,
    "siw-m": _siw_m,
    "threedmad": _threedmad,
}
