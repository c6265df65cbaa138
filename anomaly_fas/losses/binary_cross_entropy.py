"""Binary cross-entropy on the logit of an attack, the baseline that the paper argues against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from anomaly_fas.output import LOGIT, require_part

if TYPE_CHECKING:
    from anomaly_fas.losses.batch import LossInput, LossTerms


class BinaryCrossEntropy(nn.Module):
    """Mean of -log p(label), p(attack) = sigmoid(logit)."""

    requires = LOGIT

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        logit = require_part(batch.logit, "logit").float()
        return {"loss": binary_cross_entropy_with_logits(logit, batch.is_attack.to(logit))}
