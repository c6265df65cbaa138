"""Take thresholds on devel, and compute every figure of a score table at a threshold."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from anomaly_fas.metrics import curves, error_rates, operating_points
from anomaly_fas.metrics.thresholds import bpcer_threshold, eer_threshold
from anomaly_fas.types import Label

HEADLINE: Final = "eer"
"""Name of the threshold that headline figures are taken at."""

BPCER_TARGETS: Final = {"bpcer_1": 0.01, "bpcer_5": 0.05, "bpcer_10": 0.10}
"""Further thresholds, by the devel BPCER that they allow."""

THRESHOLDS: Final = (HEADLINE, *BPCER_TARGETS)
"""Names of all thresholds, in the order in which they are stored."""

BPCER_AT_APCER: Final = {"bpcer10": 0.10, "bpcer20": 0.05, "bpcer100": 0.01}
"""Operating points by the APCER that they allow, named as ISO/IEC 30107-3 does."""

APCER_AT_BPCER: Final = {
    "apcer_at_bpcer_10": 0.10,
    "apcer_at_bpcer_5": 0.05,
    "apcer_at_bpcer_1": 0.01,
}
"""Operating points by the BPCER that they allow."""

TPR_AT_FPR: Final = {"tpr_at_fpr_1": 0.01}
"""Operating points by the share of all attacks that they accept."""

GROUPINGS: Final = {"": "pai", "_fine": "pai_fine", "_type": "pas_type"}
"""Columns that attacks are grouped by, by the suffix of the figures' names."""

UNNAMED: Final = "unnamed"
"""The group of attacks whose species is not annotated."""


def devel_thresholds(devel: pd.DataFrame) -> dict[str, float]:
    """Take every threshold on devel rows with the columns `label` and `score`, by name.

    Raises:
        DataError: a class is missing.
    """
    bona_fide, attack = by_label(devel)
    thresholds = {HEADLINE: eer_threshold(bona_fide, attack)}
    return thresholds | bona_fide_thresholds(devel)


def bona_fide_thresholds(devel: pd.DataFrame) -> dict[str, float]:
    """Take the thresholds that need no attacks, by name.

    Raises:
        DataError: there are no bona fide samples.
    """
    bona_fide, _ = by_label(devel)
    return {name: bpcer_threshold(bona_fide, target) for name, target in BPCER_TARGETS.items()}


def error_figures(table: pd.DataFrame, threshold: float) -> dict[str, float]:
    """Compute the error rates of one split at one threshold, and figures without a threshold.

    Args:
        table: columns `label`, `pai`, `pai_fine`, `pas_type` and `score`, one row a sample. A score
            that is NaN is a non-response, and counts in `apnrr` and `bpnrr` only.
        threshold: the decision threshold.

    Returns:
        Fractions by name: `apcer` and `acer` over coarse species, `apcer_fine` and `acer_fine`
        over fine ones, `apcer_type` and `acer_type` over PAI types, `acer_weighted` (species
        weighted by their samples), `bpcer`, `hter`, `eer`, `auc`, the operating points `bpcer10`,
        `bpcer20`, `bpcer100` and `apcer_at_bpcer_10`, `…_5`, `…_1` over coarse species,
        `tpr_at_fpr_1` over all attacks, `apnrr` and `bpnrr`; and each group's own as
        `apcer/<species>`, `apcer_fine/<species>`, `apcer_type/<type>`, `apnrr/<species>`. Attacks
        of no named species form one of their own, `unnamed`; figures over fine species or types are
        left out where the table names none.

    Raises:
        DataError: a class is missing.
    """
    bona_fide, attack = by_label(table)
    attacks = answered(table[table["label"] == Label.ATTACK])
    rejected = error_rates.bpcer(bona_fide, threshold)
    pooled = error_rates.hter(error_rates.apcer(attack, threshold), rejected)
    figures = {
        "bpcer": rejected,
        "hter": pooled,
        # Weighting each species' APCER by its samples is pooling them.
        "acer_weighted": pooled,
        "eer": curves.eer(bona_fide, attack),
        "auc": curves.auc(bona_fide, attack),
    }
    for suffix, species in attack_groups(attacks).items():
        per_species = error_rates.apcer_per_species(attack, species, threshold)
        _, worst = error_rates.worst_species(per_species)
        figures[f"apcer{suffix}"] = worst
        figures[f"acer{suffix}"] = error_rates.acer(worst, rejected)
        figures |= {f"apcer{suffix}/{name}": rate for name, rate in per_species.items()}
    return figures | _operating_points(bona_fide, attacks) | _non_response(table)


def attack_groups(attacks: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Return the group of each attack under every grouping that the table has, by suffix."""
    coarse = attacks["pai"].where(attacks["pai"] != "", UNNAMED)
    groups = {"": coarse}
    for suffix, column in GROUPINGS.items():
        if suffix and column in attacks and (attacks[column] != "").any():
            fallback = coarse if column == "pai_fine" else UNNAMED
            groups[suffix] = attacks[column].where(attacks[column] != "", fallback)
    return groups


def by_label(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of bona fide samples and of attacks, without missing ones."""
    rows = answered(table)
    scores = rows["score"].to_numpy(dtype=float)
    is_attack = (rows["label"] == Label.ATTACK).to_numpy()
    return scores[~is_attack], scores[is_attack]


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a score."""
    return table[table["score"].notna()]


def _operating_points(bona_fide: np.ndarray, attacks: pd.DataFrame) -> dict[str, float]:
    scores, species = attacks["score"].to_numpy(dtype=float), attack_groups(attacks)[""].to_numpy()
    figures = {}
    for name, bound in BPCER_AT_APCER.items():
        figures[name] = operating_points.bpcer_at_apcer(bona_fide, scores, species, bound).bpcer
    for name, bound in APCER_AT_BPCER.items():
        figures[name] = operating_points.apcer_at_bpcer(bona_fide, scores, species, bound).apcer
    for name, bound in TPR_AT_FPR.items():
        figures[name] = operating_points.tpr_at_fpr(bona_fide, scores, bound)
    return figures


def _non_response(table: pd.DataFrame) -> dict[str, float]:
    is_attack = table["label"] == Label.ATTACK
    attacks = table[is_attack]
    figures = {
        "apnrr": error_rates.non_response_rate(attacks["score"]),
        "bpnrr": error_rates.non_response_rate(table.loc[~is_attack, "score"]),
    }
    for species, rows in attacks.groupby(attack_groups(attacks)[""]):
        figures[f"apnrr/{species}"] = error_rates.non_response_rate(rows["score"])
    return figures
