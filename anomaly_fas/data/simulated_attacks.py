"""A source with attacks that are simulated from the bona fide images of another source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import copy
from typing import Any, Final, Literal
from zlib import crc32

import numpy as np
import pandas as pd

from anomaly_fas.data.fabricated_rows import (
    is_fabricated,
    species_of,
    where_needed,
    with_fabricated,
)
from anomaly_fas.data.source import Source
from anomaly_fas.data.transforms.draws import checked_probability
from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.selection import Selection
from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.fabrication import fabricated, recaptured
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import DataKind, FinePai, Label, Split

_CACHED: Final = 128 * 2**20
"""Bytes of simulated images that are cached from one pass over devel to the next."""

_ALONE: Final[dict[bool | str, tuple[Split, ...]]] = {
    False: (),
    True: (Split.TRAIN, Split.DEVEL),
    "train": (Split.TRAIN,),
}
"""Which splits have no other attacks."""


class SimulatedAttacks:
    """A `Source` with an attack of each species for every bona fide sample of another.

    `frame` always gives the same image of an attack, for devel, test and references;
    `train_frame` draws it anew.

    Args:
        source: the other source.
        species: species to simulate: coarse ones, each for all of its fine ones, or fine ones.
        share: share of the attacks in a training batch that are simulated, where there are
            others too, in [0, 1].
        alone: whether all other attacks are left out of train and devel; `train`, out of train
            alone.
        camera_share: share of the simulated attacks that a model of a camera photographs.
        recapture: share of bona fide training images that go through it too, without any attack.
        framing: where faces are in the crops.
        seed: seed of what `frame` gives.

    Raises:
        ConfigError: an unknown species, a share out of range, or another value of `alone`.
    """

    def __init__(
        self,
        source: Source,
        species: Sequence[str],
        share: float,
        camera_share: float,
        recapture: float,
        framing: Framing,
        seed: int,
        *,
        alone: bool | Literal["train"],
    ) -> None:
        if alone not in _ALONE:
            raise ConfigError(f"data.alone={alone!r}: choose one of false, true, train")
        self._alone = _ALONE[alone]
        self.share = checked_probability("data.share", share)
        self._camera_share = checked_probability("data.camera_share", camera_share)
        self._recapture = checked_probability("data.recapture", recapture)
        self.kind: DataKind = source.kind
        self.image_size = source.image_size
        self.annotations: pd.DataFrame
        self.annotations, self._origin = with_fabricated(
            source.annotations, species_of(species), seed
        )
        self._source = source
        self._is_fabricated = is_fabricated(self.annotations)
        self._labels = self.annotations["label"].to_numpy()
        self._species = self.annotations["pai_fine"].to_numpy()
        self._ids = self.annotations["sample_id"].to_numpy()
        self._framing = framing
        self._seed = seed
        self._is_for_training = False
        self._cached: dict[tuple[int, int], np.ndarray] = {}

    @property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        counts: np.ndarray = self._source.frame_counts[self._origin]
        return counts

    @property
    def fingerprint(self) -> str:
        """See `Source`; it covers an attack of each species, too, as this version makes it."""
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

    def serving(self, selection: Selection) -> Selection:
        """See `AttackSource`: in devel and test they serve only where there are no others."""
        return where_needed(selection, self.annotations, alone=self._alone)

    def for_training(self) -> SimulatedAttacks:
        """See `AttackSource`; bona fide images are recaptured as often as by `train_frame`."""
        other = copy(self)
        other._is_for_training, other._cached = True, {}
        return other

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        if not (self._is_fabricated[row] or self._is_for_training):
            return self._source.frame(int(self._origin[row]), number)
        if (row, number) in self._cached:
            return self._cached[row, number]
        name = crc32(str(self._ids[row]).encode())
        rng = np.random.default_rng([self._seed, Stream.ATTACK_IMAGE, name, number])
        image = self._drawn(row, number, rng)
        if (len(self._cached) + 1) * image.nbytes <= _CACHED:
            self._cached[row, number] = image
        return image

    def train_frame(self, row: int, number: int, seed: int) -> np.ndarray:
        """See `AttackSource`."""
        return self._drawn(row, number, np.random.default_rng([seed, Stream.TRAIN_ATTACK_IMAGE]))

    def _drawn(self, row: int, number: int, rng: np.random.Generator) -> np.ndarray:
        image = self._source.frame(int(self._origin[row]), number)
        if self._is_fabricated[row]:
            species = FinePai(self._species[row])
            return fabricated(image, species, rng, self._framing, self._camera_share)
        if self._labels[row] == Label.BONA_FIDE and rng.random() < self._recapture:
            return recaptured(image, rng)
        return image

    def __getstate__(self) -> dict[str, Any]:
        """Leave the cache out of what processes that load training images are sent."""
        return self.__dict__ | {"_cached": {}}
