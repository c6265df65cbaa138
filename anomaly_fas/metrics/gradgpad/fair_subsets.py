"""gradgpad's demographic subsets: as many bona fide samples of each group in each dataset."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from anomaly_fas.types import Age, Sex, SkinTone

if TYPE_CHECKING:
    from enum import StrEnum

    import pandas as pd

Demographic = Literal["sex", "age", "skin_tone"]

GROUPS: Final[dict[Demographic, type[StrEnum]]] = {"sex": Sex, "age": Age, "skin_tone": SkinTone}

SEX_NOT_READ: Final = frozenset(
    {
        "hkbuv2",
        "replay-attack",
        "replay-mobile",
        "rose-youtu",
        "siw",
        "siw-m",
        "threedmad",
        "uvad",
    }
)
"""Datasets whose bona fide annotations have the sex under the name of `gender`."""


def fair_subsets(bona_fide: pd.DataFrame, demographic: Demographic) -> dict[str, np.ndarray]:
    """The scores that gradgpad compares groups on.

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
