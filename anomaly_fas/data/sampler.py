"""Balanced batches that depend on nothing but seed, epoch and step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from torch.utils.data import Sampler

from anomaly_fas.data.fabricated_rows import is_fabricated
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Label


class FrameKey(NamedTuple):
    """One item of a training batch.

    Attributes:
        row: position of the sample in the annotations.
        frame: number of the frame.
        epoch: the epoch that it is drawn in.
        step: the step within the epoch.
        position: a number of its own in the global batch, over all ranks.
    """

    row: int
    frame: int
    epoch: int
    step: int
    position: int


class BalancedBatches(Sampler[list[FrameKey]]):
    """Batches balanced between bona fide and attack, and inside each class over datasets.

    Inside a dataset, species, then subjects, then samples are drawn evenly, and a frame of the
    sample. A batch is one draw for all ranks, of which each takes its own part, without repeating
    a sample as long as the class has enough of them. Each rank's part has at least two bona fide
    samples and two attacks (one where the data has one), so it always holds valid triplets.

    Membership is a pure function of seed, epoch and step: resuming needs `resume_at` and no state.

    Args:
        rows: annotation table.
        chosen: positions of the rows that may be drawn.
        frame_counts: number of frames of each row.
        batch_size: of one rank.
        bona_fide_share: share of bona fide samples in a batch, in (0, 1).
        steps: batches an epoch.
        seed: seeds the draws.
        fabricated_share: of the attacks of a batch, where there are others too.
        rank: of this process.
        world_size: number of processes.

    Raises:
        ConfigError: a batch too small for triplets.
        DataError: fewer than two bona fide samples, or no attack.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        chosen: np.ndarray,
        frame_counts: np.ndarray,
        *,
        batch_size: int,
        bona_fide_share: float,
        steps: int,
        seed: int,
        fabricated_share: float = 0.5,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        bona_fide_size = round(batch_size * bona_fide_share)
        attack_size = batch_size - bona_fide_size
        if min(bona_fide_size, attack_size) < 2:
            raise ConfigError(
                f"sampler: a batch of {batch_size} with a bona fide share of {bona_fide_share} "
                f"has {bona_fide_size} bona fide samples and {attack_size} attacks; "
                "triplets need two of each. Raise batch_size or change bona_fide_share."
            )
        is_attack = (rows["label"] == Label.ATTACK).to_numpy()[chosen]
        fabricated = is_fabricated(rows)[chosen]
        bona_fide, attack, made = (
            _Strata(rows, chosen[those])
            for those in (~is_attack, is_attack & ~fabricated, fabricated)
        )
        if bona_fide.size < 2 or attack.size + made.size < 1:
            raise DataError(
                f"triplets need two bona fide samples and an attack to train on, and there are "
                f"{bona_fide.size} and {attack.size + made.size}"
            )
        if not (attack.size and made.size):
            fabricated_share = float(made.size > 0)
        made_size = round(attack_size * fabricated_share)
        # Of each part: where it draws from, how much of a rank's batch, and its first place.
        self._parts = (
            (bona_fide, bona_fide_size, 0, False),
            (attack, attack_size - made_size, 0, True),
            (made, made_size, attack_size - made_size, True),
        )
        self._frame_counts = frame_counts
        self._steps = steps
        self._seed = seed
        self._rank, self._world_size = rank, world_size
        self._epoch, self._first_step = 0, 0

    @property
    def sampler(self) -> Self:
        """Itself: Lightning looks for `set_epoch` at a batch sampler's sampler."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Go on to an epoch, from its first step unless it is the one resumed in."""
        if epoch != self._epoch:
            self._epoch, self._first_step = epoch, 0

    def resume_at(self, global_step: int) -> None:
        """Start where a run stands that has taken so many steps."""
        self._epoch, self._first_step = divmod(global_step, self._steps)

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[list[FrameKey]]:
        epoch, first = self._epoch, self._first_step
        for step in range(first, self._steps):
            yield self.batch(epoch, step)

    def batch(self, epoch: int, step: int) -> list[FrameKey]:
        """This rank's batch of a step."""
        rng = np.random.default_rng([self._seed, epoch, step])
        keys = []
        for strata, size, first, is_attack in self._parts:
            if not size:
                continue
            drawn = strata.draw(rng, size * self._world_size)
            frames = (rng.random(drawn.size) * self._frame_counts[drawn]).astype(int)
            for place in range(self._rank * size, (self._rank + 1) * size):
                position = 2 * (first * self._world_size + place) + is_attack
                keys.append(FrameKey(int(drawn[place]), int(frames[place]), epoch, step, position))
        return keys


class _Strata:
    """The rows of one class, as a tree: dataset, species, subject, sample."""

    def __init__(self, rows: pd.DataFrame, chosen: np.ndarray) -> None:
        self.size = chosen.size
        codes = [_codes(level) for level in _levels(rows, chosen)]
        order = np.lexsort(codes[::-1])
        self._rows = chosen[order]
        changed = np.zeros(chosen.size, dtype=bool)
        changed[:1] = True
        starts = []
        for code in codes:
            in_order = code[order]
            changed[1:] |= in_order[1:] != in_order[:-1]
            starts.append(np.flatnonzero(changed))
        ends = [*starts[1:], np.arange(chosen.size)]
        # Node i of a level spans the nodes first[i] to first[i + 1] - 1 of the level below.
        self._first = [
            np.append(np.searchsorted(below, own), below.size)
            for own, below in zip(starts, ends, strict=True)
        ]

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Rows drawn evenly down the tree and distinct; all rows in turn if there are too few."""
        if count > self.size:
            return np.resize(rng.permutation(self._rows), count)
        datasets = self._first[0].size - 1
        rounds = [rng.permutation(datasets) for _ in range(-(-count // datasets))]
        dataset = np.concatenate(rounds)[:count]
        drawn = self._descend(rng, dataset)
        for _ in range(8):
            repeated = _repeats(drawn)
            if not repeated.any():
                return drawn
            drawn[repeated] = self._descend(rng, dataset[repeated])
        repeated = _repeats(drawn)
        # So many rows, all distinct, that enough of them are not drawn yet.
        others = self._rows[rng.choice(self.size, count, replace=False)]
        drawn[repeated] = others[~np.isin(others, drawn)][: repeated.sum()]
        return drawn

    def _descend(self, rng: np.random.Generator, nodes: np.ndarray) -> np.ndarray:
        """A row below each dataset, drawn level by level."""
        for first in self._first:
            low, high = first[nodes], first[nodes + 1]
            nodes = low + (rng.random(nodes.size) * (high - low)).astype(np.int64)
        drawn: np.ndarray = self._rows[nodes]
        return drawn


def _levels(rows: pd.DataFrame, chosen: np.ndarray) -> Iterator[pd.Series[str]]:
    """The columns that make the tree, of the chosen rows alone, one at a time."""
    yield rows["dataset"].take(chosen)
    fine = rows["pai_fine"].take(chosen).astype(str)
    yield fine.where(fine != "", rows["pai"].take(chosen).astype(str))
    yield rows["subject"].take(chosen)


def _codes(values: pd.Series[str]) -> np.ndarray:
    """The rank of each value among those that there are; only distinct ones are sorted."""
    codes, found = pd.factorize(values, use_na_sentinel=False)
    ranks: np.ndarray = np.unique(np.asarray(found, dtype=str), return_inverse=True)[1]
    return ranks.astype(np.int32)[codes]


def _repeats(drawn: np.ndarray) -> np.ndarray:
    """Which entries stand earlier already."""
    repeated = np.ones(drawn.size, dtype=bool)
    repeated[np.unique(drawn, return_index=True)[1]] = False
    return repeated
