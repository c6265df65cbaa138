"""Compute figures in every bootstrap replicate, with thresholds taken on devel in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from anomaly_fas.metrics.analysis import (
    APCER_AT_BPCER,
    BPCER_AT_APCER,
    BPCER_TARGETS,
    HEADLINE,
    TPR_AT_FPR,
    attack_groups,
)
from anomaly_fas.metrics.groups import Group, Part, derived, parts, presentations, whole
from anomaly_fas.metrics.resampling import Resampling
from anomaly_fas.metrics.weighted_curves import WeightedRoc, WeightedScores
from anomaly_fas.types import Label

Figures = dict[str, dict[Part, dict[str, np.ndarray]]]
"""Threshold to part of the data to figure; an array has one value a replicate."""


def replicate_figures(
    devel: pd.DataFrame,
    test: pd.DataFrame,
    resampling: Resampling,
    fixed: Mapping[str, float] | None = None,
    headline: str = HEADLINE,
    names: Collection[str] | None = None,
) -> Figures:
    """Compute the figures of `error_figures`, and those of parts of the data, in each replicate.

    Args:
        devel: score rows of one scorer, one a sample, as `resampling` was drawn for.
        test: the same of test.
        resampling: what is drawn in each replicate.
        fixed: thresholds that do not come from devel, by name.
        headline: threshold that the figures of parts of the data are taken at.
        names: figures of all test samples at the headline threshold to compute, such as
            `("eer", "acer")`; None for every figure.

    Returns:
        For every threshold the figures of all test samples (`Part()`); for the headline threshold
        also those of each part of them, and of all samples the figures without a threshold. A rate
        of which a replicate drew no sample, or whose threshold it cannot take, is NaN there.

    Raises:
        DataError: a class is missing on devel.
    """
    samples = _TestSamples(test, headline, names)
    collected: dict[tuple[str, Part, str], list[np.ndarray]] = defaultdict(list)
    with np.errstate(divide="ignore", invalid="ignore"):
        for devel_weights, test_weights in resampling.chunks():
            thresholds = _devel_thresholds(
                devel, devel_weights, None if names is None else headline
            )
            for name, value in (fixed or {}).items():
                thresholds[name] = np.full(len(test_weights), value)
            for key, values in samples.figures(test_weights, thresholds).items():
                collected[key].append(values)
    figures: Figures = {}
    for (threshold, part, name), chunks in collected.items():
        figures.setdefault(threshold, {}).setdefault(part, {})[name] = np.concatenate(chunks)
    return figures


def det_replicates(test: pd.DataFrame, resampling: Resampling, apcer: np.ndarray) -> np.ndarray:
    """Compute the smallest BPCER that keeps each pooled APCER, in each replicate.

    Args:
        test: score rows of one scorer.
        resampling: what is drawn.
        apcer: bounds, fractions, shape [g].

    Returns:
        Fractions, shape [replicates, g].
    """
    samples = _TestSamples(test, HEADLINE, ())
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate(
            [samples.roc(weights).bpcer_at(apcer) for _, weights in resampling.chunks()]
        )


def _devel_thresholds(
    devel: pd.DataFrame, weights: np.ndarray, only: str | None
) -> dict[str, np.ndarray]:
    """Take each threshold, or one alone, in each replicate."""
    scores = devel["score"].to_numpy(dtype=np.float64)
    bona_fide, attack = (_members(devel, label) for label in Label)
    targets = {name: target for name, target in BPCER_TARGETS.items() if only in (None, name)}
    thresholds: dict[str, np.ndarray] = {}
    if bona_fide.size and attack.size and only in (None, HEADLINE):
        thresholds[HEADLINE] = _roc(scores, bona_fide, attack, weights).eer_threshold()
    if bona_fide.size and targets:
        accepted = WeightedScores(scores[bona_fide], weights[:, bona_fide])
        for name, target in targets.items():
            thresholds[name] = accepted.rejection_threshold(target)
    return thresholds


class _TestSamples:
    """Test samples in the form that error rates at any threshold are computed from."""

    def __init__(self, test: pd.DataFrame, headline: str, names: Collection[str] | None) -> None:
        self._headline = headline
        self._names = None if names is None else frozenset(names)
        self._scores = test["score"].to_numpy(dtype=np.float64)
        self._bona_fide, self._attack = (_members(test, label) for label in Label)
        species = attack_groups(test.iloc[self._attack])[""].to_numpy(dtype=str)
        self._species = [self._attack[species == name] for name in np.unique(species)]
        self._whole = whole(test)
        self._groups = [*self._whole, *(parts(test) if self._names is None else ())]
        self._one_hot = np.stack([group.members for group in self._groups], axis=1).astype(
            np.float32
        )
        missing = test["score"].isna().to_numpy()
        self._presented = {
            name: np.isin(np.arange(len(test)), members).astype(np.float32)
            for name, members in presentations(test).items()
        }
        self._unanswered = {name: own * missing for name, own in self._presented.items()}

    def figures(
        self, weights: np.ndarray, thresholds: dict[str, np.ndarray]
    ) -> dict[tuple[str, Part, str], np.ndarray]:
        """Compute all figures of some replicates, or those with the names asked for."""
        totals = (weights @ self._one_hot).astype(np.float64)
        found: dict[tuple[str, Part, str], np.ndarray] = {}
        for threshold, values in thresholds.items():
            groups = self._groups if threshold == self._headline else self._whole
            for part, rates in self._rates(weights, values, groups, totals).items():
                found |= {(threshold, part, name): rate for name, rate in derived(rates).items()}
        free = self._threshold_free(weights) | self._operating_points(weights)
        free |= self._non_response(weights)
        found |= {(self._headline, Part(), name): values for name, values in free.items()}
        return {key: values for key, values in found.items() if self._has(key[2])}

    def _has(self, *names: str) -> bool:
        """Whether one of some figures was chosen."""
        return self._names is None or not self._names.isdisjoint(names)

    def roc(self, weights: np.ndarray) -> WeightedRoc:
        """Pair both classes over their scores."""
        return _roc(self._scores, self._bona_fide, self._attack, weights)

    def _rates(
        self, weights: np.ndarray, threshold: np.ndarray, groups: list[Group], totals: np.ndarray
    ) -> dict[Part, dict[str, np.ndarray]]:
        # Counts below 2^24 are exact in single precision.
        accepted = (weights * (self._scores < threshold[:, None])) @ self._one_hot
        rates: dict[Part, dict[str, np.ndarray]] = defaultdict(dict)
        for column, group in enumerate(groups):
            errors, total = accepted[:, column].astype(np.float64), totals[:, column]
            rate = (total - errors) / total if group.is_bona_fide else errors / total
            rates[group.part][group.figure] = np.where(np.isnan(threshold), np.nan, rate)
        return rates

    def _threshold_free(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        if not self._has("eer", "auc", *TPR_AT_FPR):
            return {}
        roc = self.roc(weights)
        tpr = 1 - roc.bpcer_at(np.array([*TPR_AT_FPR.values()]))
        return {"eer": roc.eer(), "auc": roc.auc(), **dict(zip(TPR_AT_FPR, tpr.T, strict=True))}

    def _operating_points(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        if not self._has(*BPCER_AT_APCER, *APCER_AT_BPCER):
            return {}
        figures = {}
        accepted = WeightedScores(self._scores[self._bona_fide], weights[:, self._bona_fide])
        species = [WeightedScores(self._scores[rows], weights[:, rows]) for rows in self._species]
        for name, bound in BPCER_AT_APCER.items():
            threshold = np.min([own.first_beyond(bound) for own in species], axis=0)
            figures[name] = accepted.rejected(threshold)
        for name, bound in APCER_AT_BPCER.items():
            threshold = np.nextafter(accepted.highest_accepted(bound), np.inf)
            figures[name] = np.fmax.reduce([own.below(threshold) / own.total for own in species])
        return figures

    def _non_response(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        presented = {name: weights @ members for name, members in self._presented.items()}
        return {
            name: (weights @ members) / presented[name]
            for name, members in self._unanswered.items()
        }


def _roc(
    scores: np.ndarray, bona_fide: np.ndarray, attack: np.ndarray, weights: np.ndarray
) -> WeightedRoc:
    return WeightedRoc(scores[bona_fide], scores[attack], weights[:, bona_fide], weights[:, attack])


def _members(rows: pd.DataFrame, label: Label) -> np.ndarray:
    """Return the positions of the answered rows of a class."""
    return np.flatnonzero(rows["score"].notna() & (rows["label"] == label))
