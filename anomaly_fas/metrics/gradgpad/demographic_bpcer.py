"""gradgpad's BPCER by sex, age and skin tone: `MetricsDemographics` and its grouping."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.gradgpad.fair_subsets import Demographic, fair_subsets
from anomaly_fas.metrics.gradgpad.species_analysis import bpcer
from anomaly_fas.types import SkinTone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

_TONE_PAIRS: Final = {
    "Yellow": (SkinTone.LIGHT_YELLOW, SkinTone.MEDIUM_YELLOW_BROWN),
    "Pink": (SkinTone.LIGHT_PINK, SkinTone.MEDIUM_PINK_BROWN),
    "Dark Brown": (SkinTone.MEDIUM_DARK_BROWN, SkinTone.DARK_BROWN),
}


def demographic_bpcer(
    test: GradgpadSubset, demographic: Demographic, threshold: float
) -> dict[str, float]:
    """BPCER of each group in percent, on the fair subsets of test.

    Args:
        test: the test subset.
        demographic: what to group by.
        threshold: the EER threshold of devel, labels taken by id.
    """
    return {
        group: bpcer(scores.astype(np.float32), threshold)
        for group, scores in fair_subsets(test.bona_fide, demographic).items()
    }


def grouped_skin_tone_bpcer(by_tone: Mapping[str, float]) -> dict[str, float]:
    """The mean BPCER of each pair of skin tones; empty where no tone has one.

    Fault (i): a first BPCER of 0 is taken for none, and the second alone is then the mean.

    Example:
        >>> tones = [tone.upper() for tone in SkinTone]
        >>> grouped_skin_tone_bpcer(dict(zip(tones, [4.0, 0.0, 2.0, 6.0, 8.0, 9.0])))
        {'Yellow': 6.0, 'Pink': 3.0, 'Dark Brown': 8.5}
    """
    if not by_tone:
        return {}
    pairs = {name: [by_tone[tone.upper()] for tone in tones] for name, tones in _TONE_PAIRS.items()}
    return {name: mean(pair) if pair[0] else pair[1] for name, pair in pairs.items()}
