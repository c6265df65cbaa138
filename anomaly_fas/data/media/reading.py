"""Read some frames of any capture; its content decides what it is, not its name."""

import math
from pathlib import Path
from typing import Final

from natsort import natsorted

from anomaly_fas.data.images import SUFFIXES, read_image
from anomaly_fas.data.media.clip import Clip, MediaFrame, spread
from anomaly_fas.data.media.hdf5 import read_hdf5
from anomaly_fas.data.media.video import read_video
from anomaly_fas.errors import DataError

_HEAD_BYTES: Final = 64
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_STILLS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*", b"P5", b"P6")
_MATROSKA: Final = b"\x1a\x45\xdf\xa3"
_MPEG: Final = b"\x00\x00\x01\xba"
_ASF: Final = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
_MOV_ATOMS: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})


def read_clip(path: Path, count: int) -> Clip:
    """Read up to `count` frames of a capture, evenly spread.

    Args:
        path: a video (MP4, MOV, AVI, Matroska, MPEG, ASF), an HDF5 file with a colour stream, an
            image, or a folder of images.
        count: number of frames wanted, at least 1.

    Raises:
        DataError: no frame can be read; the message names the file and the reason.
    """
    try:
        if path.is_dir():
            return _read_folder(path, count)
        if path.exists() and not path.is_file():
            raise DataError(f"{path}: neither a file nor a folder")  # a pipe would never end
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        return _read_file(path, head, count)
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except Exception as error:
        # The decoders were handed bytes that nobody vouches for, and fail in ways of their own.
        raise DataError(f"{path}: cannot be read ({type(error).__name__}: {error})") from error


def _read_file(path: Path, head: bytes, count: int) -> Clip:
    if not head:
        raise DataError(f"{path}: an empty file")
    if head.startswith(_HDF5):
        return read_hdf5(path, count)
    if head.startswith(_STILLS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Clip([MediaFrame(0, 0.0, read_image(path))])
    container = _container(head)
    if container is None:
        raise DataError(f"{path}: neither a video, an HDF5 file nor an image")
    return read_video(path, container, count)


def _container(head: bytes) -> str | None:
    """FFmpeg's name of a container. FFmpeg may not guess: it reads playlists of other files."""
    if head[4:8] in _MOV_ATOMS:
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] in {b"AVI ", b"AVIX"}:
        return "avi"
    if head.startswith(_MATROSKA):
        return "matroska"
    if head.startswith(_MPEG):
        return "mpeg"
    return "asf" if head.startswith(_ASF) else None


def _read_folder(path: Path, count: int) -> Clip:
    """Read images in natural order; the next good image replaces one that cannot be read."""
    files = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
    links = [file for file in files if file.is_symlink()]
    regular = (file for file in files if file.is_file() and not file.is_symlink())
    frames = natsorted(regular, key=lambda file: file.name)
    faults = [f"{len(links)} link(s) not followed"] if links else []
    if not frames:
        raise DataError("; ".join([f"{path}: a folder without images", *faults]))
    read: dict[int, MediaFrame] = {}
    damaged: set[int] = set()
    for wanted in spread(len(frames), count):
        for number in range(wanted, len(frames)):
            if number in read:
                break
            try:
                read[number] = MediaFrame(number, math.nan, read_image(frames[number]))
                break
            except DataError as error:
                damaged.add(number)
                first = str(error)
    if damaged:
        faults.append(f"{len(damaged)} image(s) cannot be read, such as {first}")
    if not read:
        raise DataError("; ".join([f"{path}: no image can be read", *faults]))
    return Clip([read[number] for number in sorted(read)], "; ".join(faults))
