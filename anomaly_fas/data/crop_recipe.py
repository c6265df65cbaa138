"""How face crops are made of captures, and in which store they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from anomaly_fas.data.preparation.cutting import Cutter
from anomaly_fas.data.store.crop_store import CropStore
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face_crop import FaceCrop


@dataclass(frozen=True)
class CropRecipe:
    """What decides how captures become crops.

    Attributes:
        frames: at most so many of a capture, evenly spread; at least 1.
        detector: finds faces.
        crop: cuts them out.
        cache_dir: folder of the stores; each recipe has one of its own.
        name: of the data that the captures belong to: other data have other stores.
    """

    frames: int
    detector: FaceDetector
    crop: FaceCrop
    cache_dir: Path
    name: str

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ConfigError(
                f"data.frames={self.frames}: at least one frame of a sample is needed"
            )

    @property
    def cutter(self) -> Cutter:
        """What is done to a capture."""
        return Cutter(self.frames, self.detector, self.crop)

    @cached_property
    def settings(self) -> StoreSettings:
        """The facts that the store records."""
        return StoreSettings(
            self.frames, self.crop.size, self.detector.describe(), self.crop.describe()
        )

    @property
    def folder(self) -> Path:
        """The store's folder."""
        return self.settings.folder(self.cache_dir, self.name)

    def open(self) -> CropStore:
        """The store, to read.

        Raises:
            DataError: nothing was prepared.
        """
        return CropStore(self.folder, self.settings)
