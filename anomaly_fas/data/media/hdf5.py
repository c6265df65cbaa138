"""Frames of the colour stream of an HDF5 file: 3DMAD's, CSMAD's and others'."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h5py
import numpy as np
from natsort import natsorted

from anomaly_fas.data.images import MAX_PIXELS, MIN_SIDE
from anomaly_fas.data.media.clip import Clip, MediaFrame, spread
from anomaly_fas.errors import DataError

_TELLING: Final = re.compile(r"colou?r|rgb", re.IGNORECASE)
_MAX_OBJECTS: Final = 10_000
_MAX_NAMED: Final = 10

_MAX_CHUNK_BYTES: Final = 2**30
"""A compressed chunk is unpacked whole, however little of it is wanted."""


@dataclass(frozen=True)
class Stream:
    """Colour frames, in one data set or in one each.

    Attributes:
        parts: a single data set of shape [frames, 3, rows, columns] or [frames, rows, columns, 3],
            or one a frame of such a shape without the first dimension; uint8.
    """

    parts: tuple[h5py.Dataset, ...]

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.parts[0]) if self._in_one else len(self.parts)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        shape = self.parts[0].shape[-3:]
        return (shape[1], shape[2]) if shape[0] == 3 else (shape[0], shape[1])

    def read(self, number: int) -> np.ndarray:
        """A frame: uint8, shape [rows, columns, 3]; an `OSError` if it cannot be read."""
        found = self.parts[0][number] if self._in_one else self.parts[number][()]
        image = np.asarray(found)
        return image.transpose(1, 2, 0) if image.shape[0] == 3 else image

    @property
    def _in_one(self) -> bool:
        return bool(self.parts[0].ndim == 4)


def read_hdf5(path: Path, count: int) -> Clip:
    """Frames of the colour stream, of which only those wanted are read.

    Raises:
        DataError: no colour stream, several of them, or its bytes in another file; frames too
            large or too small; or none that can be read.
    """
    with h5py.File(path, "r") as file:
        stream = _colour_stream(file, path)
        rows, columns = stream.size
        if rows * columns > MAX_PIXELS or min(rows, columns) < MIN_SIDE:
            raise DataError(f"{path}: frames of {columns} x {rows} pixels")
        frames, faults = [], []
        for number in spread(stream.count, count):
            try:
                image = stream.read(number)
            except OSError as error:
                faults.append(f"frame {number} cannot be read ({error})")
                continue
            frames.append(MediaFrame(number, math.nan, np.ascontiguousarray(image)))
    if not frames:
        raise DataError(f"{path}: {'; '.join(faults) or 'a colour stream without frames'}")
    return Clip(frames, "; ".join(faults))


def _colour_stream(file: h5py.File, path: Path) -> Stream:
    """The only colour stream of a file, or the only one named after colour."""
    inside = _datasets(file)
    streams = _streams(inside)
    telling = [name for name in streams if _TELLING.search(name)]
    names = telling if len(streams) > 1 else list(streams)
    if len(names) != 1:
        found = "several colour streams" if streams else "no colour stream"
        raise DataError(f"{path}: {found}; it holds {_named(inside)}")
    stream = streams[names[0]]
    for part in stream.parts:
        if part.is_virtual or part.external:
            raise DataError(f"{path}: the colour stream's bytes lie in another file")
        if math.prod(part.chunks or ()) > _MAX_CHUNK_BYTES:
            raise DataError(f"{path}: the colour stream is stored in chunks of more than 1 GiB")
    return stream


def _streams(inside: dict[str, h5py.Dataset]) -> dict[str, Stream]:
    """By name: data sets of frames, and groups of data sets that are a frame each."""
    whole = {name: Stream((data,)) for name, data in inside.items() if _is_colour(data, 4)}
    frames: dict[str, list[h5py.Dataset]] = {}
    for name in natsorted(inside):
        if _is_colour(inside[name], 3):
            frames.setdefault(name.rpartition("/")[0], []).append(inside[name])
    single = {
        group: Stream(tuple(parts))
        for group, parts in frames.items()
        if len({data.shape for data in parts}) == 1
    }
    return whole | single


def _named(inside: dict[str, h5py.Dataset]) -> str:
    names = [f"{name} {data.dtype}{list(data.shape)}" for name, data in inside.items()]
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return (", ".join(names[:_MAX_NAMED]) or "nothing") + more


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """The data sets that the file itself holds: links out of it are not followed."""
    found: dict[str, h5py.Dataset] = {}
    groups = [("", file)]
    seen = 0
    while groups and seen < _MAX_OBJECTS:
        prefix, group = groups.pop()
        for name in group:
            seen += 1
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            inside = group[name]
            if isinstance(inside, h5py.Dataset):
                found[prefix + name] = inside
            elif isinstance(inside, h5py.Group):
                groups.append((f"{prefix}{name}/", inside))
            if seen >= _MAX_OBJECTS:
                break
    return found


def _is_colour(data: h5py.Dataset, dimensions: int) -> bool:
    if data.ndim != dimensions or data.dtype != np.uint8:
        return False
    return 3 in {data.shape[-3], data.shape[-1]}
