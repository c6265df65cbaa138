"""Face crops on disk: made once by several processes, then read memory-mapped.

A cache is a folder with `crops.npy`, uint8 of shape [frames, size, size, 3]. It is filled under
another name and renamed when whole; an interrupted filling goes on where it stopped.
"""

import functools
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import current_process
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.lib.format import write_array_header_2_0

from anomaly_fas.console import ProgressBar
from anomaly_fas.data.in_processes import in_processes, locked_cache
from anomaly_fas.errors import DataError, RunError, first_lines

_CHUNK: Final = 16
_CROPS: Final = "crops.npy"
_DONE: Final = "done.npy"

FrameMaker = Callable[[int], np.ndarray]
"""Makes the frames of a sample, by its number: uint8, shape [frames, size, size, 3].

It can be pickled, and raises a `DataError` where it cannot make them."""


class CachedCrops(ABC):
    """What sources have in common whose crops are made once and cached, all frames of a sample.

    Args:
        image_size: side of the crops in pixels.
        cache_dir: folder of the caches.
        workers: number of processes that make crops.
    """

    _title: str
    """What the progress bar says."""

    def __init__(self, image_size: int, cache_dir: str, workers: int) -> None:
        self.image_size = image_size
        self._cache_dir = Path(cache_dir)
        self._workers = workers

    @property
    @abstractmethod
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """See `Source`; the name of the cache."""

    @abstractmethod
    def _maker(self) -> FrameMaker: ...

    def prepare(self) -> None:
        """See `Source`."""
        _ = self._crops

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`; all frames are kept, so that they are the first ones."""
        early: np.ndarray = np.minimum(self.frame_counts, number)
        return early

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        crop: np.ndarray = self._crops[self._starts[row] + number]
        return crop

    def __getstate__(self) -> dict[str, Any]:
        """Another process opens the cache by itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_crops"}

    @functools.cached_property
    def _starts(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.frame_counts)])

    @functools.cached_property
    def _crops(self) -> np.ndarray:
        folder = self._cache_dir / self.fingerprint
        make, counts = self._maker(), self.frame_counts
        return open_or_fill(folder, make, counts, self.image_size, self._workers, self._title)


def open_or_fill(
    folder: Path,
    make: FrameMaker,
    counts: np.ndarray,
    size: int,
    workers: int,
    title: str,
) -> np.ndarray:
    """Open the crops of a cache, which is filled first where it is missing.

    Args:
        folder: folder of the cache.
        make: function that makes the frames of a sample.
        counts: number of frames of each sample, shape [samples].
        size: side of the crops in pixels.
        workers: number of processes; the crops do not depend on it.
        title: text of the progress bar.

    Returns:
        A private memory map, uint8, shape [counts.sum(), size, size, 3], in the samples' order:
        torch takes it without a copy, and what is written there never reaches the file.

    Raises:
        DataError: some samples could not be made; the message names them all.
        RunError: the folder cannot be written to.
    """
    # A worker that imports its parent's script must not wait for the lock that its parent holds.
    if getattr(current_process(), "_inheriting", False):
        raise RunError(
            "the images are prepared by several processes, each of which imports your script: put "
            'what the script does under `if __name__ == "__main__":`, or use workers=1'
        )
    with locked_cache(folder):
        if not (folder / _CROPS).exists():
            _fill(folder, make, counts, size, workers, title)
    crops: np.ndarray = np.load(folder / _CROPS, mmap_mode="c")
    return crops.view(np.ndarray)  # indexing the subclass takes as long as reading a crop


def _fill(
    folder: Path,
    make: FrameMaker,
    counts: np.ndarray,
    size: int,
    workers: int,
    title: str,
) -> None:
    partial = folder.with_name(folder.name + ".partial")
    done = _prepare(partial, counts, size)
    missing = np.flatnonzero(~done).tolist()
    chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
    failures: dict[int, str] = {}
    with ProgressBar(title, total=len(counts)) as bar:
        bar.advance(len(counts) - len(missing))
        starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        work = functools.partial(_make_chunk, partial, make, starts)
        for made, failed in in_processes(work, chunks, workers):
            done[made] = True
            np.save(partial / _DONE, done)
            failures |= failed
            bar.advance(len(made) + len(failed))
    if failures:
        lines = first_lines([failures[row] for row in sorted(failures)])
        raise DataError("\n  ".join([f"{len(failures)} sample(s) cannot be read:", *lines]))
    partial.rename(folder)


def _prepare(partial: Path, counts: np.ndarray, size: int) -> np.ndarray:
    """Make or find the half-filled cache; which samples it holds already."""
    shape = (int(counts.sum()), size, size, 3)
    with suppress(OSError, ValueError):  # nothing usable there: start afresh
        crops = np.load(partial / _CROPS, mmap_mode="r")
        done: np.ndarray = np.load(partial / _DONE)
        if crops.shape == shape and done.shape == counts.shape:
            return done
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with (partial / _CROPS).open("wb") as file:  # in full, so that a disk too small is noticed here
        write_array_header_2_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        zeros = bytes(size * size * 3)
        for _ in range(shape[0]):
            file.write(zeros)
    done = np.zeros(counts.shape, dtype=bool)
    np.save(partial / _DONE, done)
    return done


def _make_chunk(
    partial: Path, make: FrameMaker, starts: np.ndarray, rows: list[int]
) -> tuple[list[int], dict[int, str]]:
    """Make the crops of some samples; return those made, and why others could not be."""
    cv2.setNumThreads(1)
    crops = np.load(partial / _CROPS, mmap_mode="r+")
    made, failures = [], {}
    for row in rows:
        try:
            frames = make(row)
        except DataError as error:
            failures[row] = str(error)
            continue
        crops[starts[row] : starts[row] + len(frames)] = frames
        made.append(row)
    crops.flush()
    return made, failures
