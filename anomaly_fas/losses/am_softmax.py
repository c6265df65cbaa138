"""Softmax over cosines with an additive margin."""

import torch
from torch import nn
from torch.nn.functional import softplus

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_not_negative, require_positive
from anomaly_fas.output import LOGIT, require_part


class AmSoftmax(nn.Module):
    """Mean cross-entropy of a softmax over cosines, the right class's lessened by a margin.

    Wang et al., Additive Margin Softmax for Face Verification, IEEE Signal Processing Letters 2018,
    equation 6. Of two classes it is softplus(s (m - l)), l the right one's cosine less the other's.
    pytorch-metric-learning's CosFaceLoss, its equal, keeps the classes' weights to itself; here
    they are the head's, since a checkpoint scores with them and has no loss.

    Args:
        scale: s > 0.
        margin: m >= 0.

    Raises:
        ConfigError: a value out of range.
    """

    requires = LOGIT

    def __init__(self, scale: float, margin: float) -> None:
        super().__init__()
        require_positive("am_softmax", scale=scale)
        require_not_negative("am_softmax", margin=margin)
        self.scale = scale
        self.margin = margin

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        logit = require_part(batch.logit, "logit").float()
        of_right_class = torch.where(batch.is_attack, logit, -logit)
        return {"loss": softplus(self.scale * (self.margin - of_right_class)).mean()}
