"""Binary cross-entropy on the logit of an attack, the baseline that the paper argues against."""

from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.output import LOGIT, require_part


class BinaryCrossEntropy(nn.Module):
    """Mean of -log p(label), p(attack) = sigmoid(logit)."""

    requires = LOGIT

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        logit = require_part(batch.logit, "logit").float()
        return {"loss": binary_cross_entropy_with_logits(logit, batch.is_attack.to(logit))}
