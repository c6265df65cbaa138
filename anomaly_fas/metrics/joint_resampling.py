"""Bootstrap replicates of several test sets at once: a subject is drawn for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anomaly_fas.metrics.resampling import Resampling, resample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anomaly_fas.metrics.evaluation import ScoredRun


class Clusters(NamedTuple):
    """What the uncertainty of test figures rests on.

    Attributes:
        number: of subjects, or of samples whose subject is not known.
        strata: groups that subjects are drawn within.
    """

    number: int
    strata: int

    @property
    def freedom(self) -> int:
        """Degrees of freedom that are left of the subjects."""
        return self.number - self.strata


@dataclass(frozen=True)
class JointResampling:
    """Replicates of the devel and test samples of several protocols.

    Test sets of a dataset that share subjects form a stratum, within which as many subjects are
    drawn with replacement as it has; a subject that is drawn k times counts k times in each of
    them. Test sets without common subjects, such as those of folds, are strata of their own. The
    same is done with devel, apart from test.

    Attributes:
        protocols: name to the replicates of its samples.
        subjects: name to the strata and names of its test subjects.
    """

    protocols: Mapping[str, Resampling]
    subjects: Mapping[str, frozenset[tuple[str, str]]]

    def clusters(self, protocols: Iterable[str]) -> Clusters:
        """Of the test sets of some protocols together."""
        known = frozenset[tuple[str, str]]().union(*(self.subjects[name] for name in protocols))
        return Clusters(len(known), len({stratum for stratum, _ in known}))


def joint_resampling(
    runs: Mapping[str, ScoredRun], replicates: int, generator: np.random.Generator
) -> JointResampling:
    """Draw replicates.

    Args:
        runs: protocol to a run under it, whose samples are drawn.
        replicates: their number.
        generator: source of randomness.
    """
    devel = _joined({name: run.devel for name, run in runs.items()})
    test = _joined({name: run.test for name, run in runs.items()})
    drawn = resample(devel, test, replicates, generator)
    of_devel, of_test = (frame["protocol"].to_numpy(dtype=str) for frame in (devel, test))
    return JointResampling(
        {
            name: Resampling(drawn.devel[:, of_devel == name], drawn.test[:, of_test == name])
            for name in runs
        },
        {
            str(name): frozenset(zip(rows["dataset"], rows["subject"], strict=True))
            for name, rows in test.groupby("protocol")
        },
    )


def _joined(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The samples of all tables in order, with their stratum in place of their dataset."""
    rows = pd.concat(
        [
            table[["sample_id", "dataset", "subject"]].assign(protocol=name)
            for name, table in tables.items()
        ],
        ignore_index=True,
    )
    alone = "\0" + rows["sample_id"]
    rows["subject"] = rows["subject"].where(rows["subject"] != "", alone)
    rows["dataset"] += "\0" + _components(rows).astype(str)
    return rows


def _components(rows: pd.DataFrame) -> pd.Series[int]:
    """A number for each row that test sets of a dataset share if subjects connect them."""
    sets = rows.groupby(["dataset", "protocol"], sort=False).ngroup().to_numpy()
    subjects = rows.groupby(["dataset", "subject"], sort=False).ngroup().to_numpy()
    first = int(sets.max(initial=-1)) + 1
    size = first + int(subjects.max(initial=-1)) + 1
    links = coo_array((np.ones(len(rows)), (sets, first + subjects)), shape=(size, size))
    _, component = connected_components(links, directed=False)
    return pd.Series(component[sets], index=rows.index)
