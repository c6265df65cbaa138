"""The interface of scorers, and the references they are fitted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from anomaly_fas.output import Output, Part

if TYPE_CHECKING:
    from torch import Tensor


class Gallery(NamedTuple):
    """Embeddings of reference samples.

    Attributes:
        bona_fide: shape [B, D], balanced over datasets in any beginning of it.
        attack: the same for attacks, over datasets and species, shape [A, D].
        species: each attack's number in `types.SPECIES`, its length where no species is known,
            int64, shape [A]; None where none is known of any.
    """

    bona_fide: Tensor
    attack: Tensor
    species: Tensor | None = None


class Scorer(Protocol):
    """Gives attack scores: higher means more likely an attack.

    Attributes:
        requires: parts of the output that it reads.
        bona_fide_needed: number of bona fide references that it uses.
        attacks_needed: number of attack references that it uses.
    """

    requires: frozenset[Part]
    bona_fide_needed: int
    attacks_needed: int

    def fit(self, gallery: Gallery) -> None:
        """Take references into fixed-size buffers; called before every devel pass."""
        ...

    def __call__(self, output: Output) -> Tensor:
        """Return the attack scores of a batch, float32, shape [N]."""
        ...
