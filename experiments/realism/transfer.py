"""What simulated captures teach about real ones: the cue of an attack, and a classifier of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

if TYPE_CHECKING:
    from measurements import Measured


def cues(bona_fide: Measured, attacks: Measured) -> dict[str, float]:
    """How far attacks lie from bona fide captures, a scalar at a time.

    Returns:
        Difference of the means in pooled standard deviations (Cohen's d); positive where attacks
        have more of it.
    """
    found = {}
    for name in bona_fide.scalars:
        first, second = bona_fide.scalars[name], attacks.scalars[name]
        pooled = max(float(np.sqrt((first.var() + second.var()) / 2)), 1e-6)
        found[str(name)] = float(second.mean() - first.mean()) / pooled
    return found


def transfer_auc(simulated: tuple[Measured, Measured], real: tuple[Measured, Measured]) -> float:
    """AUC on real captures of a linear discriminant that has seen simulated ones only.

    The statistics are brought to normal distributions by the simulated set's quantiles; the
    covariance is shrunk after Ledoit and Wolf.

    Args:
        simulated: bona fide captures, attacks: trained on.
        real: bona fide captures, attacks: tested on.
    """
    classifier = make_pipeline(
        QuantileTransformer(n_quantiles=50, output_distribution="normal", random_state=0),
        LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
    )
    features, attack = _classes(simulated)
    classifier.fit(features, attack)
    features, attack = _classes(real)
    return float(roc_auc_score(attack, classifier.decision_function(features)))


def _classes(sets: tuple[Measured, Measured]) -> tuple[np.ndarray, np.ndarray]:
    features = [np.hstack([each.scalars.to_numpy(), each.spectra]) for each in sets]
    return np.vstack(features), np.repeat([0, 1], [len(each) for each in features])
