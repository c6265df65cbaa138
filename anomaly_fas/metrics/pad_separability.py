"""Threshold-free figures and the EER threshold, accumulated over batches and processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from anomaly_fas.metrics.curves import auc, eer
from anomaly_fas.metrics.thresholds import eer_threshold

if TYPE_CHECKING:
    from torch import Tensor


class PadSeparability(Metric):
    """EER, its threshold and AUC over all samples seen.

    Unlike torchmetrics' binary metrics it takes scores of any range and never passes them
    through a sigmoid. Both states are lists of one-dimensional float tensors, which is what a
    process without samples can still be gathered from.

    Example:
        >>> import torch
        >>> metric = PadSeparability()
        >>> metric.update(torch.tensor([1.0, 2.0, 4.0, 8.0]), torch.tensor([0, 0, 1, 1]).bool())
        >>> {name: value.item() for name, value in metric.compute().items()}
        {'eer': 0.0, 'eer_threshold': 3.0, 'auc': 1.0}
    """

    full_state_update = False
    scores: list[Tensor]
    attacks: list[Tensor]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_state("scores", [], dist_reduce_fx="cat")
        self.add_state("attacks", [], dist_reduce_fx="cat")

    def update(self, scores: Tensor, is_attack: Tensor) -> None:
        """Take in a batch: attack scores and whether each sample is an attack, shape [n] both."""
        self.scores.append(scores.detach().float().flatten())
        self.attacks.append(is_attack.detach().float().flatten())

    def compute(self) -> dict[str, Tensor]:
        """The figures by name.

        Raises:
            DataError: a class has no sample.
        """
        scores = dim_zero_cat(self.scores).cpu().double()
        is_attack = dim_zero_cat(self.attacks).cpu() > 0.5
        bona_fide, attack = scores[~is_attack].numpy(), scores[is_attack].numpy()
        figures = {
            "eer": eer(bona_fide, attack),
            "eer_threshold": eer_threshold(bona_fide, attack),
            "auc": auc(bona_fide, attack),
        }
        return {name: torch.tensor(value) for name, value in figures.items()}
