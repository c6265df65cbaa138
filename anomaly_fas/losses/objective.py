"""The paper's objective: a main loss and a regulariser over the same triplets."""

from typing import Protocol

import torch
from torch import Tensor, nn

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_not_negative
from anomaly_fas.losses.triplets import Triplets, TripletSelector


class TripletLoss(Protocol):
    """A loss that is a mean over triplets."""

    selector: TripletSelector

    def over(self, triplets: Triplets) -> Tensor:
        """The mean over triplets."""
        ...


class Objective(nn.Module):
    """L = main + weight * regulariser, both over the main loss's triplets.

    Pérez-Cabo et al. (arXiv 1904.08241) join metric-softmax and triplet focal in this way. At the
    start of training e^(d/sigma) is in the hundreds, so a weight near 1 lets the regulariser
    drown the main term.

    Args:
        main: the loss whose triplets are used.
        regulariser: a second loss; its own choice of triplets is not used.
        weight: lambda >= 0.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(self, main: TripletLoss, regulariser: TripletLoss, weight: float) -> None:
        super().__init__()
        require_not_negative("objective", weight=weight)
        self.main = main
        self.regulariser = regulariser
        self.weight = weight

    def forward(self, batch: LossInput) -> LossTerms:
        """The loss of a batch and its two terms, unweighted."""
        main_loss = self.main
        triplets = main_loss.selector.of(batch)
        main, regulariser = main_loss.over(triplets), self.regulariser.over(triplets)
        loss = torch.add(main, regulariser, alpha=self.weight)
        return {"loss": loss, "main": main, "regulariser": regulariser}
