"""Figures that others published under GRAD-GPAD's protocols.

`icb2019.csv`: Costa-Pazo et al., "Generalized Presentation Attack Detection: a face anti-spoofing
evaluation proposal", ICB 2019, tables 2 to 6, percent, as printed. `gradgpad_v2.csv`: figures of
the scores that the `gradgpad` package 2.1.0 carries, fractions, computed by
`experiments/published/build.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from anomaly_fas.reporting.study import Column
from anomaly_fas.types import DataKind

GRADGPAD_V2: Final = Path(__file__).with_name("gradgpad_v2.csv")
ICB_2019: Final = Path(__file__).with_name("icb2019.csv")

_FIGURES: Final = ("acer", "apcer", "bpcer", "acer_fine", "hter", "eer", "auc")
_MODES: Final = {"correct": "correct figures", "gradgpad": "gradgpad's figures"}
_V2_NOTE: Final = (
    "Published, GRAD-GPAD v2: computed here from the scores in the gradgpad package 2.1.0 (Costa-"
    "Pazo et al., 2021), with the official lists, which leak samples and subjects between splits, "
    "in correct mode and by the package's own rules."
)
_V1_NOTE: Final = (
    "Published, GRAD-GPAD v1 without UVAD: as printed by Costa-Pazo et al., ICB 2019, tables 2 to "
    "6, with the official lists of version 1. The printed ACER of cross device webcam is not the "
    "mean of its APCER and BPCER."
)


@dataclass(frozen=True)
class PublishedResult:
    """Published figures of a method by name, fractions, and a note on their data and source."""

    column: Column
    name: str
    figures: Mapping[str, float]
    note: str


def published_results(protocols: Collection[str]) -> list[PublishedResult]:
    """List what was published under these protocols."""
    found = [*_gradgpad_v2(), *_icb_2019()]
    return [result for result in found if result.column.protocol in protocols]


def published_figures() -> pd.DataFrame:
    """Read `gradgpad_v2.csv`: one row per method, protocol, mode and choice of lists."""
    return pd.read_csv(GRADGPAD_V2).fillna({"fault": ""})


def _gradgpad_v2() -> list[PublishedResult]:
    rows = published_figures()
    rows = rows[(rows["lists"] == "official") & rows["acer"].notna()]
    return [
        PublishedResult(
            Column(row["protocol"], "official", str(DataKind.PUBLISHED), "GRAD-GPAD v2"),
            f"{row['method']} (published, {_MODES[row['mode']]})",
            {name: float(row[name]) for name in _FIGURES if pd.notna(row[name])},
            _V2_NOTE,
        )
        for _, row in rows.iterrows()
    ]


def _icb_2019() -> list[PublishedResult]:
    rows = pd.read_csv(ICB_2019)
    protocols = rows["protocol"].str.cat(rows["test_set"], sep="_").str.removesuffix("_all")
    return [
        PublishedResult(
            Column(protocol, "official", str(DataKind.PUBLISHED), "GRAD-GPAD v1"),
            f"{row['method']} (published, ICB 2019)",
            {
                name: float(row[name]) / 100
                for name in ("acer", "apcer", "bpcer", "hter")
                if pd.notna(row[name])
            },
            _V1_NOTE,
        )
        for protocol, (_, row) in zip(protocols, rows.iterrows(), strict=True)
    ]
