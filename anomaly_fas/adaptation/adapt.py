"""New references and thresholds for a detector whose network stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import torch

from anomaly_fas.data.references import gallery
from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.output import Output
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.models.detector import Detector

FOLDS: Final = 50
"""Of references held out in turn; below so many pairs, each pair is a fold of its own."""


class ReferenceOutputs(NamedTuple):
    """What a network makes of reference samples.

    Attributes:
        output: one row a reference, each class in a balanced order.
        rows: annotation table of the same.
    """

    output: Output
    rows: pd.DataFrame

    @property
    def is_attack(self) -> np.ndarray:
        """Which are attacks, bool."""
        attacks: np.ndarray = (self.rows["label"] == Label.ATTACK).to_numpy()
        return attacks

    @property
    def fewest(self) -> int:
        """References of the class that has fewer."""
        return int(min(self.is_attack.sum(), (~self.is_attack).sum()))

    def only(self, kept: np.ndarray) -> ReferenceOutputs:
        """Some of them, by their positions."""
        return ReferenceOutputs(taken(self.output, kept), self.rows.iloc[kept])


def taken(output: Output, rows: np.ndarray) -> Output:
    """Some rows of an output."""
    chosen = torch.from_numpy(rows)
    return Output._make(None if part is None else part[chosen] for part in output)


def joined(outputs: Sequence[Output]) -> Output:
    """The output of several batches."""
    parts = zip(*outputs, strict=True)
    return Output._make(None if part[0] is None else torch.cat(part) for part in parts)


def adapt(detector: Detector, references: ReferenceOutputs, least: int) -> bool:
    """Give a detector's scorers new references, and thresholds where there are enough of them.

    The thresholds are those of the references' own scores, each scored against others only: see
    `held_out_scores`.

    Args:
        detector: changed in place.
        references: those that are to take the place of its own.
        least: references of each class from which on thresholds are taken.

    Returns:
        Whether the thresholds are new; else they are as they were.
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
    made = gallery(references.output.embedding, positions, references.rows)
    scorers: list[Any] = list(detector.scorers.values())
    for scorer in scorers:
        scorer.fit(made)


def held_out_scores(detector: Detector, references: ReferenceOutputs) -> dict[str, np.ndarray]:
    """Scores of references, each by scorers that were fitted without it.

    A bona fide reference and an attack are left out together, so that none tells its class by
    which class has fewer left. Of more than 50 of the rarer class, several are left out at once.
    Others of its subject stay, so bona fide references may score lower than new people will.

    Args:
        detector: its scorers are fitted anew, and left as they were for the last references.
        references: two or more of each class.

    Returns:
        Scorer to scores, float64, shape [references].
    """
    is_attack = references.is_attack
    folds = min(references.fewest, FOLDS)
    fold = np.empty(len(is_attack), dtype=np.int64)
    for own in (is_attack, ~is_attack):
        fold[own] = np.arange(own.sum()) % folds
    scores = {name: np.empty(len(is_attack)) for name in detector.scorers}
    for number in range(folds):
        fit_scorers(detector, references.only(np.flatnonzero(fold != number)))
        out = np.flatnonzero(fold == number)
        for name, found in detector.scores(taken(references.output, out)).items():
            scores[name][out] = found.double().numpy()
    return scores
