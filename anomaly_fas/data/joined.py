"""Several sources as one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from anomaly_fas.data.source import KIND_COLUMN, AttackSource, Source, kind_of
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import DataKind


class Joined:
    """A `Source` of the samples of others, such as simulated and real ones.

    Their annotations follow one another. A `sample_id` or `dataset` that stands in several of them
    gets the source's name and a dash before it, so that equal names of subjects stay different
    people; a column that one lacks is empty there.

    Args:
        sources: the others, by name.

    Raises:
        ConfigError: no sources, crops of different sizes, or a source of simulated attacks.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        sizes = {name: source.image_size for name, source in self._sources.items()}
        if len(set(sizes.values())) != 1:
            found = ", ".join(f"{name} {size} px" for name, size in sizes.items()) or "none at all"
            raise ConfigError(f"data.sources: crops of one size are needed, and there are {found}")
        self.image_size = next(iter(sizes.values()))
        for name, source in self._sources.items():
            if isinstance(source, AttackSource):
                raise ConfigError(
                    f"data.sources.{name}: attacks are simulated from all sources at once: "
                    "data=simulated_attacks data@data.source=joined"
                )

    @property
    def kind(self) -> DataKind:
        """See `Source`."""
        return kind_of(source.kind for source in self._sources.values())

    @cached_property
    def annotations(self) -> pd.DataFrame:
        """See `Source`; the column `data_kind` says of each sample what its source is.

        Raises:
            DataError: ids that are the same with the source's name before them.
        """
        parts = {name: source.annotations for name, source in self._sources.items()}
        columns = list(dict.fromkeys(column for rows in parts.values() for column in rows))
        named = [
            rows.reindex(columns=columns, fill_value="").assign(
                sample_id=_told_apart("sample_id", name, parts),
                dataset=_told_apart("dataset", name, parts),
                **{KIND_COLUMN: str(self._sources[name].kind)},
            )
            for name, rows in parts.items()
        ]
        rows = pd.concat(named, ignore_index=True)
        repeated = rows["sample_id"][rows["sample_id"].duplicated()]
        if len(repeated):
            raise DataError(
                f"data.sources: {len(repeated)} sample ids stand for two samples, the first "
                f"{repeated.iloc[0]!r}: give the sources other names"
            )
        return rows

    @cached_property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        return np.concatenate([source.frame_counts for source in self._sources.values()])

    @property
    def fingerprint(self) -> str:
        """See `Source`."""
        parts = [f"{name}={source.fingerprint}" for name, source in self._sources.items()]
        return f"joined-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:12]}"

    def prepare(self) -> None:
        """See `Source`."""
        for source in self._sources.values():
            source.prepare()

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`."""
        return np.concatenate(
            [source.frame_counts_before(number) for source in self._sources.values()]
        )

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        place = int(np.searchsorted(self._ends, row, side="right"))
        first = int(self._ends[place - 1]) if place else 0
        return list(self._sources.values())[place].frame(row - first, number)

    @cached_property
    def _ends(self) -> np.ndarray:
        """Behind the last row of each source."""
        return np.cumsum([len(source.annotations) for source in self._sources.values()])


def _told_apart(column: str, name: str, parts: Mapping[str, pd.DataFrame]) -> pd.Series[str]:
    """A column of one source, its name before the values that others have too."""
    own = parts[name][column]
    others = [rows[column] for other, rows in parts.items() if other != name]
    shared = own.isin(pd.concat(others)) if others else pd.Series(data=False, index=own.index)
    return own.mask(shared, f"{name}-" + own)
