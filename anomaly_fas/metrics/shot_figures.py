"""Error rates under a number of references from a new domain, over draws of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_fas.metrics.differences import paired_difference
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.intervals import Interval, bias_corrected_interval
from anomaly_fas.metrics.weighted_curves import WeightedRoc, WeightedScores

FIGURES: Final = ("eer", "auc", "acer", "apcer", "bpcer")
"""Names of the figures; APCER is that of the worst coarse species."""


@dataclass(frozen=True)
class TestedDraw:
    """Scores of the n test samples of one draw.

    Attributes:
        position: positions of the samples in the domain.
        score: attack scores.
        is_attack: whether each sample is an attack.
        species: coarse species.
        threshold: decision threshold; NaN where there is none.
    """

    __test__ = False  # no test, whatever pytest takes its name for

    position: np.ndarray
    score: np.ndarray
    is_attack: np.ndarray
    species: np.ndarray
    threshold: float

    def figures(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Compute every figure under weights of the domain's samples.

        Args:
            weights: how often each is drawn, float32, shape [replicates, samples of the domain].

        Returns:
            Figure to values, shape [replicates]; NaN without a threshold or a class.
        """
        own = weights[:, self.position]
        attack, bona_fide = self.is_attack, ~self.is_attack
        roc = WeightedRoc(
            self.score[bona_fide], self.score[attack], own[:, bona_fide], own[:, attack]
        )
        limit = np.full(len(own), self.threshold)
        with np.errstate(invalid="ignore"):
            eer, auc = roc.eer(), roc.auc()
            bpcer = WeightedScores(self.score[bona_fide], own[:, bona_fide]).rejected(limit)
            apcer = self._worst_apcer(own, limit)
        rates = {"acer": (apcer + bpcer) / 2, "apcer": apcer, "bpcer": bpcer}
        if np.isnan(self.threshold):
            rates = dict.fromkeys(rates, np.full(len(own), np.nan))
        return {"eer": eer, "auc": auc, **rates}

    def _worst_apcer(self, weights: np.ndarray, limit: np.ndarray) -> np.ndarray:
        worst = np.full(len(weights), np.nan)
        for name in np.unique(self.species[self.is_attack]):
            own = self.is_attack & (self.species == name)
            rejected = WeightedScores(self.score[own], weights[:, own]).rejected(limit)
            worst = np.fmax(worst, 1 - rejected)
        return worst


@dataclass(frozen=True)
class ShotFigure:
    """A figure of a method at a number of shots.

    Attributes:
        by_draw: its value, shape [runs, draws].
        replicates: of the mean over runs and draws, shape [replicates]: draws and, in each,
            subjects are drawn with replacement.
    """

    by_draw: np.ndarray
    replicates: np.ndarray

    @property
    def value(self) -> float:
        """The mean over runs and draws; NaN where there is none."""
        known = self.by_draw[~np.isnan(self.by_draw)]
        return float(known.mean()) if known.size else float("nan")

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the mean."""
        return bias_corrected_interval(self.value, self.replicates)

    @property
    def spread(self) -> float:
        """Standard deviation over draws, the mean over runs: how much luck is in one draw."""
        return (
            float(np.std(self.by_draw, axis=1, ddof=1).mean()) if self.by_draw.shape[1] > 1 else 0.0
        )

    def less(self, other: ShotFigure) -> Estimate | None:
        """Subtract another figure of the same draws."""
        return paired_difference(self.value, other.value, self.replicates, other.replicates)

    def share_taken_from(self, other: ShotFigure) -> ShotFigure:
        """Compute the share of another figure that is gone: 1 - this / other, NaN if other is 0."""
        value = _share_gone(np.array([[self.value]]), np.array([[other.value]]))
        return ShotFigure(value, _share_gone(self.replicates, other.replicates))


class Replicates:
    """Bootstrap replicates of samples and of draws, alike for all methods.

    Args:
        weights: how often each sample is drawn, uint8, shape [replicates, samples].
        draws: number of draws.
        rng: source of randomness.
    """

    def __init__(self, weights: np.ndarray, draws: int, rng: np.random.Generator) -> None:
        self._weights = weights.astype(np.float32)
        self._once = np.ones((1, weights.shape[1]), np.float32)
        self._drawn = rng.integers(draws, size=(len(weights), draws))

    def figures(self, runs: list[list[TestedDraw]]) -> dict[str, ShotFigure]:
        """Compute every figure of a method at a number of shots, from each run's draws."""
        points = [[draw.figures(self._once) for draw in draws] for draws in runs]
        drawn = [[draw.figures(self._weights) for draw in draws] for draws in runs]
        return {
            name: ShotFigure(
                np.array([[point[name][0] for point in draws] for draws in points]),
                self._mean_over_draws(
                    np.array([[one[name] for one in draws] for draws in drawn]).mean(axis=0)
                ),
            )
            for name in FIGURES
        }

    def _mean_over_draws(self, values: np.ndarray) -> np.ndarray:
        """Average over the draws of each replicate: [draws, replicates] to [replicates]."""
        chosen = values[self._drawn, np.arange(values.shape[1])[:, None]]
        known = ~np.isnan(chosen)
        with np.errstate(invalid="ignore"):
            mean: np.ndarray = np.where(known, chosen, 0).sum(axis=1) / known.sum(axis=1)
        return mean


def _share_gone(left: np.ndarray, start: np.ndarray) -> np.ndarray:
    shares: np.ndarray = 1 - left / np.where(start == 0, np.nan, start)
    return shares
