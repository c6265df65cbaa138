"""Share what sources of captures have in common: crops that `anomaly-fas prepare` has cut."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.store.crop_store import CropStore
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.errors import DataError
from anomaly_fas.types import DataKind

if TYPE_CHECKING:
    from anomaly_fas.data.preparation.cutting import Cutter


class StoredCrops:
    """The annotated samples that a store has crops of.

    Args:
        rows: annotation table; rows without crops are left out.
        store: store of the crops.
        contents: expected digest of the store's content; empty accepts any.

    Attributes:
        annotations: samples with crops.
        frame_counts: number of crops of each sample, int64.
        contents: digest of the captures and their numbers of crops.

    Raises:
        DataError: no sample has crops, or `contents` differs.
    """

    def __init__(self, rows: pd.DataFrame, store: CropStore, contents: str) -> None:
        held = store.samples.set_index("sample_id")
        held = held[held["crops"] > 0].reindex(rows["sample_id"])
        there = held["crops"].notna().to_numpy()
        if not there.any():
            raise DataError(
                f"{store.folder} has no crops of any of these {len(rows)} samples: prepare them"
            )
        held = held[there]
        self.annotations = rows[there].reset_index(drop=True)
        self.frame_counts = held["crops"].to_numpy(dtype=np.int64)
        lines = held.index + "|" + held["sha256"] + "|" + held["crops"].astype(int).astype(str)
        self.contents = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
        self._store = store
        self._shard = held["shard"].to_numpy(dtype=np.int64)
        self._first = held["first"].to_numpy(dtype=np.int64)
        if contents and contents != self.contents:
            raise DataError(
                f"{store.folder} holds other samples now than when this run was trained. Train "
                "again (the new run has a folder of its own), or evaluate its checkpoint with "
                "`checkpoint=… data=…`."
            )

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`."""
        early = self._store.frame_numbers < number
        counts = early.groupby(level="sample_id").sum()
        return counts.reindex(self.annotations["sample_id"]).to_numpy(dtype=np.int64)

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`; a view of the store's file."""
        return self._store.crop(int(self._shard[row]), int(self._first[row]) + number)

    def examples(self, dataset: str, count: int) -> dict[str, list[np.ndarray]]:
        """Choose crops of bona fide samples and of each PAI species, spread over the samples.

        Args:
            dataset: name of a dataset among the samples.
            count: images of each species; where it has fewer samples, they give several crops.

        Returns:
            Name of the species to images, bona fide first.
        """
        rows = self.annotations
        species = rows["pai_fine"].where(rows["pai_fine"] != "", rows["pai"])
        names = species.where(rows["label"] == "attack", "").where(rows["dataset"] == dataset, None)
        images = {}
        for name in sorted(names.dropna().unique()):
            positions = np.flatnonzero(names == name)
            chosen = positions[np.linspace(0, len(positions) - 1, count).round().astype(int)]
            images[name or str(rows["label"].iloc[positions[0]])] = [
                np.asarray(self.frame(int(row), number * int(self.frame_counts[row]) // count))
                for number, row in enumerate(chosen)
            ]
        return images


class PreparedSource(ABC):
    """A `Source` that lists captures, and reads the crops that were cut from them.

    Args:
        name: name of the data; other data have other stores.
        cutter: makes the crops of a capture.
        cache_dir: folder of the stores.
        contents: expected digest of the store's content; empty accepts any.
    """

    kind = DataKind.REAL

    def __init__(self, name: str, cutter: Cutter, cache_dir: Path, contents: str) -> None:
        self.cutter = cutter
        self.image_size = cutter.crop.size
        self._name, self._cache_dir, self._contents = name, cache_dir, contents

    @property
    @abstractmethod
    def listed(self) -> pd.DataFrame:
        """The annotations of all samples, with or without captures."""

    @abstractmethod
    def captures(self) -> list[Capture]:
        """The captures that can be looked for.

        Raises:
            DataError: there is no place to look.
        """

    def with_splits(self) -> pd.DataFrame:
        """The listed samples with the splits that they are trained and tested in."""
        return self.listed

    @cached_property
    def settings(self) -> StoreSettings:
        """The settings of the store."""
        cutter = self.cutter
        return StoreSettings(
            cutter.frames, cutter.crop.size, cutter.detector.describe(), cutter.crop.describe()
        )

    @property
    def folder(self) -> Path:
        """The folder of the store."""
        return self.settings.folder(self._cache_dir, self._name)

    def open_store(self) -> CropStore:
        """Open the store to read from it.

        Raises:
            DataError: nothing was prepared.
        """
        return CropStore(self.folder, self.settings)

    @property
    def annotations(self) -> pd.DataFrame:
        """See `Source`."""
        return self._stored.annotations

    @property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        return self._stored.frame_counts

    @property
    def contents(self) -> str:
        """A digest of the samples and captures in the store."""
        return self._stored.contents

    @property
    def fingerprint(self) -> str:
        """See `Source`."""
        return f"{self.folder.name}-{self.contents}"

    def prepare(self) -> None:
        """See `Source`; the crops are made by `anomaly-fas prepare`."""
        _ = self._stored

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`."""
        return self._stored.frame_counts_before(number)

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        return self._stored.frame(row, number)

    @cached_property
    def _stored(self) -> StoredCrops:
        return StoredCrops(self.with_splits(), self.open_store(), self._contents)
