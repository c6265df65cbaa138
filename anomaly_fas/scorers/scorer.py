"""What a scorer is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

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
        bona_fide_needed: how many bona fide references it uses.
        attacks_needed: how many attacks.
    """

    bona_fide_needed: int
    attacks_needed: int

    def fit(self, gallery: Gallery) -> None:
        """Take references into fixed-size buffers; called before every devel pass."""
        ...

    def __call__(self, embedding: Tensor, logit: Tensor | None) -> Tensor:
        """Scores of a batch, float32, shape [N].

        Args:
            embedding: shape [N, D]; unit vectors, unless the head makes others.
            logit: log odds of an attack, shape [N], or None.
        """
        ...
