"""Read crops from a store by sample and number, memory-mapped, without a copy."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anomaly_fas.data.store.index import INDEX, SAMPLES
from anomaly_fas.data.store.plan import read_plan
from anomaly_fas.data.store.settings import StoreSettings, differences, stores
from anomaly_fas.data.store.shard import Shard
from anomaly_fas.errors import DataError


class CropStore:
    """A store that `anomaly-fas prepare` has filled.

    Only the pages of crops in use are read, and the system drops them again as it needs memory: a
    store of any size takes no more memory than its table of samples.

    Args:
        folder: folder of the store.
        settings: settings that its crops must have been made with.

    Raises:
        DataError: nothing was prepared there, or with other settings only.
    """

    def __init__(self, folder: Path, settings: StoreSettings) -> None:
        self.folder = folder
        self.settings = settings
        if not (folder / SAMPLES).exists():
            others = [
                f"{path.name} ({differences(theirs, settings.plain)})"
                for path, theirs in stores(folder.parent).items()
                if path != folder and (path / SAMPLES).exists()
            ]
            hint = f"\n  Other settings were prepared: {'; '.join(others)}" if others else ""
            raise DataError(
                f"no crops are prepared in {folder}: run `anomaly-fas prepare` with the same "
                f"`data=…` and the roots of your copies first.{hint}"
            )
        self._open: dict[int, np.ndarray] = {}

    @cached_property
    def samples(self) -> pd.DataFrame:
        """One row per sample, with the columns of `samples.parquet`."""
        return pd.read_parquet(self.folder / SAMPLES)

    @property
    def frame_numbers(self) -> pd.Series[int]:
        """The number of each crop's frame within its capture, by sample id."""
        crops = pd.read_parquet(self.folder / INDEX, columns=["sample_id", "number"])
        return crops.set_index("sample_id")["number"]

    @cached_property
    def shards(self) -> list[Shard]:
        """All shards, by number."""
        return read_plan(self.folder, self.settings.size)

    def crop(self, shard: int, position: int) -> np.ndarray:
        """The crop at a position of a shard: uint8, shape [size, size, 3], a view of the file.

        Raises:
            DataError: the shard's file is missing or cut short.
        """
        try:
            if shard not in self._open:
                self._open[shard] = self.shards[shard].open()
            crop: np.ndarray = self._open[shard][position]
        except (OSError, ValueError, IndexError) as error:
            raise DataError(
                f"{self.shards[shard].crops_path} cannot be read ({error}): `anomaly-fas prepare "
                "verify=true` with the same settings tells what is damaged, and how to mend it"
            ) from error
        return crop

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the maps: another process maps the shards itself."""
        return self.__dict__ | {"_open": {}}
