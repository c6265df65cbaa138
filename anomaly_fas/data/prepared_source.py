"""What the sources have in common whose crops `anomaly-fas prepare` cuts from captures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from anomaly_fas.data.stored_crops import StoredCrops
from anomaly_fas.types import DataKind

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from anomaly_fas.data.crop_recipe import CropRecipe
    from anomaly_fas.data.preparation.capture import Capture


class PreparedSource(ABC):
    """A `Source` that lists captures, and reads the crops that were cut from them.

    Args:
        recipe: how crops are cut, and where they are kept.
        contents: digest of what the store must hold; empty for whatever it holds.
    """

    kind = DataKind.REAL

    def __init__(self, recipe: CropRecipe, contents: str) -> None:
        self.recipe = recipe
        self.image_size = recipe.crop.size
        self._contents = contents

    @property
    @abstractmethod
    def listed(self) -> pd.DataFrame:
        """The annotations of all samples, whether their captures are there or not."""

    @abstractmethod
    def captures(self) -> list[Capture]:
        """The captures that can be looked for.

        Raises:
            DataError: there is no place to look.
        """

    def with_splits(self) -> pd.DataFrame:
        """What is listed, as it is trained and tested on."""
        return self.listed

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
        """A digest of the samples and captures that the store holds."""
        return self._stored.contents

    @property
    def fingerprint(self) -> str:
        """See `Source`."""
        return f"{self.recipe.folder.name}-{self.contents}"

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
        return StoredCrops(self.with_splits(), self.recipe.open(), self._contents)
