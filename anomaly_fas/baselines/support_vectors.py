"""Support vector machines with a Gaussian kernel, over a grid of their two settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from anomaly_fas.errors import ConfigError
from anomaly_fas.random_streams import Stream

_ROWS: Final = 4096
"""Scored at a time, which bounds the memory."""


@dataclass(frozen=True)
class SupportVectors:
    """A fitted machine; see `SupportVectorMachine` for `C` and `gamma`.

    Attributes:
        vectors: scaled, shape [N, features].
        weights: weights of the vectors, shape [N].
    """

    C: float
    gamma: float
    scaler: StandardScaler
    vectors: np.ndarray
    weights: np.ndarray
    bias: float

    def score(self, features: np.ndarray) -> np.ndarray:
        """Score features by the signed margin: higher means more likely an attack.

        Args:
            features: shape [M, features].

        Returns:
            float64, shape [M], without bounds; the machine's own boundary is 0.
        """
        width = self.gamma / self.vectors.shape[1]
        parts = (features[start : start + _ROWS] for start in range(0, len(features), _ROWS))
        scores = [
            _kernel(_distances(self.scaler.transform(part), self.vectors), width) @ self.weights
            for part in parts
        ]
        return np.concatenate(scores) + self.bias if scores else np.zeros(0)


@dataclass(frozen=True)
class SupportVectorMachine:
    """Fits machines to features that are scaled to mean 0 and variance 1, the classes balanced.

    Attributes:
        C: costs to try, in rising order.
        gamma: widths of the kernel to try, as multiples of one over the number of features.
        max_frames: train on so many frames at most; the kernel takes 8 bytes for each two of them.

    Raises:
        ConfigError: nothing to try, or a value that is not positive.
    """

    C: Sequence[float]
    gamma: Sequence[float]
    max_frames: int

    def __post_init__(self) -> None:
        for name, values in (("C", self.C), ("gamma", self.gamma)):
            if not values or min(values) <= 0:
                raise ConfigError(f"classifier.{name}={list(values)}: positive values are needed")
        if self.max_frames < 2:
            raise ConfigError(f"classifier.max_frames={self.max_frames}: at least 2 are needed")

    def chosen(self, is_attack: np.ndarray, seed: int) -> np.ndarray:
        """Choose frames to train on: all, or a draw of half of each class as far as it goes.

        Args:
            is_attack: bool, shape [N].
            seed: seeds the draw.

        Returns:
            Positions in rising order, shape [min(N, max_frames)].
        """
        if is_attack.size <= self.max_frames:
            return np.arange(is_attack.size)
        rng = np.random.default_rng([seed, Stream.CLASSIFIER_FRAMES])
        bona_fide = rng.permutation(np.flatnonzero(~is_attack))
        attacks = rng.permutation(np.flatnonzero(is_attack))
        share = min(bona_fide.size, max(self.max_frames // 2, self.max_frames - attacks.size))
        return np.sort(np.append(bona_fide[:share], attacks[: self.max_frames - share]))

    def fits(self, features: np.ndarray, is_attack: np.ndarray) -> Iterator[SupportVectors]:
        """Fit a machine for each pair of settings, the smoothest first.

        Args:
            features: shape [N, features].
            is_attack: bool, shape [N], of both classes.
        """
        scaler = StandardScaler().fit(features)
        scaled = scaler.transform(features)
        squares = _distances(scaled, scaled)
        for gamma in self.gamma:
            kernel = _kernel(squares, gamma / features.shape[1])
            for cost in self.C:
                # Handing over the kernel gives the machine that kernel="rbf" gives, much sooner.
                machine = SVC(C=cost, kernel="precomputed", class_weight="balanced")
                machine.fit(kernel, is_attack)
                vectors, weights = scaled[machine.support_], machine.dual_coef_[0]
                bias = float(machine.intercept_[0])
                yield SupportVectors(cost, gamma, scaler, vectors, weights, bias)


def _distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances, shape [some, others]."""
    squares: np.ndarray = some @ others.T
    squares *= -2
    squares += np.square(some).sum(axis=1)[:, None]
    squares += np.square(others).sum(axis=1)
    np.maximum(squares, 0, out=squares)
    return squares


def _kernel(squares: np.ndarray, gamma: float) -> np.ndarray:
    kernel = squares * -gamma
    return np.exp(kernel, out=kernel)
