"""Hypersphere loss: bona fide at the centre, attacks outside a sphere around it."""

from typing import Final

from torch import nn
from torch.nn.functional import relu

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_positive

_LEAST: Final = 1e-12
"""Added to squared distances, so that the slope of the root at the centre is finite."""


class Hypersphere(nn.Module):
    """Mean of d^2 over bona fide frames and of max(0, r - d)^2 over attacks, d to the centre.

    After Li et al., Unseen Face Presentation Attack Detection with Hypersphere Loss, ICASSP 2020:
    bona fide frames compact, attacks apart from them, the decision by distance alone. The hinge is
    this project's reading of it: squared, like the pull that it answers.

    Args:
        radius: r > 0, of the sphere that attacks are pushed out of.

    Raises:
        ConfigError: a value out of range.
    """

    def __init__(self, radius: float) -> None:
        super().__init__()
        require_positive("hypersphere", radius=radius)
        self.radius = radius

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, and its parts by class: they add up to it."""
        squared, squared_of_attacks = batch.squared_distances()
        size = batch.embedding.shape[0]
        bona_fide = squared.sum() / size
        attack = relu(self.radius - (squared_of_attacks + _LEAST).sqrt()).square().sum() / size
        return {"loss": bona_fide + attack, "bona_fide": bona_fide, "attack": attack}
