"""Error rates of presentation attack detection, as ISO/IEC 30107-3:2023 defines them.

Scores are attack scores: higher means more likely an attack. A sample is classified as an attack
if and only if its score is at or above the threshold. Rates are fractions in [0, 1].
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from anomaly_fas.errors import DataError


def apcer(attack_scores: ArrayLike, threshold: float) -> float:
    """Attack presentation classification error rate: the share of attacks below the threshold.

    Given the attacks of one PAI species this is that species' APCER (ISO/IEC 30107-3, 13.2.3);
    given all attacks together it is the pooled rate that HTER uses.

    Args:
        attack_scores: scores of attack presentations, shape [n], n >= 1.
        threshold: the decision threshold.

    Raises:
        DataError: there are no scores.

    Example:
        >>> apcer([0.2, 0.5, 0.9, 0.7], threshold=0.5)
        0.25
    """
    return float(np.mean(_scores(attack_scores, "attack") < threshold))


def bpcer(bona_fide_scores: ArrayLike, threshold: float) -> float:
    """Bona fide presentation classification error rate: the share at or above the threshold.

    Args:
        bona_fide_scores: scores of bona fide presentations, shape [n], n >= 1.
        threshold: the decision threshold.

    Raises:
        DataError: there are no scores.

    Example:
        >>> bpcer([0.1, 0.5], threshold=0.5)
        0.5
    """
    return float(np.mean(_scores(bona_fide_scores, "bona fide") >= threshold))


def apcer_per_species(
    attack_scores: ArrayLike, species: ArrayLike, threshold: float
) -> dict[str, float]:
    """APCER of each PAI species, in the order of their names.

    Args:
        attack_scores: scores of attack presentations, shape [n].
        species: the PAI species of each, shape [n].
        threshold: the decision threshold.

    Raises:
        DataError: there are no scores.

    Example:
        >>> apcer_per_species([0.2, 0.9, 0.8], ["mask", "mask", "print"], threshold=0.5)
        {'mask': 0.5, 'print': 0.0}
    """
    scores = _scores(attack_scores, "attack")
    names = np.asarray(species, dtype=str)
    return {str(name): apcer(scores[names == name], threshold) for name in np.unique(names)}


def worst_species(per_species: Mapping[str, float]) -> tuple[str, float]:
    """The species with the highest APCER (the first by name on a tie) and that APCER.

    Its rate is the APCER that a system is reported with: an attacker chooses the best instrument.

    Example:
        >>> worst_species({"mask": 0.5, "print": 0.0})
        ('mask', 0.5)
    """
    name = max(sorted(per_species), key=lambda species: per_species[species])
    return name, per_species[name]


def acer(worst_apcer: float, bpcer_value: float) -> float:
    """Average classification error rate: the mean of the worst species' APCER and BPCER.

    ISO/IEC 30107-3 does not define it; it is the field's customary summary of the two.
    """
    return (worst_apcer + bpcer_value) / 2


def hter(pooled_apcer: float, bpcer_value: float) -> float:
    """Half total error rate: the mean of the pooled APCER and BPCER."""
    return (pooled_apcer + bpcer_value) / 2


def non_response_rate(scores: ArrayLike) -> float:
    """Share of samples to which the system gave no answer, shown by a score that is NaN.

    Of the attacks of a species it is APNRR, of bona fide samples BPNRR (ISO/IEC 30107-3).
    Such samples take no part in any other rate.

    Raises:
        DataError: there are no samples.

    Example:
        >>> non_response_rate([0.3, float("nan")])
        0.5
    """
    return float(np.mean(np.isnan(_scores(scores, "presentation"))))


def _scores(values: ArrayLike, what: str) -> np.ndarray:
    scores = np.asarray(values, dtype=np.float64)
    if scores.size == 0:
        raise DataError(f"no {what} scores: an error rate needs at least one {what} sample")
    return scores
