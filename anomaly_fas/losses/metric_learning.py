"""Losses and miners of pytorch-metric-learning."""

from __future__ import annotations

from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_pairs_indices
from torch import Tensor, nn

from anomaly_fas.losses.batch import LossInput, LossTerms

Indices = tuple[Tensor, ...]


class MetricLearning(nn.Module):
    """A loss of pytorch-metric-learning over the two classes, bona fide and attack.

    Anchor and positive are different samples, never two frames of one: a pair or triplet that joins
    two frames of a sample is left out, also where the miner chose it. A batch without pairs of one
    kind gives what the loss makes of the others, or 0.

    Args:
        loss: takes embeddings, labels and indices of pairs or triplets.
        miner: chooses the pairs or triplets; by default they are all pairs.
    """

    def __init__(self, loss: nn.Module, miner: nn.Module | None = None) -> None:
        super().__init__()
        self.loss = loss
        self.miner = miner

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        embedding, label = batch.embedding, batch.is_attack.long()
        miner = self.miner
        pairs = get_all_pairs_indices(label) if miner is None else miner(embedding, label)
        return {"loss": self.loss(embedding, label, _of_different_samples(pairs, batch.sample))}


def _of_different_samples(indices: Indices, sample: Tensor) -> Indices:
    """Triplets (a, p, n) or pairs (a, p) and (a, n) whose anchor and positive are two samples."""
    anchor, positive, *others = indices
    differ = sample[anchor] != sample[positive]
    if len(indices) == 3:
        others = [others[0][differ]]
    return (anchor[differ], positive[differ], *others)
