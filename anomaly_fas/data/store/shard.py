"""Store the crops of some samples one after another, with one index line per sample.

The crops of a sample are on disk before its line is written, and lines are only ever appended. So
the whole lines tell how much of a shard is good, whenever its writer was killed; the next writer
cuts off the rest and goes on. A finished shard is sealed with its checksums.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from io import BufferedRandom
from pathlib import Path
from typing import Self

import numpy as np

from anomaly_fas.data.store.record import SampleRecord
from anomaly_fas.files import write_text


@dataclass(frozen=True)
class Seal:
    """Content of a finished shard: numbers of samples and crops, checksums of its two files."""

    samples: int
    crops: int
    crops_sha256: str
    index_sha256: str


@dataclass(frozen=True)
class Shard:
    """The files of a shard, and the samples planned for it.

    Attributes:
        folder: folder of the files.
        name: common stem of the files.
        size: side of the crops in pixels.
        dataset: dataset of all its samples.
        sample_ids: planned samples, in order.
    """

    folder: Path
    name: str
    size: int
    dataset: str
    sample_ids: tuple[str, ...]

    @property
    def crops_path(self) -> Path:
        """The images: uint8, one after another, each of shape [size, size, 3]."""
        return self.folder / f"{self.name}.crops"

    @property
    def index_path(self) -> Path:
        """The index: one `SampleRecord` per line."""
        return self.folder / f"{self.name}.jsonl"

    @property
    def seal_path(self) -> Path:
        """The seal, which exists once the shard is finished."""
        return self.folder / f"{self.name}.seal.json"

    @property
    def crop_bytes(self) -> int:
        """Bytes of one crop."""
        return self.size * self.size * 3

    @property
    def is_sealed(self) -> bool:
        """Whether the shard is finished."""
        return self.seal_path.exists()

    def records(self) -> list[SampleRecord]:
        """Read the records of a sealed shard.

        Raises:
            ValueError, OSError: the index is damaged.
        """
        lines = self.index_path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [SampleRecord.from_line(line) for line in lines]

    def read_seal(self) -> Seal:
        """Read the seal.

        Raises:
            ValueError, OSError: the seal is damaged.
        """
        try:
            return Seal(**json.loads(self.seal_path.read_text()))
        except TypeError as error:
            raise ValueError(str(error)) from error

    def compute_seal(self) -> Seal:
        """Compute the seal of the files as they are now."""
        return Seal(
            samples=len(self.records()),
            crops=self.crops_path.stat().st_size // self.crop_bytes,
            crops_sha256=_sha256(self.crops_path),
            index_sha256=_sha256(self.index_path),
        )

    def open(self) -> np.ndarray:
        """Map the crops of a sealed shard: uint8, shape [crops, size, size, 3].

        The map is private: torch takes it without a copy, and writes to it stay in memory.
        """
        shape = (self.crops_path.stat().st_size // self.crop_bytes, self.size, self.size, 3)
        if shape[0] == 0:
            return np.empty(shape, dtype=np.uint8)
        mapped = np.memmap(self.crops_path, dtype=np.uint8, mode="c", shape=shape)
        return mapped.view(np.ndarray)  # indexing the subclass takes as long as reading a crop


class ShardWriter:
    """Append samples to a shard, after those that are whole already.

    Only one process at a time may write a shard.

    Args:
        shard: shard to write; missing files are created.

    Attributes:
        done: number of samples in the shard.
    """

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        shard.folder.mkdir(parents=True, exist_ok=True)
        self._crops = _open(shard.crops_path)
        self._index = _open(shard.index_path)
        self.done = self._recover()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._crops.close()
        self._index.close()

    def append(self, record: SampleRecord, crops: np.ndarray) -> None:
        """Add a sample.

        Args:
            record: index line of the sample, with one `CropRecord` per crop.
            crops: uint8, shape [crops, size, size, 3].
        """
        expected = (len(record.crops), self._shard.size, self._shard.size, 3)
        if crops.shape != expected or crops.dtype != np.uint8:
            raise ValueError(f"crops of shape {crops.shape} and type {crops.dtype}, not {expected}")
        self._crops.write(np.ascontiguousarray(crops).data)
        self._crops.flush()
        os.fsync(self._crops.fileno())
        self._index.write(record.to_line().encode())
        self._index.flush()
        self.done += 1

    def seal(self) -> None:
        """Declare the shard finished."""
        os.fsync(self._index.fileno())
        seal = json.dumps(asdict(self._shard.compute_seal()), sort_keys=True, indent=1)
        write_text(self._shard.seal_path, seal + "\n")

    def _recover(self) -> int:
        """Cut off what a killed writer left half done, and count the whole samples."""
        held = self._crops.seek(0, os.SEEK_END)
        samples = crop_end = line_end = 0
        for line in self._index:
            try:
                record = SampleRecord.from_line(line.decode())
            except ValueError:
                break
            needed = crop_end + len(record.crops) * self._shard.crop_bytes
            if needed > held or not line.endswith(b"\n"):
                break
            samples, crop_end, line_end = samples + 1, needed, line_end + len(line)
        for file, end in ((self._crops, crop_end), (self._index, line_end)):
            file.seek(end)
            file.truncate()
        return samples


def _open(path: Path) -> BufferedRandom:
    path.touch()
    return path.open("rb+")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
