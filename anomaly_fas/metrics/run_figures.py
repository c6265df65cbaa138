"""The figures that methods are compared by, of one run and in each bootstrap replicate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.analysis import HEADLINE, answered, attack_groups, error_figures
from anomaly_fas.metrics.weighted_curves import WeightedRoc, WeightedScores
from anomaly_fas.types import Label

if TYPE_CHECKING:
    import pandas as pd

    from anomaly_fas.metrics.evaluation import ScoredRun
    from anomaly_fas.metrics.resampling import Resampling

COMPARED: Final = ("eer", "acer", "auc")
"""Names of the figures; of all but the last, less is better."""


def run_figures(run: ScoredRun) -> dict[str, float]:
    """EER and AUC of the test scores, and ACER at the devel threshold of equal error rates.

    Raises:
        DataError: a class is missing on test.
    """
    figures = error_figures(run.test, run.thresholds[HEADLINE])
    return {name: figures[name] for name in COMPARED}


def run_replicates(run: ScoredRun, resampling: Resampling) -> dict[str, np.ndarray]:
    """The same in each replicate: `replicate_figures` without all that is not compared.

    The threshold of ACER is taken afresh on devel in each replicate, unless it was given with the
    scores.

    Args:
        run: scores of one scorer.
        resampling: what is drawn of its samples.

    Returns:
        Fractions by name, shape [replicates]; NaN where a replicate lacks a class.
    """
    judging = _Drawn(run.test)
    tuning = None if HEADLINE in run.fixed else _Drawn(run.devel)
    chunks = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for devel, test in resampling.chunks():
            fixed = np.full(len(test), run.thresholds[HEADLINE])
            threshold = fixed if tuning is None else tuning.roc(devel).eer_threshold()
            roc = judging.roc(test)
            chunks.append((roc.eer(), judging.acer(test, threshold), roc.auc()))
    return dict(zip(COMPARED, np.concatenate(chunks, axis=1), strict=True))


class _Drawn:
    """The answered samples of a split, ready for weights."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._known = np.flatnonzero(rows["score"].notna())
        rows = answered(rows)
        scores = rows["score"].to_numpy(dtype=np.float64)
        is_attack = (rows["label"] == Label.ATTACK).to_numpy()
        self._bona_fide, self._attack = np.flatnonzero(~is_attack), np.flatnonzero(is_attack)
        self._scores = scores
        species = attack_groups(rows[is_attack])[""].to_numpy(dtype=str)
        self._species = [self._attack[species == name] for name in np.unique(species)]

    def roc(self, weights: np.ndarray) -> WeightedRoc:
        """Both classes over their scores, of all samples' weights."""
        drawn = weights[:, self._known]
        bona_fide, attack = self._bona_fide, self._attack
        return WeightedRoc(
            self._scores[bona_fide], self._scores[attack], drawn[:, bona_fide], drawn[:, attack]
        )

    def acer(self, weights: np.ndarray, threshold: np.ndarray) -> np.ndarray:
        """The mean of the worst species' APCER and BPCER at a threshold a replicate."""
        drawn = weights[:, self._known]
        groups = [WeightedScores(self._scores[own], drawn[:, own]) for own in self._species]
        apcer = np.fmax.reduce([group.below(threshold) / group.total for group in groups])
        accepted = WeightedScores(self._scores[self._bona_fide], drawn[:, self._bona_fide])
        acer: np.ndarray = (apcer + accepted.rejected(threshold)) / 2
        return np.where(np.isnan(threshold), np.nan, acer)
