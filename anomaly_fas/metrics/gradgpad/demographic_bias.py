"""gradgpad's demographic bias metric: how far the BPCER curves of groups lie apart."""

from __future__ import annotations

from itertools import combinations
from statistics import mean
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.gradgpad.fair_subsets import fair_subsets
from anomaly_fas.metrics.gradgpad.operating_points import threshold_at_far
from anomaly_fas.metrics.gradgpad.thinned_roc import thinned_roc
from anomaly_fas.types import SkinTone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

_PERCENTILES: Final = np.linspace(0, 100, 6001)
_FAR_RANGE: Final = (0.05, 0.15)
_STEP: Final = 0.001

_TONES: Final = {
    "YELLOW": (SkinTone.LIGHT_YELLOW, SkinTone.MEDIUM_YELLOW_BROWN),
    "PINK": (SkinTone.LIGHT_PINK, SkinTone.MEDIUM_PINK_BROWN),
    "BROWN": (SkinTone.MEDIUM_DARK_BROWN, SkinTone.DARK_BROWN),
}


def demographic_bias(test: GradgpadSubset) -> dict[str, float]:
    """The mean absolute difference of the groups' BPCER in points, averaged over pairs of groups.

    The thresholds run from the one at 5 % FAR on test to that at 15 %, in steps of 0.001: their
    number depends on the scale of the scores. A group's BPCER at a threshold is that of the
    nearest of its 6,001 percentiles.

    Returns:
        By `Sex`, `Age` and `Skin Tone` (in three groups), as far as the test subset has groups;
        nothing where the two thresholds are one.
    """
    curve = thinned_roc(test.scores, test.is_attack)
    low, high = (threshold_at_far(curve, far) for far in _FAR_RANGE)
    thresholds = np.arange(low, high, _STEP)
    by_tone = fair_subsets(test.bona_fide, "skin_tone")
    subsets = {
        "Sex": fair_subsets(test.bona_fide, "sex"),
        "Age": fair_subsets(test.bona_fide, "age"),
        "Skin Tone": _three_tones(by_tone) if by_tone else {},
    }
    present = {name: groups for name, groups in subsets.items() if groups and thresholds.size}
    return {name: _bias(groups, thresholds) for name, groups in present.items()}


def _three_tones(by_tone: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name: np.concatenate([by_tone[tone.upper()] for tone in tones])
        for name, tones in _TONES.items()
    }


def _bias(groups: Mapping[str, np.ndarray], thresholds: np.ndarray) -> float:
    rates = [_bpcer_curve(scores, thresholds) for scores in groups.values()]
    # `mean` adds without rounding errors, as the package's does; numpy's would not.
    return mean([mean(np.abs(one - other).tolist()) for one, other in combinations(rates, 2)])


def _bpcer_curve(scores: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """BPCER in percent at each threshold: of equally near percentiles the lowest."""
    percentiles, first = np.unique(np.percentile(scores, _PERCENTILES), return_index=True)
    above = np.searchsorted(percentiles, thresholds).clip(1, len(percentiles) - 1)
    nearer_below = thresholds - percentiles[above - 1] <= percentiles[above] - thresholds
    return 100 - _PERCENTILES[first[above - nearer_below]]
