"""Colour streams in HDF5 files: 3DMAD and CSMAD as distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import h5py
import numpy as np

from anomaly_fas.data.images import MAX_PIXELS, MIN_SIDE
from anomaly_fas.data.media.clip import Clip, MediaFrame, spread
from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

_KNOWN: Final = ("Color_Data", "SR300-color", "sr300/color", "RS_sr300_color", "color", "Color")
"""Names of the stream, the likeliest first: that of 3DMAD, then what CSMAD's may be called."""

_MAX_OBJECTS: Final = 10_000
_MAX_NAMED: Final = 10

_MAX_CHUNK_BYTES: Final = 2**30
"""A compressed chunk is unpacked whole, however little of it is wanted."""


def read_hdf5(path: Path, count: int) -> Clip:
    """Frames of the colour stream, of which only those wanted are read.

    The stream is a data set of uint8, shape [frames, 3, rows, columns] or
    [frames, rows, columns, 3], with a known name, or else the only one of such a shape.

    Raises:
        DataError: there is no such data set, or several, or its bytes lie in another file.
    """
    with h5py.File(path, "r") as file:
        stream = _stream(file, path)
        channels_first = stream.shape[1] == 3
        rows, columns = stream.shape[2:] if channels_first else stream.shape[1:3]
        if rows * columns > MAX_PIXELS or min(rows, columns) < MIN_SIDE:
            raise DataError(f"{path}: frames of {columns} x {rows} pixels")
        frames, faults = [], []
        for number in spread(len(stream), count):
            try:
                image = np.asarray(stream[number])
            except OSError as error:
                faults.append(f"frame {number} cannot be read ({error})")
                continue
            upright = image.transpose(1, 2, 0) if channels_first else image
            frames.append(MediaFrame(number, math.nan, np.ascontiguousarray(upright)))
    if not frames:
        raise DataError(f"{path}: {'; '.join(faults) or 'a colour stream without frames'}")
    return Clip(frames, "; ".join(faults))


def _stream(file: h5py.File, path: Path) -> h5py.Dataset:
    inside = _datasets(file)
    colour = {name: data for name, data in inside.items() if _is_colour(data)}
    known = [name for name in _KNOWN if name in colour]
    if not known and len(colour) != 1:
        found = "several colour streams" if colour else "no colour stream"
        raise DataError(f"{path}: {found}; it holds {_named(inside)}")
    stream = colour[known[0] if known else next(iter(colour))]
    if stream.is_virtual or stream.external:
        raise DataError(f"{path}: the colour stream's bytes lie in another file")
    if math.prod(stream.chunks or ()) > _MAX_CHUNK_BYTES:
        raise DataError(f"{path}: the colour stream is stored in chunks of more than 1 GiB")
    return stream


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


def _is_colour(data: h5py.Dataset) -> bool:
    return bool(data.ndim == 4 and data.dtype == np.uint8 and 3 in {data.shape[1], data.shape[3]})
