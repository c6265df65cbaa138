"""gradgpad's figures by sex, age and skin tone: BPCER of each group, and the bias metric."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations
from random import Random
from statistics import mean
from typing import Final, Literal

import numpy as np
import pandas as pd

from anomaly_fas.metrics.gradgpad.operating_points import thinned_roc, threshold_at_far
from anomaly_fas.metrics.gradgpad.species_analysis import bpcer
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.types import Age, Sex, SkinTone

Demographic = Literal["sex", "age", "skin_tone"]

GROUPS: Final[dict[Demographic, type[StrEnum]]] = {"sex": Sex, "age": Age, "skin_tone": SkinTone}

SEX_NOT_READ: Final = frozenset(
    ("hkbuv2", "replay-attack", "replay-mobile", "rose-youtu", "siw", "siw-m", "threedmad", "uvad")
)
"""Datasets whose bona fide annotations have the sex under the name of `gender`."""

_TONE_PAIRS: Final = {
    "Yellow": (SkinTone.LIGHT_YELLOW, SkinTone.MEDIUM_YELLOW_BROWN),
    "Pink": (SkinTone.LIGHT_PINK, SkinTone.MEDIUM_PINK_BROWN),
    "Dark Brown": (SkinTone.MEDIUM_DARK_BROWN, SkinTone.DARK_BROWN),
}

_PERCENTILES: Final = np.linspace(0, 100, 6001)
_FAR_RANGE: Final = (0.05, 0.15)
_STEP: Final = 0.001


def fair_subsets(bona_fide: pd.DataFrame, demographic: Demographic) -> dict[str, np.ndarray]:
    """Draw the scores that gradgpad compares groups on.

    In each dataset the smallest group says how many samples of every group are drawn; a dataset in
    which a group is missing takes no part. The draw is seeded with the size of the group.

    Fault (g): gradgpad reads the sex from `sex` alone, while eight datasets name it `gender`. These
    take no part in its figures by sex, although their samples are annotated.

    Args:
        bona_fide: the rows of `GradgpadSubset.bona_fide`.
        demographic: what to group by.

    Returns:
        Scores by group, named as gradgpad does; empty where no dataset has all groups.
    """
    drawn: dict[str, list[np.ndarray]] = {}
    for dataset, rows in bona_fide.groupby("dataset"):
        if demographic == "sex" and dataset in SEX_NOT_READ:
            continue
        values, scores = rows[demographic].to_numpy(), rows["score"].to_numpy()
        members = {str(group): np.flatnonzero(values == group) for group in GROUPS[demographic]}
        smallest = min(len(positions) for positions in members.values())
        if not smallest:
            continue
        for group, positions in members.items():
            chosen = Random(len(positions)).sample(positions.tolist(), smallest)
            drawn.setdefault(group.upper(), []).append(scores[chosen])
    return {group: np.concatenate(parts) for group, parts in drawn.items()}


def demographic_bpcer(
    test: GradgpadSubset, demographic: Demographic, threshold: float
) -> dict[str, float]:
    """Compute the BPCER of each group in percent, on the fair subsets of test.

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
    """Average the BPCER of each pair of skin tones; empty where no tone has one.

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


def demographic_bias(test: GradgpadSubset) -> dict[str, float]:
    """Compute the mean absolute difference in BPCER, in points, over pairs of groups.

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
        "Skin Tone": {
            name: np.concatenate([by_tone[tone.upper()] for tone in tones])
            for name, tones in _TONE_PAIRS.items()
            if by_tone
        },
    }
    present = {name: groups for name, groups in subsets.items() if groups and thresholds.size}
    return {name: _bias(groups, thresholds) for name, groups in present.items()}


def _bias(groups: Mapping[str, np.ndarray], thresholds: np.ndarray) -> float:
    rates = [_bpcer_curve(scores, thresholds) for scores in groups.values()]
    # `mean` adds without rounding errors, as the package's does; numpy's would not.
    return mean([mean(np.abs(one - other).tolist()) for one, other in combinations(rates, 2)])


def _bpcer_curve(scores: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return BPCER in percent at each threshold: of equally near percentiles the lowest."""
    percentiles, first = np.unique(np.percentile(scores, _PERCENTILES), return_index=True)
    above = np.searchsorted(percentiles, thresholds).clip(1, len(percentiles) - 1)
    nearer_below = thresholds - percentiles[above - 1] <= percentiles[above] - thresholds
    return 100 - _PERCENTILES[first[above - nearer_below]]
