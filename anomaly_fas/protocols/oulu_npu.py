"""OULU-NPU's own four protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import pandas as pd

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.protocol import in_split, of_dataset, require_held_out
from anomaly_fas.types import Split

DATASET: Final = "oulu-npu"
PHONES: Final = range(1, 7)

_NEW_SESSION: Final = {1, 4}
_NEW_INSTRUMENTS: Final = {2, 4}
_NEW_PHONE: Final = {3, 4}


@dataclass(frozen=True)
class OuluNpu:
    """Train and tune under some conditions, test other subjects under others.

    Unseen in the test are: in protocol 1 the session (1 and 2, then 3: light and background), in 2
    the instruments (printer 1 and display 1, then printer 2 and display 2), in 3 the phone, in 4
    all of these. Protocols 3 and 4 have one member a phone; the authors report the mean and the
    standard deviation of the six.

    Source: Boulkenafet, Komulainen, Li, Feng, Hadid, "OULU-NPU: a mobile face presentation attack
    database with real-world variations", FG 2017, section III and its table of the protocols. The
    subjects of train (20), devel (15) and test (20) are the authors', and GRAD-GPAD kept them.

    Args:
        number: of the protocol, 1 to 4.
        phone: the phone kept for the test, 1 to 6, in protocols 3 and 4; None in 1 and 2.

    Raises:
        ConfigError: no such protocol or phone.
    """

    number: int
    phone: int | None = None

    def __post_init__(self) -> None:
        if self.number not in range(1, 5):
            raise ConfigError(f"protocol.number={self.number!r}: OULU-NPU has protocols 1 to 4")
        protocol = f"protocol {self.number} of OULU-NPU"
        phones = PHONES if self.number in _NEW_PHONE else ()
        require_held_out("phone", self.phone, protocol, phones)

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        phone = "" if self.phone is None else f"_phone_{self.phone}"
        return f"oulu_npu_{self.number}{phone}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        of_split = of_dataset(rows, DATASET) & in_split(rows["split"], split)
        return of_split & rows["path"].str.contains(self._file_names(split))

    def _file_names(self, split: Split) -> str:
        """Match the names `phone_session_subject_file` of a split by a regular expression.

        File 1 is bona fide, 2 and 3 are of printers 1 and 2, 4 and 5 of displays 1 and 2.
        """
        is_test = split is Split.TEST
        phone = session = file = "."
        if self.number in _NEW_PHONE:
            phone = f"{self.phone}" if is_test else f"[^{self.phone}]"
        if self.number in _NEW_SESSION:
            session = "3" if is_test else "[12]"
        if self.number in _NEW_INSTRUMENTS:
            file = "[135]" if is_test else "[124]"
        return rf"/{phone}_{session}_\d+_{file}\.\w+$"

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        if not (rows["dataset"] == DATASET).any():
            return []
        phones = [(number, phone) for number in sorted(_NEW_PHONE) for phone in PHONES]
        return [cls(1), cls(2), *(cls(number, phone) for number, phone in phones)]
