"""Triplets of a batch: every valid one, or the harder ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import torch

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from anomaly_fas.losses.batch import LossInput

Anchors = Literal["bona_fide", "both"]
Mining = Literal["all", "semi_hard", "hard"]

SEMI_HARD_MARGIN = 0.2
"""How far beyond the positive a semi-hard negative may lie (Schroff et al., CVPR 2015)."""


BROADCAST_TRIPLETS = 100_000
"""Up to so many triplets of a class it is quickest to form them all: those of 92 images."""


class TripletBlock(NamedTuple):
    """Distances of the anchors of one class to their positives and negatives.

    Attributes:
        positive: distances d(a, p), shape [A, P].
        is_pair: whether (a, p) are different samples, bool, shape [A, P].
        negative: distances d(a, n), shape [A, Q]. Every negative serves every pair.
    """

    positive: Tensor
    is_pair: Tensor
    negative: Tensor

    @property
    def triplets(self) -> int:
        """Number of triplets, those of equal samples included."""
        return self.positive.numel() * self.negative.shape[1]


@dataclass(frozen=True)
class Triplets:
    """The triplets (anchor, positive, negative) of one batch, as distances."""

    blocks: list[TripletBlock]
    mining: Mining

    def mean(
        self,
        per_triplet: Callable[[Tensor, Tensor], Tensor],
        summed: Callable[[TripletBlock], Tensor] | None = None,
    ) -> Tensor:
        """The mean over the kept triplets; 0 where there is none.

        Args:
            per_triplet: maps broadcastable d(a, p) and d(a, n) to a loss for each triplet.
            summed: the sum of the same over all triplets of a block, found without forming them;
                taken for large blocks of which every triplet is kept.
        """
        total, count = torch.zeros(()), 0
        for block in self.blocks:
            if summed is not None and self.mining == "all" and block.triplets > BROADCAST_TRIPLETS:
                found, kept = summed(block), int(block.is_pair.sum()) * block.negative.shape[1]
            else:
                found, kept = self._broadcast(block, per_triplet)
            total = total.to(found) + found
            count += kept
        return total / max(count, 1)

    def _broadcast(
        self, block: TripletBlock, per_triplet: Callable[[Tensor, Tensor], Tensor]
    ) -> tuple[Tensor, int]:
        """The sum over the kept triplets, and their number."""
        positive, negative = block.positive[:, :, None], block.negative[:, None, :]
        keep = block.is_pair[:, :, None] & _is_kept(positive, negative, self.mining)
        losses = per_triplet(positive, negative)
        return torch.where(keep, losses, 0).sum(), int(keep.sum())


class TripletSelector:
    """Chooses the triplets that a loss is averaged over.

    Anchor and positive are different samples of one class, never two frames of one sample; the
    negative is of the other class.

    Args:
        anchors: `bona_fide` asks the bona fide class alone to be compact: anchor and positive are
            bona fide, the negative is an attack. `both` adds the triplets of two attacks and a
            bona fide sample.
        mining: `all` keeps every triplet; `hard` those with d(a, n) < d(a, p); `semi_hard` those
            with d(a, p) <= d(a, n) < d(a, p) + 0.2.

    Raises:
        ConfigError: an unknown value.
    """

    def __init__(self, anchors: Anchors, mining: Mining) -> None:
        for name, value, allowed in (
            ("anchors", anchors, get_args(Anchors)),
            ("mining", mining, get_args(Mining)),
        ):
            if value not in allowed:
                raise ConfigError(f"loss: {name}={value!r}: choose one of {', '.join(allowed)}")
        self.anchors = anchors
        self.mining = mining

    def of(self, batch: LossInput) -> Triplets:
        """The triplets of a batch.

        Distances are computed in at least fp32, and directly rather than through a matrix
        product, which would lose the small distances of a compact class.
        """
        embedding, is_attack = batch.embedding, batch.is_attack
        if embedding.dtype in {torch.float16, torch.bfloat16}:
            embedding = embedding.float()
        classes = [~is_attack, is_attack] if self.anchors == "both" else [~is_attack]
        blocks = [_block(embedding[own], batch.sample[own], embedding[~own]) for own in classes]
        return Triplets(blocks, self.mining)


def _block(own: Tensor, sample: Tensor, other: Tensor) -> TripletBlock:
    exact = "donot_use_mm_for_euclid_dist"
    return TripletBlock(
        positive=torch.cdist(own, own, compute_mode=exact),
        is_pair=sample[:, None] != sample[None, :],
        negative=torch.cdist(own, other, compute_mode=exact),
    )


def _is_kept(positive: Tensor, negative: Tensor, mining: Mining) -> Tensor:
    if mining == "hard":
        return negative < positive
    if mining == "semi_hard":
        return (negative >= positive) & (negative < positive + SEMI_HARD_MARGIN)
    return torch.ones_like(negative, dtype=torch.bool)
