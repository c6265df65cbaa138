"""Triplet focal loss: a triplet hinge on exponentiated distances, the paper's regulariser."""

from torch import Tensor, nn
from torch.nn.functional import relu

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.hinge_sum import hinge_sum
from anomaly_fas.losses.ranges import require_not_negative, require_positive
from anomaly_fas.losses.triplets import Anchors, Mining, TripletBlock, Triplets, TripletSelector


def triplet_focal(
    positive: Tensor, negative: Tensor, sigma: float = 0.3, margin: float = 0.2
) -> Tensor:
    """max(0, e^(d(a,p)/sigma) - e^(d(a,n)/sigma) + m) for each triplet.

    Pérez-Cabo et al., CVPR Workshops 2019 (arXiv 1904.08241), triplet focal loss. Needs at least
    fp32: at sigma 0.1 the largest distance gives e^20.

    Args:
        positive: d(a, p), broadcastable with `negative`.
        negative: d(a, n).
        sigma: sigma > 0, the smaller the more the hard triplets weigh.
        margin: m >= 0.

    Example:
        >>> import torch
        >>> round(triplet_focal(torch.tensor(0.3), torch.tensor(0.0), 0.3, 0.2).item(), 4)
        1.9183
    """
    return relu((positive / sigma).exp() - ((negative / sigma).exp() - margin))


class TripletFocal(nn.Module):
    """Mean `triplet_focal` over the triplets of a batch that `TripletSelector` forms.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(
        self,
        sigma: float = 0.3,
        margin: float = 0.2,
        anchors: Anchors = "bona_fide",
        mining: Mining = "all",
    ) -> None:
        super().__init__()
        require_positive("triplet_focal", sigma=sigma)
        require_not_negative("triplet_focal", margin=margin)
        self.sigma = sigma
        self.margin = margin
        self.selector = TripletSelector(anchors, mining)

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        return {"loss": self.over(self.selector.of(batch))}

    def over(self, triplets: Triplets) -> Tensor:
        """Average the loss over triplets that are already formed."""
        return triplets.mean(
            lambda pos, neg: triplet_focal(pos, neg, self.sigma, self.margin), self._sum
        )

    def _sum(self, block: TripletBlock) -> Tensor:
        high, low = (block.positive / self.sigma).exp(), (block.negative / self.sigma).exp()
        return hinge_sum(high, block.is_pair, low, self.margin)
