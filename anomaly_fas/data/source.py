"""Define a data set for the rest of the package: annotations and face crops."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from anomaly_fas.data.fabricated_rows import is_fabricated
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import Lists, Selection, select
from anomaly_fas.types import DataKind, Split

KIND_COLUMN: Final = "data_kind"
"""Column of an annotation table: the kind of each sample, where a source holds several."""


class Source(Protocol):
    """Annotated samples and their face crops.

    `conf/data/NAME.yaml` names the class and all of its arguments: commands add none. A source that
    keeps a cache takes its place as `cache_dir: ${paths.cache_dir}`: what refers to `paths` follows
    the command line of whichever command opens the data.

    Attributes:
        kind: whether its images are simulated, real or mixed.
        image_size: side of its square crops in pixels.
    """

    kind: DataKind
    image_size: int

    @property
    def annotations(self) -> pd.DataFrame:
        """One row a sample, with at least the columns of `ANNOTATION_COLUMNS`."""
        ...

    @property
    def frame_counts(self) -> np.ndarray:
        """Number of frames of each sample, int64, one a row of the annotations."""
        ...

    @property
    def fingerprint(self) -> str:
        """Letters that a file may be named after; others whenever a crop may be another one.

        It is asked for after `prepare`.
        """
        ...

    def prepare(self) -> None:
        """Make all crops, once and before anything asks for one.

        Raises:
            DataError: some samples cannot be read; the message names them all.
        """
        ...

    def frame_counts_before(self, number: int) -> np.ndarray:
        """How many of each sample's frames are among the first `number` of its capture, int64."""
        ...

    def frame(self, row: int, number: int) -> np.ndarray:
        """One face crop: sRGB, uint8, shape [image_size, image_size, 3], which torch may view.

        Args:
            row: position in the annotations.
            number: of the frame, from 0.
        """
        ...


@runtime_checkable
class AttackSource(Protocol):
    """The further methods of a `Source` that adds attacks of its own making to another.

    Attributes:
        share: share of the attacks in a training batch that are its own, where there are others.
    """

    share: float

    def serving(self, selection: Selection) -> Selection:
        """Leave samples out of the splits that they do not serve."""
        ...

    def train_frame(self, row: int, number: int, seed: int) -> np.ndarray:
        """Draw a crop to train on, the same one for the same seed; see `Source.frame`."""
        ...

    def for_training(self) -> Source:
        """The source whose `frame` gives training images, for features that are measured once."""
        ...


def select_from(
    source: Source,
    protocol: PadProtocol,
    lists: Lists = "leak_free",
    needed: Sequence[Split] = tuple(Split),
) -> Selection:
    """Apply a protocol to a source, which may leave out further samples; see `select`."""
    selection = select(protocol, source.annotations, lists, needed)
    return source.serving(selection) if isinstance(source, AttackSource) else selection


def kind_of(kinds: Iterable[str]) -> DataKind:
    """The kind of a set of samples of these kinds, at least one.

    Example:
        >>> kind_of(["real", "real"]), kind_of(["real", "simulated"])
        (<DataKind.REAL: 'real'>, <DataKind.MIXED: 'mixed'>)
    """
    distinct = set(kinds)
    return DataKind(distinct.pop()) if len(distinct) == 1 else DataKind.MIXED


def run_kind(rows: pd.DataFrame, selection: Selection, kind: DataKind) -> str:
    """The kind of a run's figures: that of its test samples.

    Another kind of the train samples precedes it: `simulated_to_real`. Fabricated test attacks are
    a simulation, whatever they are made from.

    Args:
        rows: annotation table.
        selection: positions of the rows of each split.
        kind: kind of all rows, where they have no column for it.
    """
    if is_fabricated(rows)[selection[Split.TEST]].any():
        return str(DataKind.SIMULATED)
    if KIND_COLUMN not in rows:
        return str(kind)
    trained, tested = (
        set(rows[KIND_COLUMN].iloc[selection[split]]) for split in (Split.TRAIN, Split.TEST)
    )
    learnt, figures = kind_of(trained or tested), kind_of(tested or trained)
    return str(figures) if learnt == figures else f"{learnt}_to_{figures}"
