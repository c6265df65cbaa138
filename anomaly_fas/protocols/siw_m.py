"""SiW-M's own protocol: leave one type of attack out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import pandas as pd

from anomaly_fas.errors import require_choice
from anomaly_fas.protocols.protocol import of_dataset
from anomaly_fas.types import Label, Split

DATASET: Final = "siw-m"
ATTACKS: Final = {
    "replay": "Replay",
    "print": "Paper",
    "half_mask": "Mask/HalfMask",
    "silicone_mask": "Mask/SiliconeMask",
    "transparent_mask": "Mask/TransparentMask",
    "paper_mask": "Mask/PaperMask",
    "mannequin": "Mask/MannequinHead",
    "obfuscation": "Makeup/Obfuscation",
    "impersonation": "Makeup/Impersonation",
    "cosmetic": "Makeup/Cosmetic",
    "funny_eye": "Partial/FunnyeyeGlasses",
    "paper_glasses": "Partial/PaperGlasses",
    "partial_paper": "Partial/PaperCut",
}
"""Folder of each of the authors' 13 types of attack, in the order of the paper."""

_LIVE_TEST: Final = "Live/Test"
_GROUP: Final = 4
_DEVEL_SHARE: Final = 5


@dataclass(frozen=True)
class SiwM:
    """Train and tune on all types of attack but one, test on that one and on other live subjects.

    The test holds every video of the type left out and the authors' 20 % of the live videos (the
    folder `Live/Test`; `Live/Train` is the rest). GRAD-GPAD's splits of SiW-M play no part.

    Source: Liu, Stehouwer, Jourabloo, Liu, "Deep tree learning for zero-shot face anti-spoofing",
    CVPR 2019, section 5. The authors have no devel split. Here a fifth of the training videos is
    devel: numbers of file names are taken in groups of four, and every fifth group is devel (1 to
    3, 20 to 23, 40 to 43, …), in each type and in the live videos alike. No file name tells a
    subject, so devel is not known to be of other people than train; neighbouring numbers are kept
    together as the likeliest to be of one person.

    Args:
        attack: the type left out, one of `ATTACKS`.

    Raises:
        ConfigError: no such type.
    """

    attack: str

    def __post_init__(self) -> None:
        require_choice("protocol.attack", self.attack, ATTACKS)

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"siw_m_{self.attack}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        own = rows.loc[of_dataset(rows, DATASET), "path"]
        folders = _folders(own)
        chosen = folders.isin([ATTACKS[self.attack], _LIVE_TEST])
        if split is not Split.TEST:
            chosen = ~chosen & (_is_devel(own) == (split is Split.DEVEL))
        return chosen.reindex(rows.index, fill_value=False)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        attacks = rows[(rows["dataset"] == DATASET) & (rows["label"] == Label.ATTACK)]
        present = set(_folders(attacks["path"]))
        return [cls(attack) for attack, folder in ATTACKS.items() if folder in present]


def _folders(paths: pd.Series[str]) -> pd.Series[str]:
    """Return each video's folder below that of the dataset: its type."""
    return paths.str.extract(rf"^{DATASET}/(.+)/[^/]+$", expand=False)


def _is_devel(paths: pd.Series[str]) -> pd.Series[bool]:
    numbers = paths.str.extract(r"_(\d+)[^/]*$", expand=False).astype(float)
    return numbers // _GROUP % _DEVEL_SHARE == 0
