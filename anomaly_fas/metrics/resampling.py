"""Draw bootstrap replicates of whole subjects, alike in all test sets that have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anomaly_fas.metrics.scored_run import ScoredRun

_CHUNK = 100
"""Replicates that are worked on at a time, which bounds the memory."""


class Clusters(NamedTuple):
    """Number of subjects of test figures, and of strata that the subjects are drawn within.

    A sample of an unknown subject counts as a subject.
    """

    number: int
    strata: int

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the variance between subjects."""
        return self.number - self.strata


@dataclass(frozen=True)
class Resampling:
    """Replicates of the samples of devel and of test.

    Methods that scored the same samples share the replicates, which makes their comparison a paired
    one.

    Attributes:
        devel: how often each devel sample is drawn, uint8, shape [replicates, n].
        test: the same of test samples.
    """

    devel: np.ndarray
    test: np.ndarray

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.test)

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield devel and test weights, float32, some replicates at a time."""
        for start in range(0, self.replicates, _CHUNK):
            part = slice(start, start + _CHUNK)
            yield self.devel[part].astype(np.float32), self.test[part].astype(np.float32)


@dataclass(frozen=True)
class JointResampling:
    """Replicates of the devel and test samples of several protocols.

    Attributes:
        protocols: name to the replicates of its samples.
        subjects: name to the strata and names of its test subjects.
    """

    protocols: Mapping[str, Resampling]
    subjects: Mapping[str, frozenset[tuple[str, str]]]

    def clusters(self, protocols: Iterable[str]) -> Clusters:
        """Count subjects and strata of the test sets of some protocols together."""
        names = frozenset[tuple[str, str]]().union(*(self.subjects[name] for name in protocols))
        return Clusters(len(names), len({stratum for stratum, _ in names}))


def joint_resampling(
    runs: Mapping[str, ScoredRun], replicates: int, generator: np.random.Generator
) -> JointResampling:
    """Draw replicates of the samples of several protocols at once.

    Test sets of one dataset that share subjects, directly or through others, form a stratum. Within
    each, as many subjects are drawn with replacement as it has, and with a subject all its samples
    in all of these sets: a subject that is drawn k times counts k times in each. So figures of
    different protocols, and methods under them, vary together where they rest on the same people.
    Test sets without common subjects, such as those of folds, are strata of their own, as their
    sizes are fixed by the protocol. A single protocol has one stratum for each dataset. A sample of
    an unknown subject is drawn by itself. The same is done with devel, apart from test.

    Args:
        runs: protocol to a run under it, whose samples are drawn.
        replicates: number of replicates.
        generator: source of randomness.
    """
    devel, _ = _draw({name: run.devel for name, run in runs.items()}, replicates, generator)
    test, rows = _draw({name: run.test for name, run in runs.items()}, replicates, generator)
    return JointResampling(
        {name: Resampling(devel[name], test[name]) for name in runs},
        {
            str(name): frozenset(zip(table["stratum"], table["subject"], strict=True))
            for name, table in rows.groupby("protocol")
        },
    )


def resample(
    devel: pd.DataFrame, test: pd.DataFrame, replicates: int, generator: np.random.Generator
) -> Resampling:
    """Draw replicates of a single protocol, as `joint_resampling` does.

    Args:
        devel: columns `sample_id`, `dataset` and `subject`, one row per sample.
        test: the same of the test split.
        replicates: number of replicates.
        generator: source of randomness.
    """
    return Resampling(*(_draw({"": rows}, replicates, generator)[0][""] for rows in (devel, test)))


def _draw(
    tables: Mapping[str, pd.DataFrame], replicates: int, generator: np.random.Generator
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Return weights by table, uint8, [replicates, n], and all rows with their stratum."""
    rows = pd.concat(
        [
            table[["sample_id", "dataset", "subject"]].assign(protocol=name)
            for name, table in tables.items()
        ],
        ignore_index=True,
    )
    is_unknown = rows["subject"] == ""
    rows["subject"] = rows["subject"].mask(is_unknown, "\0" + rows["sample_id"])
    rows["stratum"] = rows["dataset"] + "\0" + _components(rows).astype(str)
    weights = np.empty((replicates, len(rows)), np.uint8)
    cluster = rows.groupby(["stratum", "subject"], sort=False).ngroup().to_numpy()
    for positions in rows.groupby("stratum").indices.values():
        distinct, number = np.unique(cluster[positions], return_inverse=True)
        drawn = generator.integers(distinct.size, size=(replicates, distinct.size))
        drawn += distinct.size * np.arange(replicates)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=replicates * distinct.size)
        weights[:, positions] = counts.reshape(replicates, distinct.size)[:, number]
    protocol = rows["protocol"].to_numpy(dtype=str)
    return {name: weights[:, protocol == name] for name in tables}, rows


def _components(rows: pd.DataFrame) -> pd.Series[int]:
    """Number the rows; test sets of a dataset share a number if subjects connect them."""
    if rows.empty:
        return pd.Series(dtype=int)
    sets = rows.groupby(["dataset", "protocol"], sort=False).ngroup().to_numpy()
    subjects = rows.groupby(["dataset", "subject"], sort=False).ngroup().to_numpy()
    first = int(sets.max()) + 1
    size = first + int(subjects.max()) + 1
    links = coo_array((np.ones(len(rows)), (sets, first + subjects)), shape=(size, size))
    _, component = connected_components(links, directed=False)
    return pd.Series(component[sets], index=rows.index)
