"""Triplets of a batch: every valid one, or the harder ones."""

from collections.abc import Callable
from functools import cached_property, reduce
from operator import add
from typing import Final, Literal, NamedTuple, get_args

import torch
from torch import Tensor
from torch.nn.functional import embedding as rows  # its gradient is the quickest of a few rows'

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.distances import distances

Anchors = Literal["bona_fide", "both"]
Mining = Literal["all", "semi_hard", "hard"]

SEMI_HARD_MARGIN = 0.2
"""How far beyond the positive a semi-hard negative may lie (Schroff et al., CVPR 2015)."""


BROADCAST_TRIPLETS = 150_000
"""Up to so many triplets it is quickest to form them all: those of 106 images."""

_HALF: Final = (torch.float16, torch.bfloat16)


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
    def valid(self) -> int:
        """Number of triplets of different samples."""
        return int(self.is_pair.count_nonzero()) * self.negative.shape[1]


class Triplets:
    """The triplets (anchor, positive, negative) of one batch, as distances."""

    def __init__(self, blocks: list[TripletBlock], mining: Mining) -> None:
        self.blocks = blocks
        self.mining = mining
        formed = sum(block.positive.numel() * block.negative.shape[1] for block in blocks)
        self._are_many = mining == "all" and formed > BROADCAST_TRIPLETS

    def mean(
        self,
        per_triplet: Callable[[Tensor, Tensor], Tensor],
        summed: Callable[[TripletBlock], Tensor] | None = None,
    ) -> Tensor:
        """The mean over the kept triplets; 0 where there is none.

        Args:
            per_triplet: maps broadcastable d(a, p) and d(a, n) to a loss for each triplet.
            summed: the sum of the same over all triplets of a block, found without forming them;
                taken for large batches of which every triplet is kept.
        """
        if summed is not None and self._are_many:
            total = reduce(add, map(summed, self.blocks))
            return total / max(sum(block.valid for block in self.blocks), 1)
        return reduce(
            add,
            [
                per_triplet(positive, negative).flatten().dot(share)
                for positive, negative, share in self._formed
            ],
        )

    @cached_property
    def _formed(self) -> list[tuple[Tensor, Tensor, Tensor]]:
        """For each block d(a, p), d(a, n), and what each triplet counts for in a mean, flat."""
        kept = [_kept(block, self.mining) for block in self.blocks]
        count = max(sum(number for _, number in kept), 1)
        return [
            (
                block.positive.unsqueeze(2),
                block.negative.unsqueeze(1),
                (keep.to(block.positive.dtype) / count)
                .expand(-1, -1, block.negative.shape[1])
                .flatten(),
            )
            for block, (keep, _) in zip(self.blocks, kept, strict=True)
        ]


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
        """The triplets of a batch, with distances in at least fp32."""
        order = batch.is_attack.argsort(stable=True)  # bona fide samples come first
        attacks = int(batch.is_attack.count_nonzero())
        sizes = [order.shape[0] - attacks, attacks]
        embedding = rows(order, batch.embedding)
        sample = batch.sample.index_select(0, order)
        if embedding.dtype in _HALF:
            embedding = embedding.float()
        bona_fide, attack = embedding.split_with_sizes(sizes)
        bona_fide_sample, attack_sample = sample.split_with_sizes(sizes)
        own, other = distances(bona_fide, embedding).split_with_sizes(sizes, dim=1)
        blocks = [TripletBlock(own, _differ(bona_fide_sample), other)]
        if self.anchors == "both":
            blocks.append(TripletBlock(distances(attack, attack), _differ(attack_sample), other.T))
        return Triplets(blocks, self.mining)


def _differ(sample: Tensor) -> Tensor:
    return sample[:, None] != sample


def _kept(block: TripletBlock, mining: Mining) -> tuple[Tensor, int]:
    """Which triplets of a block count, broadcastable to its shape, and how many they are."""
    is_pair = block.is_pair.unsqueeze(2)
    if mining == "all":
        return is_pair, block.valid
    positive, negative = block.positive.unsqueeze(2), block.negative.unsqueeze(1)
    if mining == "hard":
        keep = is_pair & (negative < positive)
    else:
        keep = is_pair & (negative >= positive) & (negative < positive + SEMI_HARD_MARGIN)
    return keep, int(keep.sum())
