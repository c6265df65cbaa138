"""OCIM: train on two or three of four datasets, test on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, Self

import pandas as pd

from anomaly_fas.errors import ConfigError, require_choice
from anomaly_fas.protocols.protocol import in_split, of_dataset, spelt
from anomaly_fas.types import Split

DATASETS: Final = {"O": "oulu-npu", "C": "casia-fasd", "I": "replay-attack", "M": "msu-mfsd"}
"""The four datasets by the letters that the literature gives them."""

LIMITED_SOURCES: Final = {"casia-fasd": "MI", "oulu-npu": "MI"}
"""The published variants with two sources, by target: M&I to C and M&I to O."""

_WITH_OWN_DEVEL: Final = ("oulu-npu", "replay-attack")


@dataclass(frozen=True)
class Ocim:
    """Train and tune on the source datasets, test on the whole of the target.

    The whole of a dataset is its train and test parts; the devel parts that OULU-NPU and
    Replay-Attack come with are neither trained on nor tested.

    Sources: Shao, Lan, Li, Yuen, "Multi-adversarial discriminative deep domain generalization for
    face presentation attack detection", CVPR 2019, for the datasets, leave-one-out and the two
    limited-source variants; the published code of Jia, Zhang, Shan, Chen, "Single-side domain
    generalization for face anti-spoofing", CVPR 2020 (SSDG), which later work builds on, for which
    videos count. That code takes threshold and best epoch on the target. Here devel comes of the
    sources: the devel parts of OULU-NPU and Replay-Attack, which that code leaves unused, and
    GRAD-GPAD's devel subjects of CASIA-FASD (4 of 50) and MSU-MFSD (10 of 35), which are taken from
    train. So HTER here is at a threshold that knows nothing of the target, and is not to be put
    beside published HTER; AUC and TPR at FPR 1 % need no threshold.

    Args:
        target: dataset that is tested.
        sources: letters of the datasets that are trained on, such as `MI`; None for all the others.

    Raises:
        ConfigError: not one of the four datasets, or sources that hold the target.
    """

    target: str
    sources: str | None = None

    def __post_init__(self) -> None:
        require_choice("protocol.target", self.target, DATASETS.values())
        others = self._others()
        given = others if self.sources is None else self.sources
        if not given or len(set(given) & set(others)) < len(given):
            raise ConfigError(
                f"protocol.sources={self.sources!r}: choose letters of {others}, such as "
                f"{others[:2]}, or null for all of them"
            )

    def _others(self) -> str:
        return "".join(letter for letter, name in DATASETS.items() if name != self.target)

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        sources = "" if self.sources is None else f"_from_{self.sources.lower()}"
        return f"ocim_{spelt(self.target)}{sources}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        sources = [of_dataset(rows, DATASETS[letter]) for letter in self.sources or self._others()]
        target = of_dataset(rows, self.target)
        is_devel = in_split(rows["split"], Split.DEVEL)
        if split is Split.TEST:
            return target & ~(is_devel & rows["dataset"].isin(_WITH_OWN_DEVEL))
        return reduce(or_, sources) & (is_devel == (split is Split.DEVEL))

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        if not set(DATASETS.values()) <= set(rows["dataset"].unique()):
            return []
        limited = [cls(target, sources) for target, sources in LIMITED_SOURCES.items()]
        return [*map(cls, DATASETS.values()), *limited]
