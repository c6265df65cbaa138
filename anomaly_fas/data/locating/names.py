"""What a file name tells: the spelling that names are compared in, and the kind of content."""

import unicodedata
from enum import IntEnum
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
