"""Distances to the centre that the embeddings are seen from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

    from anomaly_fas.losses.batch import LossInput


class SquaredDistances(NamedTuple):
    """Squared distances to the centre.

    Attributes:
        bona_fide: shape [B].
        attack: shape [A].
    """

    bona_fide: Tensor
    attack: Tensor


def squared_distances(batch: LossInput) -> SquaredDistances:
    """The squared lengths of a batch's embeddings, which head=centred gives from the centre."""
    squared = batch.embedding.square().sum(dim=1)
    return SquaredDistances(squared[~batch.is_attack], squared[batch.is_attack])
