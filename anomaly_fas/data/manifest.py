"""A manifest of one's own images as a source."""

import hashlib
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from anomaly_fas.data.crop_cache import open_or_fill
from anomaly_fas.data.images import frame_files, read_image
from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.data.splitting import SplitOptions, with_splits
from anomaly_fas.errors import DataError
from anomaly_fas.models.crop import to_crop
from anomaly_fas.types import DataKind


class Manifest:
    """Face crops listed in a CSV or Parquet file; a path is an image or a folder of frames.

    Every image is read once, checked, resized and cached before training starts.

    Args:
        manifest: the file.
        root: folder that its paths are relative to.
        image_size: side of the crops in pixels.
        cache_dir: folder of the caches.
        workers: processes that read.
        **splits: how samples get their splits; see `SplitOptions`.

    Raises:
        DataError: a faulty manifest, see `read_manifest`, or a subject in several splits.
    """

    kind = DataKind.REAL

    def __init__(
        self,
        manifest: str,
        root: str,
        image_size: int,
        cache_dir: str,
        workers: int,
        **splits: Unpack[SplitOptions],
    ) -> None:
        self.image_size = image_size
        self.root = Path(root)
        self._cache_dir = Path(cache_dir)
        self._workers = workers
        if not self.root.is_dir():
            raise DataError(f"paths.root={root}: no such folder")
        rows = read_manifest(Path(manifest), self.root)
        self.annotations = with_splits(rows, manifest, splits)

    @cached_property
    def files(self) -> list[list[Path]]:
        """The image files of each sample.

        Raises:
            DataError: a folder without images, or with one that lies outside the root.
        """
        files = [frame_files(self.root / path) for path in self.annotations["path"]]
        home = self.root.resolve()
        outside = [f for frames in files for f in frames if not f.resolve().is_relative_to(home)]
        if outside:
            named = ", ".join(map(str, outside[:20]))
            raise DataError(f"{len(outside)} image(s) lead out of the root {self.root}: {named}")
        return files

    @cached_property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        return np.array([len(files) for files in self.files], dtype=np.int64)

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

    @property
    def fingerprint(self) -> str:
        """See `Source`; another one when a file, its size or its time of change is."""
        facts = hashlib.sha256(f"{self.image_size}".encode())
        for files in self.files:
            for file in files:
                state = file.stat()
                facts.update(f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}\n".encode())
        return f"manifest-{facts.hexdigest()[:12]}"

    def __getstate__(self) -> dict[str, Any]:
        """Another process opens the cache by itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_crops"}

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.frame_counts)])

    @cached_property
    def _crops(self) -> np.ndarray:
        return open_or_fill(
            self._cache_dir / self.fingerprint,
            partial(_read_frames, self.files, self.image_size),
            self.frame_counts,
            self.image_size,
            self._workers,
            "Reading the images",
        )


def _read_frames(files: list[list[Path]], size: int, row: int) -> np.ndarray:
    """Read the frames of one sample."""
    return np.stack([to_crop(read_image(file), size) for file in files[row]])
