"""Operating points that a bound defines: BPCER10, BPCER20, BPCER100, APCER at a BPCER, TPR at FPR.

They are read off the scores that they describe, so like EER they say how well a system separates,
not how well a threshold carries over. Each is a bound that holds on the samples, never the nearest
point of a curve.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.error_rates import apcer_per_species, bpcer, worst_species

SLACK = 1e-9
"""What a count may exceed a bound by: a bound of 10 % of 30 samples is 3, not 2.9999."""


class OperatingPoint(NamedTuple):
    """A threshold and the error rates there: APCER is that of the worst PAI species."""

    threshold: float
    apcer: float
    bpcer: float


def bpcer_at_apcer(
    bona_fide_scores: ArrayLike, attack_scores: ArrayLike, species: ArrayLike, bound: float
) -> OperatingPoint:
    """The smallest BPCER at which no species' APCER exceeds the bound.

    With bounds of 10, 5 and 1 % it is BPCER10, BPCER20 and BPCER100 (ISO/IEC 30107-3).

    Args:
        bona_fide_scores: attack scores of bona fide samples, shape [n], n >= 1.
        attack_scores: attack scores of attacks, shape [m], m >= 1.
        species: the PAI species of each attack, shape [m].
        bound: the highest APCER that is acceptable, a fraction in [0, 1).

    Raises:
        DataError: one of the classes is missing.

    Example:
        >>> bpcer_at_apcer([0.1, 0.5, 0.7], [0.4, 0.8, 0.6, 0.9], ["print"] * 2 + ["mask"] * 2, 0.5)
        OperatingPoint(threshold=0.8, apcer=0.5, bpcer=0.0)
    """
    scores, names = np.asarray(attack_scores, dtype=np.float64), np.asarray(species, dtype=str)
    threshold = min(
        (_first_missed_beyond(scores[names == name], bound) for name in np.unique(names)),
        default=np.nan,
    )
    _, worst = worst_species(apcer_per_species(scores, names, threshold))
    return OperatingPoint(float(threshold), worst, bpcer(bona_fide_scores, threshold))


def apcer_at_bpcer(
    bona_fide_scores: ArrayLike, attack_scores: ArrayLike, species: ArrayLike, bound: float
) -> OperatingPoint:
    """The smallest APCER of the worst species at which BPCER does not exceed the bound.

    Args:
        bona_fide_scores: attack scores of bona fide samples, shape [n], n >= 1.
        attack_scores: attack scores of attacks, shape [m], m >= 1.
        species: the PAI species of each attack, shape [m].
        bound: the highest BPCER that is acceptable, a fraction in [0, 1).

    Raises:
        DataError: one of the classes is missing.

    Example:
        >>> apcer_at_bpcer([0.1, 0.5], [0.4, 0.8], ["print", "print"], 0.5).apcer
        0.0
    """
    bona_fide = np.sort(np.asarray(bona_fide_scores, dtype=np.float64))
    if bona_fide.size == 0:
        raise DataError("APCER at a fixed BPCER needs bona fide scores, and there are none")
    highest_accepted = bona_fide[bona_fide.size - 1 - int(bound * bona_fide.size + SLACK)]
    threshold = float(np.nextafter(highest_accepted, np.inf))
    _, worst = worst_species(apcer_per_species(attack_scores, species, threshold))
    return OperatingPoint(threshold, worst, bpcer(bona_fide, threshold))


def tpr_at_fpr(bona_fide_scores: ArrayLike, attack_scores: ArrayLike, bound: float) -> float:
    """The largest share of bona fide samples accepted where so few attacks are, all species pooled.

    As the OCIM benchmarks report it at FPR = 1 % (from Shao et al., CVPR 2019, on): bona fide is
    the positive class, so it is 1 - BPCER at the smallest BPCER whose pooled APCER keeps the bound.

    Args:
        bona_fide_scores: attack scores of bona fide samples, shape [n], n >= 1.
        attack_scores: attack scores of attacks, shape [m], m >= 1.
        bound: the highest share of attacks that may be accepted, a fraction in [0, 1).

    Raises:
        DataError: one of the classes is missing.

    Example:
        >>> tpr_at_fpr([0.1, 0.3, 0.7, 0.2], [0.4, 0.8], 0.01)
        0.75
    """
    pooled = np.full(np.shape(attack_scores), "")
    return 1 - bpcer_at_apcer(bona_fide_scores, attack_scores, pooled, bound).bpcer


def _first_missed_beyond(attack_scores: np.ndarray, bound: float) -> float:
    """The highest threshold at which a species' APCER keeps the bound."""
    allowed = int(bound * attack_scores.size + SLACK)
    return float(np.sort(attack_scores)[allowed])
