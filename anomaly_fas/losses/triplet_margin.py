"""The plain triplet hinge, for comparison."""

from torch import Tensor, nn
from torch.nn.functional import relu

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.hinge_sum import hinge_sum
from anomaly_fas.losses.ranges import require_not_negative
from anomaly_fas.losses.triplets import Anchors, Mining, TripletBlock, Triplets, TripletSelector


def triplet_margin(positive: Tensor, negative: Tensor, margin: float = 0.2) -> Tensor:
    """max(0, d(a,p) - d(a,n) + m) for each triplet (Schroff et al., FaceNet, CVPR 2015).

    Example:
        >>> import torch
        >>> round(triplet_margin(torch.tensor(0.5), torch.tensor(0.6)).item(), 4)
        0.1
    """
    return relu(positive - negative + margin)


class TripletMargin(nn.Module):
    """Mean `triplet_margin`, m >= 0, over the triplets that `TripletSelector` forms of a batch.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(
        self, margin: float = 0.2, anchors: Anchors = "bona_fide", mining: Mining = "all"
    ) -> None:
        super().__init__()
        require_not_negative("triplet_margin", margin=margin)
        self.margin = margin
        self.selector = TripletSelector(anchors, mining)

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        return {"loss": self.over(self.selector.of(batch))}

    def over(self, triplets: Triplets) -> Tensor:
        """Average the loss over triplets that are already formed."""
        return triplets.mean(lambda pos, neg: triplet_margin(pos, neg, self.margin), self._sum)

    def _sum(self, block: TripletBlock) -> Tensor:
        return hinge_sum(block.positive, block.is_pair, block.negative, self.margin)
