"""One subset (devel or test) of one method's scores, as gradgpad pairs it with annotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.types import FinePai, Label

DEMOGRAPHIC_COLUMNS: Final = ["dataset", "sex", "age", "skin_tone"]

_CODES: Final = {"": 0} | {fine: code for code, fine in enumerate(FinePai, start=1)}


@dataclass(frozen=True)
class GradgpadSubset:
    """The scores of a subset, and what gradgpad knows of its samples.

    Fault (e): gradgpad takes scores in the order of the score file and fine labels in that of its
    annotations, and pairs them by position. Whether a sample is an attack at all it looks up by id
    for EER and demographic figures, and by position for all figures of species.

    Attributes:
        scores: float32 [n], in the order of the score file.
        is_attack: bool [n], in the order of the score file.
        fine_labels: int [n], in the order of the annotations: 0 is bona fide, 1 to 17 are the fine
            species in the order of `FinePai`.
        bona_fide: one row a bona fide sample, in the order of the annotations, with the columns
            `dataset`, `sex`, `age`, `skin_tone` and `score` (float64).
    """

    scores: np.ndarray
    is_attack: np.ndarray
    fine_labels: np.ndarray
    bona_fide: pd.DataFrame

    @classmethod
    def from_scores(cls, scores: Mapping[str, float], annotations: pd.DataFrame) -> Self:
        """Look samples up in the annotations.

        Args:
            scores: attack score by sample id, in the order of the score file.
            annotations: gradgpad's annotations in gradgpad's order, as
                `anomaly_fas.protocols.gradgpad.gradgpad_annotations` gives them.

        Raises:
            DataError: there are no scores, one is no finite number, or a sample is not annotated.
        """
        positions = pd.Index(annotations["sample_id"]).get_indexer(pd.Index(list(scores)))
        values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
        _require_usable(list(scores), values, positions)
        rows = annotations.iloc[positions]
        is_attack = (rows["label"] != Label.BONA_FIDE).to_numpy()
        # From here on in the order of the annotations, which is not that of `scores`.
        order = np.argsort(positions)
        ordered = rows.iloc[order]
        bona_fide = ordered[DEMOGRAPHIC_COLUMNS].assign(score=values[order])
        return cls(
            scores=values.astype(np.float32),
            is_attack=is_attack,
            fine_labels=ordered["pai_fine"].map(_CODES).to_numpy(dtype=np.int64),
            bona_fide=bona_fide[~is_attack[order]].reset_index(drop=True),
        )


def _require_usable(names: list[str], values: np.ndarray, positions: np.ndarray) -> None:
    if not names:
        raise DataError("no scores: gradgpad's figures need scores of its samples")
    unknown, unscored = np.flatnonzero(positions < 0), np.flatnonzero(~np.isfinite(values))
    if unknown.size:
        raise DataError(
            f"{unknown.size} of {len(names)} samples are not annotated by GRAD-GPAD, "
            f"{names[unknown[0]]!r} for one: its figures are for its own sample ids only"
        )
    if unscored.size:
        raise DataError(
            f"{unscored.size} of {len(names)} scores are no finite numbers, that of "
            f"{names[unscored[0]]!r} for one: leave such samples out, as gradgpad does"
        )
