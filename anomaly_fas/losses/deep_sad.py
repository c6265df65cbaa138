"""Semi-supervised Deep SVDD with labelled attacks."""

from typing import Final

from torch import nn

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_not_negative

_LEAST: Final = 1e-6
"""Added to squared distances that are divided by, as in Ruff et al.'s own code."""


class DeepSad(nn.Module):
    """Mean of squared distances to the centre: of attacks the inverse, weighted by eta.

    Ruff et al., Deep Semi-Supervised Anomaly Detection, ICLR 2020, equation 7, bona fide frames
    being its unlabelled ones and attacks its labelled anomalies. Without attacks it is Deep SVDD.

    Args:
        eta: weight of a labelled attack, > 0.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(self, eta: float) -> None:
        super().__init__()
        require_not_negative("deep_sad", eta=eta)
        self.eta = eta

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, and its parts by class: they add up to it."""
        squared, squared_of_attacks = batch.squared_distances()
        size = batch.embedding.shape[0]
        bona_fide = squared.sum() / size
        attack = self.eta * (squared_of_attacks + _LEAST).reciprocal().sum() / size
        return {"loss": bona_fide + attack, "bona_fide": bona_fide, "attack": attack}
