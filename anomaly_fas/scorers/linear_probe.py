"""A logistic regression over embeddings, fitted to references of both classes."""

import numpy as np
import torch
from torch import Tensor, nn

from anomaly_fas.errors import DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery


class LinearProbe(nn.Module):
    """Attack score sigmoid(w f + b), fitted to references.

    w and b minimise C sum_i log(1 + e^{-y_i (w f_i + b)}) + ||w - w_0||^2 / 2, y being 1 of
    attacks and -1 of bona fide references. w_0 = 0 is plain logistic regression; with a trained
    layer for w_0 it is the fine-tuning of that layer, the number of steps put in terms of how far
    it may go (L2-SP: Li et al., ICML 2018, arXiv 1802.01483).

    Args:
        dim: D.
        references: at most so many of each class are used.
        strength: C.
    """

    requires = EMBEDDING
    weight: Tensor
    bias: Tensor
    start_weight: Tensor
    start_bias: Tensor

    def __init__(self, dim: int, references: int, strength: float) -> None:
        super().__init__()
        self.bona_fide_needed = self.attacks_needed = references
        self._strength = strength
        for name, shape in (("weight", (dim,)), ("bias", ())):
            self.register_buffer(name, torch.zeros(shape))
            self.register_buffer(f"start_{name}", torch.zeros(shape))

    def start_from(self, weight: Tensor, bias: Tensor) -> None:
        """Fit from a trained layer on.

        Args:
            weight: w_0, shape [D].
            bias: where b starts; it may go anywhere from there.
        """
        self.start_weight.copy_(weight)
        self.start_bias.copy_(bias)

    def fit(self, gallery: Gallery) -> None:
        """Fit to the first references of each class.

        Raises:
            DataError: a class has no references.
        """
        bona_fide = gallery.bona_fide[: self.bona_fide_needed]
        attack = gallery.attack[: self.attacks_needed]
        if not len(bona_fide) or not len(attack):
            raise DataError("scorer=linear_probe needs references of both classes in train")
        features = torch.cat([bona_fide, attack]).double().cpu().numpy()
        sign = np.repeat([-1.0, 1.0], [len(bona_fide), len(attack)])
        found = self._minimise(features, sign)
        self.weight.copy_(torch.from_numpy(found[:-1]))
        self.bias.fill_(found[-1])

    def _minimise(self, features: np.ndarray, sign: np.ndarray) -> np.ndarray:
        """Return w followed by b."""
        from scipy.optimize import minimize
        from scipy.special import expit

        start = torch.cat([self.start_weight, self.start_bias[None]]).double().cpu().numpy()

        def objective(found: np.ndarray) -> tuple[float, np.ndarray]:
            moved = found[:-1] - start[:-1]
            margin = sign * (features @ found[:-1] + found[-1])
            slope = -self._strength * sign * expit(-margin)
            value = self._strength * np.logaddexp(0, -margin).sum() + moved @ moved / 2
            return float(value), np.append(slope @ features + moved, slope.sum())

        options = {"maxiter": 1000, "gtol": 1e-6, "ftol": 1e-12}
        best: np.ndarray = minimize(
            objective, start, jac=True, method="L-BFGS-B", options=options
        ).x
        return best

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        # In fp64, which mixed precision leaves alone.
        odds = output.embedding.double() @ self.weight.double() + self.bias
        return torch.sigmoid(odds).to(output.embedding.dtype)
