"""Compare file names, tell what kind of file they name, and list names that datasets come with.

`experiments/gradgpad/README.md` has the table of what differs from GRAD-GPAD's names.
"""

import unicodedata
from collections.abc import Callable
from enum import IntEnum
from pathlib import PurePosixPath
from typing import Final

from anomaly_fas.data.images import SUFFIXES as IMAGE_SUFFIXES

VIDEO_SUFFIXES: Final = frozenset(
    {".avi", ".mov", ".mp4", ".m4v", ".mkv", ".mpg", ".mpeg", ".webm", ".wmv", ".3gp", ".mts"}
)
HDF5_SUFFIXES: Final = frozenset({".hdf5", ".h5", ".hdf"})
# What datasets put beside a video, and what downloads leave behind: never the video itself.
_ANNOTATIONS: Final = {".txt", ".face", ".bbox", ".pos", ".eye", ".lst", ".list", ".csv", ".tsv"}
_DOCUMENTS: Final = {".json", ".xml", ".yaml", ".yml", ".md", ".pdf", ".html", ".doc", ".docx"}
_FEATURES: Final = {".mat", ".npy", ".npz", ".pkl", ".dat", ".wav", ".mp3", ".srt", ".log"}
_DOWNLOADS: Final = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".part", ".tmp"}
_REMAINS: Final = {".crdownload", ".download", ".torrent", ".bak", ".md5", ".sha1", ".sha256"}
SIDECAR_SUFFIXES: Final = frozenset(
    _ANNOTATIONS | _DOCUMENTS | _FEATURES | _DOWNLOADS | _REMAINS | {".lnk"}
)


class Kind(IntEnum):
    """What a sample is stored as, in the order of preference."""

    VIDEO = 1
    HDF5 = 2
    FRAMES = 3
    IMAGE = 4
    UNKNOWN = 5


def spelling(path: str) -> str:
    """The path without case and in Unicode's composed form (NFC), as names are compared.

    Example:
        >>> spelling("Jose\u0301/HR_1") == spelling("JOS\u00c9/hr_1")
        True
    """
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def split_suffix(path: str) -> tuple[str, str]:
    """The path without its last suffix, and the suffix in lower case; a leading dot is no suffix.

    Example:
        >>> split_suffix("Test/158-2-1-1-1.m.MOV")
        ('Test/158-2-1-1-1.m', '.mov')
    """
    dot = path.rfind(".")
    if dot <= path.rfind("/") + 1:
        return path, ""
    return path[:dot], path[dot:].lower()


def kind_of(suffix: str) -> Kind | None:
    """The kind of a file with this suffix; None for what is never a sample."""
    if suffix in VIDEO_SUFFIXES:
        return Kind.VIDEO
    if suffix in HDF5_SUFFIXES:
        return Kind.HDF5
    if suffix in IMAGE_SUFFIXES:
        return Kind.IMAGE
    return None if suffix in SIDECAR_SUFFIXES else Kind.UNKNOWN


def candidates(dataset: str, media: str) -> list[PurePosixPath]:
    """List the paths, without suffix, that a sample may have as distributed, the likeliest first.

    Args:
        dataset: GRAD-GPAD's name of the dataset.
        media: the path of the sample inside the dataset.

    Example:
        >>> [str(path) for path in candidates("threedmad", "Data/04_03_01.avi")]
        ['Data/04_03_01', 'Data 3/04_03_01', 'session03/04_03_01', '04_03_01']
    """
    bare, suffix = split_suffix(media)
    named = PurePosixPath(bare if suffix and kind_of(suffix) else media)  # CSMAD's have no suffix
    rule = _RULES.get(dataset)
    return [named, *rule(named)] if rule else [named]


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
    "msu-mfsd": lambda named: [PurePosixPath(*named.parts[1:])],
    "siw-m": _siw_m,
    "threedmad": _threedmad,
}
