"""A source with attacks that are fabricated from its bona fide images, when they are asked for."""

from __future__ import annotations

import hashlib
from copy import copy
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np

from anomaly_fas.data.fabricated_rows import is_fabricated, with_fabricated
from anomaly_fas.simulation.fabrication import fabricated, recaptured
from anomaly_fas.types import FinePai, Label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from anomaly_fas.data.source import Source
    from anomaly_fas.simulation.photo_surface import Framing
    from anomaly_fas.types import DataKind, Pai

_KEPT: Final = 128 * 2**20
"""Bytes of fabricated images that are kept from one pass over devel to the next."""


class Fabricated:
    """A `Source` with an attack of each species for every bona fide sample of another.

    `frame` gives every fabricated attack always the same way, for devel, test and references;
    `fresh_frame` gives a training image, drawn anew.

    Args:
        source: the other one.
        species: the fine species to choose from, by coarse one.
        framing: where faces are in its crops.
        camera_share: share of the attacks that a model of a camera photographs.
        recapture: share of bona fide training images that do so too.
        seed: seeds what `frame` gives.
    """

    def __init__(
        self,
        source: Source,
        species: Mapping[Pai, Sequence[FinePai]],
        framing: Framing,
        *,
        camera_share: float,
        recapture: float,
        seed: int,
    ) -> None:
        self.kind: DataKind = source.kind
        self.image_size = source.image_size
        self.annotations: pd.DataFrame
        self.annotations, self._origin = with_fabricated(source.annotations, species, seed)
        self._source = source
        self._is_fabricated = is_fabricated(self.annotations)
        self._labels = self.annotations["label"].to_numpy()
        self._species = self.annotations["pai_fine"].to_numpy()
        self._ids = self.annotations["sample_id"].to_numpy()
        self._framing = framing
        self._camera_share = camera_share
        self._recapture = recapture
        self._seed = seed
        self._is_for_training = False
        self._kept: dict[tuple[int, int], np.ndarray] = {}

    @property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        counts: np.ndarray = self._source.frame_counts[self._origin]
        return counts

    @property
    def fingerprint(self) -> str:
        """See `Source`; it looks at an attack of each species, too, as this version makes it."""
        settings = [self._source.fingerprint, self._seed, self._camera_share, self._framing]
        if self._is_for_training:
            settings.append(self._recapture)
        facts = hashlib.sha256(repr(tuple(settings)).encode())
        first = self.annotations[self._is_fabricated].drop_duplicates("pai_fine").index
        for row in first.tolist():
            facts.update(f"|{self._ids[row]}".encode() + self.frame(row, 0).tobytes())
        return f"fabricated-{facts.hexdigest()[:12]}"

    def prepare(self) -> None:
        """See `Source`."""
        self._source.prepare()

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`."""
        counts: np.ndarray = self._source.frame_counts_before(number)[self._origin]
        return counts

    def for_training(self) -> Fabricated:
        """Another one, whose `frame` gives training images that are drawn once.

        For what is measured once and not drawn anew: bona fide images are photographed again as
        often as `fresh_frame` does it.
        """
        other = copy(self)
        other._is_for_training, other._kept = True, {}
        return other

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        if not (self._is_fabricated[row] or self._is_for_training):
            return self._source.frame(int(self._origin[row]), number)
        if (row, number) in self._kept:
            return self._kept[row, number]
        rng = np.random.default_rng([self._seed, 37, crc32(str(self._ids[row]).encode()), number])
        image = self._drawn(row, number, rng)
        if (len(self._kept) + 1) * image.nbytes <= _KEPT:
            self._kept[row, number] = image
        return image

    def fresh_frame(self, row: int, number: int, seed: int) -> np.ndarray:
        """See `FreshFrames`."""
        return self._drawn(row, number, np.random.default_rng([seed, 41]))

    def _drawn(self, row: int, number: int, rng: np.random.Generator) -> np.ndarray:
        if self._is_fabricated[row]:
            return self._attack(row, number, rng)
        image = self._source.frame(int(self._origin[row]), number)
        if self._labels[row] == Label.BONA_FIDE and rng.random() < self._recapture:
            return recaptured(image, rng)
        return image

    def _attack(self, row: int, number: int, rng: np.random.Generator) -> np.ndarray:
        image = self._source.frame(int(self._origin[row]), number)
        species = FinePai(self._species[row])
        return fabricated(image, species, rng, self._framing, self._camera_share)

    def __getstate__(self) -> dict[str, Any]:
        """Other processes load training images, which are not kept."""
        return self.__dict__ | {"_kept": {}}
