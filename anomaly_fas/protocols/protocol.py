"""The interface of protocols: rules over annotations that say which samples serve which split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from anomaly_fas.errors import ConfigError
from anomaly_fas.types import Split

if TYPE_CHECKING:
    import pandas as pd


class PadProtocol(Protocol):
    """A rule that says which samples serve which split.

    GRAD-GPAD's rules start from the column `split`, as do those of datasets whose splits GRAD-GPAD
    kept; others have their own.
    """

    @property
    def name(self) -> str:
        """The family and what is held out, as tables and run folders spell it."""
        ...

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """Tell which rows of an annotation table serve a split.

        Raises:
            ConfigError: the annotations hold nothing of what the protocol is about.
        """
        ...

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """List every protocol of this kind that the annotations allow."""
        ...


@runtime_checkable
class LimitsFrames(Protocol):
    """A protocol that trains on the beginning of each capture only."""

    @property
    def first_train_frames(self) -> int | None:
        """How many frames of a capture may be trained on; None for all."""
        ...


def require_held_out(
    key: str, value: int | str | None, protocol: str, choices: Sequence[int | str] = ()
) -> None:
    """Check the setting of what a dataset's own protocol keeps for the test.

    Args:
        key: name of the setting.
        value: value of the setting.
        protocol: name of the protocol for messages, such as `protocol 3 of SiW`.
        choices: values to choose from; none where the setting is not for this protocol.

    Raises:
        ConfigError: the value is none of the choices, or there is one where there are no choices.
    """
    if choices and value not in choices:
        known = ", ".join(map(str, choices))
        raise ConfigError(f"protocol.{key}={value!r}: {protocol} keeps one of {known} for the test")
    if not choices and value is not None:
        raise ConfigError(
            f"protocol.{key}={value!r}: {protocol} keeps no {key} for the test; leave it null"
        )


def split_cell(splits: Iterable[Split]) -> str:
    """Write the `split` cell of a sample: one split, or several joined by `+` where lists leak.

    Example:
        >>> split_cell([Split.TEST, Split.TRAIN])
        'train+test'
    """
    wanted = set(splits)
    return "+".join(split for split in Split if split in wanted)


def in_split(cells: pd.Series[str], split: Split) -> pd.Series[bool]:
    """Tell which cells name the split."""
    distinct = [cell for cell in cells.unique() if split in cell.split("+")]
    return cells.isin(distinct)


def of_dataset(rows: pd.DataFrame, dataset: str) -> pd.Series[bool]:
    """Tell which rows belong to a dataset.

    Raises:
        ConfigError: no row does.
    """
    chosen: pd.Series[bool] = rows["dataset"] == dataset
    if not chosen.any():
        known = ", ".join(sorted(rows["dataset"].unique()))
        raise ConfigError(
            f"the protocol is about the dataset {dataset!r}, which is not in the data; there "
            f"{'are' if ',' in known else 'is'} {known}"
        )
    return chosen


def spelt(dataset: str) -> str:
    """Spell a dataset's name as part of a protocol's name."""
    return dataset.replace("-", "_")
