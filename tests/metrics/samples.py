"""Random score rows for the tests of this folder."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly_fas.metrics.resampling import Resampling
from anomaly_fas.types import FinePai

SPECIES = ("print_low", "print_high", "mask_paper", "makeup_cosmetic")


def score_rows(
    seed: int, samples: int, levels: int = 12, silent: float = 0.0, prefix: str = ""
) -> pd.DataFrame:
    """Score rows with ties, unknown subjects and, if wanted, samples without a score.

    Args:
        seed: of the generator.
        samples: their number.
        levels: number of distinct scores.
        silent: share of samples without a score.
        prefix: of the sample ids.
    """
    generator = np.random.default_rng(seed)
    is_attack = generator.random(samples) < 0.6
    is_attack[:2] = False, True
    fine = np.where(is_attack, generator.choice(SPECIES, samples), "")
    score = generator.integers(0, levels, samples) / levels + 0.2 * is_attack
    score[2:][generator.random(samples - 2) < silent] = np.nan
    return pd.DataFrame(
        {
            "sample_id": [f"{prefix}{number:04}" for number in range(samples)],
            "dataset": generator.choice(["one", "two"], samples),
            "subject": generator.choice(["", "anna", "ben", "cleo", "dora"], samples),
            "label": np.where(is_attack, "attack", "bona_fide"),
            "pai": [FinePai(name).coarse.value if name else "" for name in fine],
            "pai_fine": fine,
            "pas_type": np.where(is_attack, generator.choice(["I", "II"], samples), ""),
            "device": generator.choice(["", "webcam_low", "webcam_high"], samples),
            "lighting": generator.choice(["", "controlled", "adverse"], samples),
            "sex": generator.choice(["male", "female"], samples),
            "age": generator.choice(["", "young", "adult", "senior"], samples),
            "skin_tone": "",
            "score": score,
        }
    )


def unchanged(devel: pd.DataFrame, test: pd.DataFrame) -> Resampling:
    """The one replicate that draws every sample once."""
    return Resampling(np.ones((1, len(devel)), np.uint8), np.ones((1, len(test)), np.uint8))
