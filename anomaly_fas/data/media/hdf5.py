"""Frames of colour streams in HDF5 files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import h5py
import numpy as np

from anomaly_fas.data.images import MAX_PIXELS, MIN_SIDE
from anomaly_fas.data.media.clip import Clip, MediaFrame, spread
from anomaly_fas.data.media.hdf5_streams import colour_stream
from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def read_hdf5(path: Path, count: int) -> Clip:
    """Frames of the colour stream, of which only those wanted are read.

    Raises:
        DataError: no colour stream, see `colour_stream`; frames too large or too small; or none
            that can be read.
    """
    with h5py.File(path, "r") as file:
        stream = colour_stream(file, path)
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
