"""The figures of one score table: thresholds from devel, error rates at a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics import curves, error_rates
from anomaly_fas.metrics.thresholds import bpcer_threshold, eer_threshold
from anomaly_fas.types import Label

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HEADLINE: Final = "eer"
"""Name of the threshold that headline figures are taken at."""

BPCER_TARGETS: Final = {"bpcer_1": 0.01, "bpcer_5": 0.05, "bpcer_10": 0.10}
"""Further thresholds, by the devel BPCER that they allow."""

THRESHOLDS: Final = (HEADLINE, *BPCER_TARGETS)
"""Names of all thresholds, in the order in which they are stored."""


def devel_thresholds(devel: pd.DataFrame) -> dict[str, float]:
    """Every threshold that is taken on devel, by name.

    Args:
        devel: columns `label` and `score`, one row a sample.

    Raises:
        DataError: a class is missing.
    """
    bona_fide, attack = _by_label(devel)
    thresholds = {HEADLINE: eer_threshold(bona_fide, attack)}
    return thresholds | {
        name: bpcer_threshold(bona_fide, target) for name, target in BPCER_TARGETS.items()
    }


def error_figures(table: pd.DataFrame, threshold: float) -> dict[str, float]:
    """Error rates of one split at one threshold, and its threshold-free summaries.

    Args:
        table: columns `label`, `pai`, `pai_fine` and `score`, one row a sample.
        threshold: the decision threshold.

    Returns:
        Fractions by name: `apcer` and `acer` over coarse species, `apcer_fine` and `acer_fine`
        over fine ones, `bpcer`, `hter`, `eer`, `auc`, and each species' own APCER as
        `apcer/<species>` and `apcer_fine/<species>`. Attacks of no named species form one of
        their own, `unnamed`; figures over fine species are left out where the table names none.

    Raises:
        DataError: a class is missing.
    """
    bona_fide, attack = _by_label(table)
    attacks = table[table["label"] == Label.ATTACK]
    rejected = error_rates.bpcer(bona_fide, threshold)
    figures = {
        "bpcer": rejected,
        "hter": error_rates.hter(error_rates.apcer(attack, threshold), rejected),
        "eer": curves.eer(bona_fide, attack),
        "auc": curves.auc(bona_fide, attack),
    }
    for suffix, species in _species(attacks).items():
        per_species = error_rates.apcer_per_species(attack, species, threshold)
        _, worst = error_rates.worst_species(per_species)
        figures[f"apcer{suffix}"] = worst
        figures[f"acer{suffix}"] = error_rates.acer(worst, rejected)
        figures |= {f"apcer{suffix}/{name}": rate for name, rate in per_species.items()}
    return figures


def _species(attacks: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """The species columns to report on, by the suffix of their figures' names."""
    coarse = attacks["pai"].where(attacks["pai"] != "", "unnamed")
    named_fine = attacks["pai_fine"] != ""
    if not named_fine.any():
        return {"": coarse}
    return {"": coarse, "_fine": attacks["pai_fine"].where(named_fine, coarse)}


def _by_label(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    scores = table["score"].to_numpy(dtype=float)
    is_attack = (table["label"] == Label.ATTACK).to_numpy()
    return scores[~is_attack], scores[is_attack]
