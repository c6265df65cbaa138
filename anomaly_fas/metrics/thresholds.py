"""Decision thresholds. They are taken on the devel split and applied unchanged to test."""

import numpy as np
from numpy.typing import ArrayLike

from anomaly_fas.errors import DataError


def eer_threshold(bona_fide_scores: ArrayLike, attack_scores: ArrayLike) -> float:
    """The threshold at which pooled APCER and BPCER are nearest to each other.

    Candidates are the midpoints between neighbouring scores; of equally good ones, the lowest.
    The comparison is made on integer counts, so a tie is a tie. If all scores are equal, that
    score is returned: it separates nothing, and calls every sample an attack.

    Args:
        bona_fide_scores: attack scores of bona fide samples, shape [n], n >= 1.
        attack_scores: attack scores of attacks, shape [m], m >= 1.

    Raises:
        DataError: one of the classes is missing.

    Example:
        >>> eer_threshold([0.1, 0.2, 0.6], [0.4, 0.8, 0.9])
        0.5
    """
    bona_fide = np.sort(np.asarray(bona_fide_scores, dtype=np.float64))
    attack = np.sort(np.asarray(attack_scores, dtype=np.float64))
    if bona_fide.size == 0 or attack.size == 0:
        missing = "bona fide" if bona_fide.size == 0 else "attack"
        raise DataError(
            f"the EER threshold needs both classes, and there are no {missing} scores. "
            "Choose a devel split that holds both, or a threshold at a fixed BPCER."
        )
    values = np.unique(np.concatenate([bona_fide, attack]))
    if values.size == 1:
        return float(values[0])
    missed_attacks = np.searchsorted(attack, values[:-1], side="right")
    false_alarms = bona_fide.size - np.searchsorted(bona_fide, values[1:], side="left")
    gap = np.abs(missed_attacks * bona_fide.size - false_alarms * attack.size)
    best = int(np.argmin(gap))
    return _between(values[best], values[best + 1])


def bpcer_threshold(bona_fide_scores: ArrayLike, target: float) -> float:
    """The lowest threshold at which BPCER does not exceed `target`.

    It lies midway between the highest bona fide score that it accepts and the next one above;
    where none may be rejected, just above the highest. Attacks are not needed.

    Args:
        bona_fide_scores: attack scores of bona fide samples, shape [n], n >= 1.
        target: the highest BPCER that is acceptable, in [0, 1).

    Raises:
        DataError: there are no scores, or `target` is out of range.

    Example:
        >>> bpcer_threshold([0.1, 0.2, 0.3, 0.5], target=0.25)
        0.4
    """
    values, counts = np.unique(np.asarray(bona_fide_scores, dtype=np.float64), return_counts=True)
    if values.size == 0:
        raise DataError("a threshold at a fixed BPCER needs bona fide scores, and there are none")
    if not 0 <= target < 1:
        raise DataError(f"the BPCER target is a fraction in [0, 1), not {target}")
    total = int(counts.sum())
    accepted = np.cumsum(counts)
    highest = int(np.argmax(total - accepted <= target * total + 1e-9))
    if highest == values.size - 1:
        return float(np.nextafter(values[-1], np.inf))
    return _between(values[highest], values[highest + 1])


def _between(low: np.float64, high: np.float64) -> float:
    """The midpoint of two scores; the upper one where rounding would give the lower."""
    middle = float(low + (high - low) / 2)
    return middle if middle > low else float(high)
