"""Thresholds and curves of weighted samples, for many sets of weights at once.

With weights that count how often a sample is drawn, each row gives what the functions of
`thresholds`, `curves` and `operating_points` give for the samples drawn.
"""

from functools import cached_property

import numpy as np

from anomaly_fas.metrics.operating_points import SLACK


class WeightedScores:
    """The scores of a group of samples, sorted, with what is drawn of them in each replicate.

    Args:
        scores: shape [n].
        weights: how often each is drawn, shape [replicates, n].
    """

    def __init__(self, scores: np.ndarray, weights: np.ndarray) -> None:
        order = np.argsort(scores, kind="stable")
        self.values, starts = np.unique(scores[order], return_index=True)
        drawn = weights[:, order]
        if self.values.size < scores.size:
            drawn = np.add.reduceat(drawn, starts, axis=1)
        self.weight = drawn
        """Drawn with each distinct score, shape [replicates, k]."""

    @cached_property
    def up_to(self) -> np.ndarray:
        """Drawn at or below each distinct score, shape [replicates, k]."""
        return np.cumsum(self.weight, axis=1, dtype=np.float32)

    @cached_property
    def total(self) -> np.ndarray:
        """Drawn in all, float64, shape [replicates]."""
        return self.up_to[:, -1].astype(np.float64)

    def below(self, threshold: np.ndarray) -> np.ndarray:
        """Count what is drawn below one threshold per replicate, shape [replicates]."""
        place = np.searchsorted(self.values, threshold, side="left")
        rows = np.arange(place.size)
        below = self.up_to[rows, np.maximum(place, 1) - 1].astype(np.float64)
        return np.where(place > 0, below, 0.0)

    def rejected(self, threshold: np.ndarray) -> np.ndarray:
        """Return the share drawn at or above one threshold per replicate, shape [replicates]."""
        return (self.total - self.below(threshold)) / self.total

    def first_beyond(self, bound: float) -> np.ndarray:
        """Return the lowest score up to which more than a share `bound` is drawn, else inf."""
        beyond = self.up_to > bound * self.total[:, None] + SLACK
        return np.where(self.total > 0, self.values[np.argmax(beyond, axis=1)], np.inf)

    def highest_accepted(self, bound: float) -> np.ndarray:
        """Return the lowest drawn score above which at most a share `bound` is drawn."""
        return self.values[self._last_accepted(bound)]

    def rejection_threshold(self, bound: float) -> np.ndarray:
        """Take `thresholds.bpcer_threshold` in each replicate, NaN if none is drawn."""
        last = self._last_accepted(bound)
        rows = np.arange(last.size)
        following = (self.up_to <= self.up_to[rows, last][:, None]).sum(axis=1)
        low = self.values[last]
        above = np.nextafter(low, np.inf)
        high = self.values[np.minimum(following, self.values.size - 1)]
        found = np.where(following < self.values.size, _between(low, high), above)
        return np.where(self.total > 0, found, np.nan)

    def _last_accepted(self, bound: float) -> np.ndarray:
        total = self.total[:, None]
        return np.argmax(total - self.up_to <= bound * total + SLACK, axis=1)


class WeightedRoc:
    """Both classes over their common scores.

    Args:
        bona_fide: scores, shape [n].
        attack: scores, shape [m].
        bona_fide_weights: shape [replicates, n].
        attack_weights: shape [replicates, m].
    """

    def __init__(
        self,
        bona_fide: np.ndarray,
        attack: np.ndarray,
        bona_fide_weights: np.ndarray,
        attack_weights: np.ndarray,
    ) -> None:
        scores = np.concatenate([bona_fide, attack])
        no_attack, no_bona_fide = np.zeros_like(bona_fide_weights), np.zeros_like(attack_weights)
        self._attack = WeightedScores(scores, np.hstack([no_attack, attack_weights]))
        self._bona_fide = WeightedScores(scores, np.hstack([bona_fide_weights, no_bona_fide]))

    @cached_property
    def _nearest(self) -> np.ndarray:
        """Position of the score below the EER threshold, shape [replicates]."""
        missed, attacks = self._attack.up_to, self._attack.total[:, None]
        accepted, bona_fide = self._bona_fide.up_to, self._bona_fide.total[:, None]
        # Products of counts, exact in double precision, so that a tie is a tie.
        gap = np.abs(missed * bona_fide - (bona_fide - accepted) * attacks)
        seen = missed + accepted
        gap[(seen == 0) | (seen == seen[:, -1:])] = np.inf
        return np.argmin(gap, axis=1)

    def eer_threshold(self) -> np.ndarray:
        """Take `thresholds.eer_threshold` in each replicate, NaN if a class is missing."""
        rows, place = np.arange(self._nearest.size), self._nearest
        seen = self._attack.up_to + self._bona_fide.up_to
        values = self._attack.values
        following = np.minimum((seen <= seen[rows, place][:, None]).sum(axis=1), values.size - 1)
        several = (seen[rows, place] > 0) & (seen[rows, place] < seen[:, -1])
        only = values[np.argmax(seen > 0, axis=1)]
        found = np.where(several, _between(values[place], values[following]), only)
        drawn = (self._attack.total > 0) & (self._bona_fide.total > 0)
        return np.where(drawn, found, np.nan)

    def eer(self) -> np.ndarray:
        """Compute `curves.eer` in each replicate, shape [replicates]."""
        threshold = self.eer_threshold()
        missed = self._attack.below(threshold) / self._attack.total
        return (missed + self._bona_fide.rejected(threshold)) / 2

    def auc(self) -> np.ndarray:
        """Compute `curves.auc` in each replicate, shape [replicates]."""
        outscored = self._bona_fide.up_to - self._bona_fide.weight / 2
        wins = np.einsum("rk,rk->r", self._attack.weight, outscored, dtype=np.float64)
        return wins / (self._attack.total * self._bona_fide.total)

    def bpcer_at(self, apcer: np.ndarray) -> np.ndarray:
        """Compute the smallest BPCER at each bound of pooled APCER, shape [replicates, bounds]."""
        found = np.empty((self._attack.total.size, apcer.size))
        total = self._bona_fide.total[:, None]
        rejected = (total - self._bona_fide.up_to) / total
        for row, missed in enumerate(self._attack.up_to):
            place = np.searchsorted(missed, apcer * float(missed[-1]) + SLACK, side="right")
            # At the first score that exceeds the bound the threshold may still lie.
            found[row] = np.where(place > 0, rejected[row, np.maximum(place, 1) - 1], 1.0)
        return found


def _between(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return midpoints of scores; the upper one where rounding would give the lower."""
    middle = low + (high - low) / 2
    return np.where(middle > low, middle, high)
