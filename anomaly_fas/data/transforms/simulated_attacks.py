"""The augmentation that makes attacks out of bona fide images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from torch import Tensor, nn

from anomaly_fas.data.fabricated import Fabricated
from anomaly_fas.data.fabricated_rows import species_of
from anomaly_fas.data.transforms.draws import checked_probability
from anomaly_fas.errors import ConfigError
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.data.source import Source
    from anomaly_fas.simulation.photo_surface import Framing

_ALONE: Final[dict[bool | str, tuple[Split, ...]]] = {
    False: (),
    True: (Split.TRAIN, Split.DEVEL),
    "train": (Split.TRAIN,),
}
"""Which splits have no other attacks."""


class SimulatedAttacks(nn.Module):
    """Fabricates attacks from the bona fide samples of a source; then augments as usual.

    Args:
        species: which to fabricate: coarse species, each for all of its own, or fine ones.
        share: share of the attacks in a training batch that are fabricated, where there are
            others too.
        alone: whether all other attacks are left out of train and devel; `train`, out of train
            alone.
        camera_share: share of the fabricated attacks that a model of a camera photographs.
        recapture: share of bona fide training images that go through it too, without any attack.
        framing: where faces are in the crops.
        seed: seeds the fabricated attacks of devel and test and of the references.
        then: augments every training image afterwards.

    Raises:
        ConfigError: an unknown species, a share that is none, or another value of `alone`.
    """

    def __init__(
        self,
        species: Sequence[str],
        share: float,
        camera_share: float,
        recapture: float,
        framing: Framing,
        seed: int,
        then: nn.Module,
        *,
        alone: bool | Literal["train"],
    ) -> None:
        super().__init__()
        self.share = checked_probability("transform.share", share)
        if alone not in _ALONE:
            raise ConfigError(f"transform.alone={alone!r}: choose one of false, true, train")
        self.alone = _ALONE[alone]
        self._species = species_of(species)
        self._camera_share = checked_probability("transform.camera_share", camera_share)
        self._recapture = checked_probability("transform.recapture", recapture)
        self._framing = framing
        self._seed = seed
        self.then = then

    def extend(self, source: Source) -> Fabricated:
        """The source with the fabricated attacks."""
        return Fabricated(
            source,
            self._species,
            self._framing,
            camera_share=self._camera_share,
            recapture=self._recapture,
            seed=self._seed,
        )

    def forward(self, image: Tensor) -> Tensor:
        """A uint8 image [3, rows, columns] to another; see `then`."""
        augmented: Tensor = self.then(image)
        return augmented
