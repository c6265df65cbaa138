"""A manifest of one's own images as a source."""

import hashlib
from functools import cached_property, partial
from pathlib import Path
from typing import Unpack

import numpy as np

from anomaly_fas.data.crop_cache import CachedCrops, FrameMaker
from anomaly_fas.data.images import frame_files, read_image
from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.data.splitting import SplitOptions, with_splits
from anomaly_fas.errors import DataError
from anomaly_fas.models.crop import to_crop
from anomaly_fas.types import DataKind


class Manifest(CachedCrops):
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
    _title = "Reading the images"

    def __init__(
        self,
        manifest: str,
        root: str,
        image_size: int,
        cache_dir: str,
        workers: int,
        **splits: Unpack[SplitOptions],
    ) -> None:
        super().__init__(image_size, cache_dir, workers)
        self.root = Path(root)
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

    @property
    def fingerprint(self) -> str:
        """See `Source`; another one when a file, its size or its time of change is."""
        facts = hashlib.sha256(f"{self.image_size}".encode())
        for files in self.files:
            for file in files:
                state = file.stat()
                facts.update(f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}\n".encode())
        return f"manifest-{facts.hexdigest()[:12]}"

    def _maker(self) -> FrameMaker:
        return partial(_read_frames, self.files, self.image_size)


def _read_frames(files: list[list[Path]], size: int, row: int) -> np.ndarray:
    """Read the frames of one sample."""
    return np.stack([to_crop(read_image(file), size) for file in files[row]])
