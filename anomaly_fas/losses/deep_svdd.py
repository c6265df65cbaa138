"""Deep support vector data description: the bona fide class alone, gathered at a centre."""

from torch import nn

from anomaly_fas.losses.batch import LossInput, LossTerms


class DeepSvdd(nn.Module):
    """Mean squared distance of the bona fide frames to the centre.

    Ruff et al., Deep One-Class Classification, ICML 2018, equation 4 (the one-class form; its decay
    of weights is the optimiser's). Attacks in the batch are ignored; without bona fide frames the
    loss is 0.
    """

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch, see `LossTerms`."""
        bona_fide, _ = batch.squared_distances()
        return {"loss": bona_fide.sum() / max(bona_fide.shape[0], 1)}
