"""Give a detector new references and thresholds, without training its network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import torch

from anomaly_fas.data.references import gallery
from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.models.detector import Detector
from anomaly_fas.output import Output
from anomaly_fas.types import Label

FOLDS: Final = 50
"""Largest number of folds of references held out in turn; fewer pairs have a fold each."""


class ReferenceOutputs(NamedTuple):
    """Outputs of a network for reference samples.

    Attributes:
        output: outputs with one row per reference, each class in a balanced order.
        rows: annotation table of the references.
    """

    output: Output
    rows: pd.DataFrame

    @property
    def is_attack(self) -> np.ndarray:
        """Whether each reference is an attack."""
        attacks: np.ndarray = (self.rows["label"] == Label.ATTACK).to_numpy()
        return attacks

    @property
    def fewest(self) -> int:
        """Number of references of the rarer class."""
        return int(min(self.is_attack.sum(), (~self.is_attack).sum()))


def taken(output: Output, rows: np.ndarray) -> Output:
    """Select rows of an output."""
    return Output._make(None if part is None else part[rows] for part in output)


def joined(outputs: Sequence[Output]) -> Output:
    """Join the outputs of several batches."""
    parts = zip(*outputs, strict=True)
    return Output._make(None if part[0] is None else torch.cat(part) for part in parts)


def adapt(detector: Detector, references: ReferenceOutputs, least: int) -> bool:
    """Fit a detector's scorers to references, and take thresholds if there are enough of them.

    The thresholds are those of `held_out_scores`.

    Args:
        detector: detector to change in place.
        references: references that replace the detector's own.
        least: smallest number of references of each class to take thresholds from.

    Returns:
        Whether the thresholds are new; else they are unchanged.
    """
    is_enough = references.fewest >= max(least, 2)
    if is_enough:
        labels = references.rows["label"].to_numpy()
        for name, scores in held_out_scores(detector, references).items():
            table = pd.DataFrame({"label": labels, "score": scores})
            detector.set_thresholds(name, devel_thresholds(table))
    fit_scorers(detector, references)
    return is_enough


def fit_scorers(detector: Detector, references: ReferenceOutputs) -> None:
    """Fit every scorer to references.

    Raises:
        DataError: a class is missing that a scorer needs.
    """
    positions = torch.arange(len(references.rows))
    fitted_to = gallery(references.output.embedding, positions, references.rows)
    scorers: list[Any] = list(detector.scorers.values())
    for scorer in scorers:
        scorer.fit(fitted_to)


def held_out_scores(detector: Detector, references: ReferenceOutputs) -> dict[str, np.ndarray]:
    """Score references, each by scorers that are fitted without it.

    A bona fide reference and an attack are left out together, so that the class that has fewer left
    does not give a reference away. Of more than 50 of the rarer class, several are left out at
    once. Others of its subject stay, so bona fide references may score lower than new people will.

    Args:
        detector: detector whose scorers are fitted again, last without the last references.
        references: two or more references of each class.

    Returns:
        Scorer to scores, float64, shape [references].
    """
    is_attack = references.is_attack
    folds = min(references.fewest, FOLDS)
    fold = np.empty(len(is_attack), dtype=np.int64)
    for members in (is_attack, ~is_attack):
        fold[members] = np.arange(members.sum()) % folds
    scores = {name: np.empty(len(is_attack)) for name in detector.scorers}
    for number in range(folds):
        kept, out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        rows = references.rows.iloc[kept]
        fit_scorers(detector, ReferenceOutputs(taken(references.output, kept), rows))
        for name, scored in detector.scores(taken(references.output, out)).items():
            scores[name][out] = scored.double().numpy()
    return scores
