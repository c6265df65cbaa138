"""Which train samples the scorers compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anomaly_fas.data.fabricated_rows import is_fabricated
from anomaly_fas.types import Label

if TYPE_CHECKING:
    import pandas as pd


class References(NamedTuple):
    """Positions in the annotations, each class in a balanced order.

    Any beginning of an order is spread as evenly as can be over datasets and species.
    """

    bona_fide: np.ndarray
    attack: np.ndarray


def draw_references(
    rows: pd.DataFrame, chosen: np.ndarray, *, bona_fide: int, attack: int, seed: int
) -> References:
    """Draw references from the rows chosen for training.

    Fabricated attacks are references only where there are no others.

    Args:
        rows: annotation table.
        chosen: positions of the train samples.
        bona_fide: at most so many bona fide samples.
        attack: at most so many attacks.
        seed: seeds the draw.
    """
    rng = np.random.default_rng([seed, 7])
    labels = rows["label"].to_numpy()[chosen]
    species = rows["pai_fine"].where(rows["pai_fine"] != "", rows["pai"])
    groups = (rows["dataset"] + "/" + species).to_numpy(dtype=str)
    attacks = chosen[labels == Label.ATTACK]
    own = attacks[~is_fabricated(rows)[attacks]]
    return References(
        _in_turn(chosen[labels == Label.BONA_FIDE], groups, bona_fide, rng),
        _in_turn(own if own.size else attacks, groups, attack, rng),
    )


def _in_turn(
    candidates: np.ndarray, groups: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Candidates shuffled, one of each group in turn."""
    shuffled = rng.permutation(candidates)
    _, group = np.unique(groups[shuffled], return_inverse=True)
    by_group = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    turn = np.empty(shuffled.size, dtype=np.int64)
    turn[by_group] = np.concatenate([np.arange(size) for size in sizes]) if sizes.size else []
    order = np.lexsort((rng.permutation(sizes.size)[group], turn))
    return shuffled[order][:count]
