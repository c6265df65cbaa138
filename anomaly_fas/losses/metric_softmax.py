"""Metric-softmax: the softmax of distances that the paper trains with."""

from torch import Tensor, nn
from torch.nn.functional import softplus

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_positive
from anomaly_fas.losses.softplus_sum import FURTHEST, has_expansion, softplus_sum
from anomaly_fas.losses.triplets import Anchors, Mining, TripletBlock, Triplets, TripletSelector


def metric_softmax(positive: Tensor, negative: Tensor, scale: float = 1.0) -> Tensor:
    """-log(e^(s d(a,n)) / (e^(s d(a,n)) + e^(s d(a,p)))) for each triplet.

    Pérez-Cabo et al., CVPR Workshops 2019 (arXiv 1904.08241), metric-softmax loss; the scale s is
    1 there.

    Args:
        positive: d(a, p), broadcastable with `negative`.
        negative: d(a, n).
        scale: s > 0.

    Example:
        >>> import torch
        >>> round(metric_softmax(torch.tensor(0.5), torch.tensor(0.5)).item(), 4)
        0.6931
    """
    difference = positive - negative
    return softplus(difference if scale == 1 else scale * difference)


class MetricSoftmax(nn.Module):
    """Mean `metric_softmax` over the triplets of a batch that `TripletSelector` forms.

    The few-shot posterior uses the same scale.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(
        self, scale: float = 1.0, anchors: Anchors = "bona_fide", mining: Mining = "all"
    ) -> None:
        super().__init__()
        require_positive("metric_softmax", scale=scale)
        self.scale = scale
        self.selector = TripletSelector(anchors, mining)

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        return {"loss": self.over(self.selector.of(batch))}

    def over(self, triplets: Triplets) -> Tensor:
        """Average the loss over triplets that are already formed."""
        return triplets.mean(
            lambda pos, neg: metric_softmax(pos, neg, self.scale),
            self._sum if has_expansion(self.scale) else None,
        )

    def _sum(self, block: TripletBlock) -> Tensor:
        if max(block.positive.amax(), block.negative.amax()) > FURTHEST:
            raise ConfigError(
                "loss=metric_softmax compares unit vectors, which head=centred does not give: "
                "head=projection does"
            )
        return softplus_sum(block.positive, block.is_pair, block.negative, self.scale)
