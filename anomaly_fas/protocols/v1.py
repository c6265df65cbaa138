"""The lists of GRAD-GPAD v1 as protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from anomaly_fas.errors import ConfigError, require_choice
from anomaly_fas.protocols.protocol import in_split, spelt
from anomaly_fas.protocols.v1_lists import COLUMN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from anomaly_fas.types import Split


@dataclass(frozen=True)
class V1List:
    """Train, tune and test on what a list of GRAD-GPAD v1 names (Costa-Pazo et al., ICB 2019).

    `one-pai-<mask|print|replay>` keeps to one kind of attack in every split ("mask" holds the
    partial masks too); `cross-conditions-<adverse|optimal>` and `cross-face-resolution-…` are
    tested under the conditions they name and trained under others; `grandtest`,
    `cross-dataset-test-…` and `cross-device-test-…` are v2's protocols over v1's eleven datasets.
    Two lists are to be taken with care: `cross-device-test-mobile-tablet` trains and tunes on
    mobiles and tablets too, and `cross-dataset-test-casia-surf` names nothing to test.

    Args:
        list_name: as its file is called, such as `one-pai-mask`.
    """

    list_name: str

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"v1_{spelt(self.list_name)}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        known = _list_names(rows)
        if not known:
            raise ConfigError(
                f"protocol.list_name={self.list_name!r}: there are no GRAD-GPAD v1 lists; name the "
                "folder or archive that holds them, data=gradgpad paths.v1_lists=FOLDER"
            )
        require_choice("protocol.list_name", self.list_name, known)
        return in_split(rows[f"{COLUMN}{self.list_name}"], split)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls(name) for name in _list_names(rows)]


def _list_names(rows: pd.DataFrame) -> list[str]:
    columns = [str(column) for column in rows.columns]
    return [column.removeprefix(COLUMN) for column in columns if column.startswith(COLUMN)]
