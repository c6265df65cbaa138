"""SiW's own three protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import pandas as pd

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.protocol import of_dataset, require_held_out
from anomaly_fas.types import Label, Pai, Split

DATASET: Final = "siw"
MEDIA: Final = range(1, 5)
UNSEEN: Final = (Pai.PRINT, Pai.REPLAY)

_TRAIN: Final = f"{DATASET}/Train/"
_TEST: Final = f"{DATASET}/Test/"


@dataclass(frozen=True)
class Siw:
    """Train on some attacks on some subjects, test on others.

    Protocol 1 trains on the first 60 frames of each video alone, in which the face is mostly
    frontal, and tests on whole videos; both hold all attacks. Protocol 2 holds replays alone: it
    trains on three display media and tests on the fourth; the authors report the mean and standard
    deviation of the four members. Protocol 3 trains on prints and tests on replays, or the other
    way round.

    Source: Liu, Jourabloo, Liu, "Learning deep models for face anti-spoofing: binary or auxiliary
    supervision", CVPR 2018, section 4, and the page of the database. The
    authors have no devel split. Here it is those of their 90 training subjects whose number is
    divisible by five. (GRAD-GPAD's devel subjects have no print attacks.) The 75 test subjects are
    the authors'.

    Frames are spread over whole videos when they are prepared: for protocol 1 prepare enough of
    them that some lie among the first 60, such as `data.frames=75` for ten of a video of 15 s.

    Args:
        number: of the protocol, 1 to 3.
        medium: in protocol 2 the display medium kept for the test, 1 to 4, as file names have it.
        pai: in protocol 3 the species kept for the test, `print` or `replay`.

    Raises:
        ConfigError: no such protocol, medium or species.
    """

    number: int
    medium: int | None = None
    pai: str | None = None

    def __post_init__(self) -> None:
        if self.number not in range(1, 4):
            raise ConfigError(f"protocol.number={self.number!r}: SiW has protocols 1 to 3")
        protocol = f"protocol {self.number} of SiW"
        require_held_out("medium", self.medium, protocol, MEDIA if self.number == 2 else ())
        require_held_out("pai", self.pai, protocol, UNSEEN if self.number == 3 else ())

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        held_out = f"_medium_{self.medium}" if self.medium else f"_{self.pai}" if self.pai else ""
        return f"siw_{self.number}{held_out}"

    @property
    def first_train_frames(self) -> int | None:
        """See `LimitsFrames`."""
        return 60 if self.number == 1 else None

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        is_test = split is Split.TEST
        of_part = rows["path"].str.startswith(_TEST if is_test else _TRAIN)
        chosen = of_dataset(rows, DATASET) & of_part
        if not is_test:
            chosen &= rows["subject"].str.contains("[05]$") == (split is Split.DEVEL)
        return chosen & ((rows["label"] == Label.BONA_FIDE) | self._attacks(rows, split))

    def _attacks(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        is_test = split is Split.TEST
        if self.number == 2:  # file names are subject-sensor-type-medium-session; type 3 is replay
            kept = rows["path"].str.contains(rf"-3-{self.medium}-\d+\.\w+$")
            return (rows["pai"] == Pai.REPLAY) & (kept == is_test)
        if self.number == 3:
            return (rows["pai"] == self.pai) == is_test
        return rows["label"] == Label.ATTACK

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        if not (rows["dataset"] == DATASET).any():
            return []
        over_media = [cls(2, medium=medium) for medium in MEDIA]
        return [cls(1), *over_media, *(cls(3, pai=pai) for pai in UNSEEN)]
