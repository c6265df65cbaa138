"""The objective over all triplets of a batch, against forming them: time, memory, agreement.

Run it as `python experiments/bench/triplets.py`. Forward and backward, D = 512, half of the batch
bona fide, anchors of both classes as in conf/loss/objective.yaml. Up to 64 images ours forms the
triplets as well. The alternatives: broadcasting, as one would write it down, and the same loss over
the triplet indices of pytorch-metric-learning. Each memory is that of a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import torch
from comparison import Bar, Comparison, at_most, at_most_times, interleaved, run_script, times_less
from memory import rise
from torch import Tensor
from torch.nn.functional import normalize, relu, softplus

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal

if TYPE_CHECKING:
    from collections.abc import Iterator

DIM: Final = 512
WEIGHT, SIGMA, MARGIN = 0.01, 0.3, 0.2
BONA_FIDE: Final = Objective(MetricSoftmax(), TripletFocal(SIGMA, MARGIN), WEIGHT)
BOTH: Final = Objective(MetricSoftmax(anchors="both"), TripletFocal(SIGMA, MARGIN), WEIGHT)


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Small batches, one of 256 against indices, then a large one in time, memory and value."""
    for count in (8, 16, 32, 48, 64):
        taken = _seconds(batch_of(count), rounds=31, calls=50)
        yield _row(f"N = {count}: time", "ms", *taken, at_most_times(1.1))
    yield _against_indices("N = 256", BOTH, times_less(20))
    yield _against_indices("N = 256, bona fide anchors", BONA_FIDE, None)
    count = 256 if quick else 1024
    yield _row(f"N = {count}: time", "ms", *_seconds(batch_of(count)), times_less(20))
    yield _row(f"N = {count}: memory", "MiB", *map(partial(_peak, count), WAYS), times_less(20))
    yield from _differences(count)


def _against_indices(name: str, objective: Objective, bar: Bar | None) -> Comparison:
    batch = batch_of(256)
    own, indexed = interleaved(
        lambda: gradient(objective(batch)["loss"], batch),
        lambda: gradient(_indexed(batch, objective), batch),
        rounds=7,
        calls=10,
    )
    against = "pytorch-metric-learning"
    return Comparison(f"objective, {name}: time", 1e3 * own, 1e3 * indexed, "ms", bar, against)


def _row(name: str, unit: str, own: float, formed: float, bar: Bar) -> Comparison:
    return Comparison(f"objective, {name}", own, formed, unit, bar, "broadcasting")


def batch_of(count: int, dtype: torch.dtype = torch.float32) -> LossInput:
    """Random embeddings, every other one an attack's, each of a sample of its own."""
    torch.manual_seed(0)
    embedding = normalize(torch.randn(count, DIM, dtype=dtype), dim=1)
    order = torch.arange(count)
    return LossInput(embedding.requires_grad_(), None, order % 2 == 1, order)


def ours(batch: LossInput) -> Tensor:
    """The objective as it is trained with."""
    return BOTH(batch)["loss"]


def broadcast(batch: LossInput) -> Tensor:
    """The same, every triplet formed, and both terms known as well."""
    sums = [_over_anchors(batch, is_own) for is_own in (~batch.is_attack, batch.is_attack)]
    main, regulariser, count = map(sum, zip(*sums, strict=True))
    return (main + WEIGHT * regulariser) / count


def _over_anchors(batch: LossInput, is_own: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sums of both terms over the triplets of one class's anchors, and their number."""
    own, other = batch.embedding[is_own], batch.embedding[~is_own]
    sample = batch.sample[is_own]
    is_pair = (sample[:, None] != sample).unsqueeze(2)
    positive, negative = torch.cdist(own, own).unsqueeze(2), torch.cdist(own, other).unsqueeze(1)
    main, regulariser = (torch.where(is_pair, term, 0).sum() for term in _terms(positive, negative))
    return main, regulariser, is_pair.sum() * len(other)


def _indexed(batch: LossInput, objective: Objective) -> Tensor:
    """An objective over triplets as pytorch-metric-learning lists them, those of both classes."""
    from pytorch_metric_learning.utils import loss_and_miner_utils

    triplets = loss_and_miner_utils.get_all_triplets_indices(batch.is_attack)
    if objective is BONA_FIDE:
        is_kept = ~batch.is_attack[triplets[0]]
        triplets = [part[is_kept] for part in triplets]
    anchor, positive, negative = triplets
    distance = torch.cdist(batch.embedding, batch.embedding)
    main, regulariser = _terms(distance[anchor, positive], distance[anchor, negative])
    return main.mean() + WEIGHT * regulariser.mean()


def _terms(positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
    hinge = relu((positive / SIGMA).exp() - (negative / SIGMA).exp() + MARGIN)
    return softplus(positive - negative), hinge


WAYS: Final = {"ours": ours, "broadcast": broadcast}


def gradient(loss: Tensor, batch: LossInput) -> Tensor:
    """The loss's slope over the batch's embeddings."""
    (slope,) = torch.autograd.grad(loss, batch.embedding)
    return slope


def _seconds(batch: LossInput, *, rounds: int = 5, calls: int = 1) -> Iterator[float]:
    steps = [lambda way=way: gradient(way(batch), batch) for way in WAYS.values()]
    return (1e3 * taken for taken in interleaved(*steps, rounds=rounds, calls=calls))


def _differences(count: int) -> Iterator[Comparison]:
    """How far both ways are apart in fp64, in relation to what they give."""
    batch = batch_of(count, torch.float64)
    (loss, slope), (true_loss, true_slope) = (
        (way(batch), gradient(way(batch), batch)) for way in WAYS.values()
    )
    for name, own, true in (("loss", loss, true_loss), ("gradient", slope, true_slope)):
        apart = ((own - true).norm() / true.norm()).item()
        yield Comparison(
            f"objective, N = {count}, fp64: {name}'s difference from broadcasting", apart, None,
            "of it", at_most(1e-6),
        )  # fmt: skip


def _peak(count: int, way: str) -> float:
    """How far the memory of a process of its own rises in a step, in MiB."""
    command = [sys.executable, __file__, "--rise", way, str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _rise(way: str, count: int) -> float:
    small, batch = batch_of(64), batch_of(count)
    gradient(WAYS[way](small), small)
    return rise(lambda: gradient(WAYS[way](batch), batch))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rise"]:
        print(_rise(sys.argv[2], int(sys.argv[3])))
    else:
        run_script(comparisons)
