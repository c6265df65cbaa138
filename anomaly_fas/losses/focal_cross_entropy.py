"""Focal cross-entropy on the logit of an attack."""

from torch import nn
from torchvision.ops import sigmoid_focal_loss  # type: ignore[import-untyped]

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_not_negative, require_share
from anomaly_fas.output import LOGIT, require_part


class FocalCrossEntropy(nn.Module):
    """Mean of -a (1 - p)^gamma log p, p the probability of the right label.

    Lin et al., Focal Loss for Dense Object Detection, ICCV 2017. With gamma = 0 and equal weights
    it is binary cross-entropy times that weight.

    Args:
        alpha: weight a of attacks, in [0, 1]; bona fide frames have 1 - alpha.
        gamma: how much less what is well classified counts, >= 0.

    Raises:
        ConfigError: a value out of range.
    """

    requires = LOGIT

    def __init__(self, alpha: float, gamma: float) -> None:
        super().__init__()
        require_share("focal_cross_entropy", alpha=alpha)
        require_not_negative("focal_cross_entropy", gamma=gamma)
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        logit = require_part(batch.logit, "logit").float()
        label = batch.is_attack.to(logit)
        loss = sigmoid_focal_loss(logit, label, self.alpha, self.gamma, reduction="mean")
        return {"loss": loss}
