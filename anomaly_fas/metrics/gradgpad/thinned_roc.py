"""The ROC curve that gradgpad reads its figures off: scikit-learn's, thinned."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anomaly_fas.errors import DataError


class ThinnedRoc(NamedTuple):
    """Points of the curve by rising threshold, each of shape [k].

    `far` is the share of attacks at or below the threshold, `tpr` that of bona fide samples.
    """

    far: np.ndarray
    tpr: np.ndarray
    threshold: np.ndarray


def thinned_roc(scores: np.ndarray, is_attack: np.ndarray) -> ThinnedRoc:
    """What `sklearn.metrics.roc_curve` gives for negated scores with bona fide as the positive.

    Fault (d): points between two others on a straight line are dropped, so what gradgpad calls the
    rate at a working point is that of the nearest corner of the curve, on either side of it.
    Thresholds are float64, as since scikit-learn 1.8; before, they were of the scores' type.

    Args:
        scores: attack scores, shape [n].
        is_attack: whether each is of an attack, shape [n].

    Returns:
        The curve from (0, 0), whose threshold is clipped to the lowest score, to (1, 1).

    Raises:
        DataError: a class is missing.

    Example:
        >>> curve = thinned_roc(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False] * 3 + [True]))
        >>> curve.tpr.tolist(), curve.threshold.tolist()
        ([0.0, 0.3333333333333333, 1.0, 1.0], [0.1, 0.1, 0.3, 0.4])
    """
    attacks = np.count_nonzero(is_attack)
    if attacks in {0, len(scores)}:
        missing = "bona fide samples" if attacks else "attacks"
        raise DataError(f"there are no {missing}: gradgpad's ROC curve needs both classes")
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    missed = np.cumsum(is_attack[order])[last_of_ties]
    accepted = last_of_ties + 1 - missed
    kept = _corners(missed, accepted)
    return ThinnedRoc(
        far=np.append(0, missed[kept]) / missed[-1],
        tpr=np.append(0, accepted[kept]) / accepted[-1],
        threshold=np.append(ordered[0], ordered[last_of_ties][kept]).astype(np.float64),
    )


def _corners(missed: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Which points are no middle of an evenly spaced straight line; the ends always count."""
    kept = np.ones(len(missed), dtype=bool)
    kept[1:-1] = (np.diff(missed, 2) != 0) | (np.diff(accepted, 2) != 0)
    return kept
