"""The crops of annotated samples in a store."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from anomaly_fas.data.store.crop_store import CropStore


class StoredCrops:
    """Those of the annotated samples that a store has crops of.

    Args:
        rows: annotation table; its rows without crops are left out.
        store: where the crops are.
        contents: digest of what the store must hold of them; empty for whatever it holds.

    Attributes:
        annotations: the samples with crops.
        frame_counts: their numbers of crops, int64.
        contents: digest of which captures gave how many crops.

    Raises:
        DataError: no sample has crops, or they are not those that `contents` tells of.
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
        self.contents = _digest(held)
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


def _digest(held: pd.DataFrame) -> str:
    """Changes when a sample, its capture or its number of crops does."""
    lines = held["sha256"].str.cat(held["crops"].astype(int).astype(str), sep="|")
    named = lines.index.astype(str) + "|" + lines
    return hashlib.sha256("\n".join(sorted(named)).encode()).hexdigest()[:16]
