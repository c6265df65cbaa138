"""Which train samples the scorers compare with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from anomaly_fas.data.fabricated_rows import is_fabricated
from anomaly_fas.random_streams import Stream
from anomaly_fas.scorers.scorer import Gallery
from anomaly_fas.types import SPECIES, Label


class References(NamedTuple):
    """Positions in the annotations, each class in a balanced order.

    Any beginning of an order is spread as evenly as can be over datasets and species.
    """

    bona_fide: np.ndarray
    attack: np.ndarray


def draw_references(
    rows: pd.DataFrame, chosen: np.ndarray, *, bona_fide: int, attack: int, seed: int
) -> References:
    """Draw references from the train samples, fabricated attacks only where there are no others.

    Args:
        rows: annotation table.
        chosen: positions of the train samples.
        bona_fide: most bona fide samples.
        attack: most attacks.
        seed: seed of the draw.
    """
    rng = np.random.default_rng([seed, Stream.REFERENCES])
    labels = rows["label"].to_numpy()[chosen]
    groups = (rows["dataset"] + "/" + _finest(rows)).to_numpy(dtype=str)
    attacks = chosen[labels == Label.ATTACK]
    own = attacks[~is_fabricated(rows)[attacks]]
    return References(
        _in_turn(chosen[labels == Label.BONA_FIDE], groups, bona_fide, rng),
        _in_turn(own if own.size else attacks, groups, attack, rng),
    )


def gallery(embedding: Tensor, row: Tensor, rows: pd.DataFrame) -> Gallery:
    """Make the gallery that scorers are fitted to.

    Args:
        embedding: embeddings of the references, shape [R, D].
        row: positions of the references in the annotations, shape [R].
        rows: annotation table.
    """
    chosen = rows.iloc[row.cpu().numpy()]
    is_attack = (chosen["label"] == Label.ATTACK).to_numpy()
    numbers = {str(species): number for number, species in enumerate(SPECIES)}
    species = _finest(chosen)[is_attack].map(numbers).fillna(len(SPECIES)).to_numpy(np.int64)
    attacks = torch.tensor(is_attack, device=embedding.device)
    numbered = torch.tensor(species, device=embedding.device)
    return Gallery(embedding[~attacks], embedding[attacks], numbered)


def _finest(rows: pd.DataFrame) -> pd.Series[str]:
    """The fine species, or the coarse where no finer is annotated."""
    return rows["pai_fine"].where(rows["pai_fine"] != "", rows["pai"])


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
