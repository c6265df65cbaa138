"""`anomaly-fas protocols`: list protocols with their counts; `protocols audit`: list leaks."""

import sys
from itertools import combinations
from pathlib import Path
from textwrap import fill
from typing import Final

import pandas as pd
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.commands.app import run_app
from anomaly_fas.console import print_table
from anomaly_fas.data.source import Source
from anomaly_fas.files import write_text
from anomaly_fas.runs.config_classes import families
from anomaly_fas.types import Pai, Split

_PAIRS: Final = tuple("_and_".join(pair) for pair in combinations(Split, 2))
_READING: Final = (
    "Both: samples + known subjects that stand in both splits. ACER in percent, thresholds from "
    "devel: with the official lists, and without leaks, that is, when devel loses what stands in "
    "train, and test what stands in train or devel (n: test samples left). The methods were still "
    "trained on all of train. No presenter is known of UVAD and SiW-M samples, whose subjects may "
    "leak unseen. A dash: not published, or a split is left without a class."
)


def main() -> None:
    """The subcommand."""
    if sys.argv[2:3] == ["audit"]:
        run_app("audit", audit, words=2)
    else:
        run_app("protocols", protocols)


def protocols(config: DictConfig) -> None:
    """Print the overview, and write it as CSV where a file is named."""
    from anomaly_fas.protocols.gradgpad import gradgpad_annotations
    from anomaly_fas.protocols.overview import overview

    data = OmegaConf.select(config, "data")
    rows = gradgpad_annotations() if data is None else _samples(instantiate(data))
    found = overview(families(), rows)
    if config.csv is not None:
        write_text(Path(config.csv), found.to_csv(index=False))
    _print(found)
    nameless = rows[rows["subject"] == ""].groupby("dataset").size()
    if len(nameless):
        counts = ", ".join(f"{dataset} ({count})" for dataset, count in nameless.items())
        print(
            f"No presenter is known of {nameless.sum()} of {len(rows)} samples, which may leak "
            f"unseen: {counts}."
        )


def _samples(source: Source) -> pd.DataFrame:
    """Return all that the data lists, prepared or not."""
    from anomaly_fas.data.prepared_source import PreparedSource

    return source.with_splits() if isinstance(source, PreparedSource) else source.annotations


def _print(found: pd.DataFrame) -> None:
    counts = ("all", "bona fide", *Pai, "in a later split too", "subjects in a later split too")
    print_table(
        ("protocol", "lists", "split", *counts),
        (_cells(row, split) for _, row in found.iterrows() for split in Split),
        title="Samples of each split",
        right=counts,
        section=len(Split),
    )
    for fault in found.loc[found["fault"] != "", "fault"]:
        print(f"not to be run: {fault}")


def _cells(row: pd.Series, split: Split) -> list[str]:
    later = list(Split)[list(Split).index(split) + 1 :]
    names = [row["protocol"], row["lists"]] if split is Split.TRAIN else ["", ""]
    counts = [row[f"{split}{part}"] for part in ("", "_bona_fide", *(f"_{pai}" for pai in Pai))]
    leaks = [
        " + ".join(str(row[f"{split}_and_{other}{part}"]) for other in later)
        for part in ("", "_subjects")
    ]
    return [*names, str(split), *map(str, counts), *leaks]


def audit(config: DictConfig) -> None:
    """Print the audit, and write it as CSV where a file is named."""
    found = _audit_table()
    if config.csv is not None:
        write_text(Path(config.csv), found.to_csv(index=False))
    _print_audit(found)


def _audit_table() -> pd.DataFrame:
    """Tabulate per protocol what crosses splits, and published figures with and without it.

    Returns:
        `protocol`; `<split>_and_<split>`, samples, and `…_subjects`, known subjects in both;
        `test` and `test_left`, test samples in the list and without leaks; and for each method
        `<method>` and `<method>_left`, its ACER, a fraction, NaN where there is none.
    """
    from anomaly_fas.protocols.gradgpad import gradgpad_annotations
    from anomaly_fas.protocols.overview import overview
    from anomaly_fas.reporting.published import published_figures

    counts = overview(families(), gradgpad_annotations())
    counts = counts[counts["lists"] == "official"].set_index("protocol")
    leaks = counts[[column for pair in _PAIRS for column in (pair, f"{pair}_subjects")]]
    figures = published_figures()
    figures = figures[figures["mode"] == "correct"]
    columns = {}
    for lists, suffix in (("official", ""), ("without_leaks", "_left")):
        own = figures[figures["lists"] == lists].set_index("protocol")
        columns[f"test{suffix}"] = own.groupby("protocol")["test"].first()
        for method, rows in own.groupby("method", sort=False):
            columns[f"{method}{suffix}"] = rows["acer"]
    return leaks.join(pd.DataFrame(columns)).reset_index()


def _print_audit(found: pd.DataFrame) -> None:
    methods = [name.removesuffix("_left") for name in found.columns if name.endswith("_left")]
    shown = found[["protocol"]].copy()
    for pair in _PAIRS:
        shown[f"both {pair}"] = _joined(found, pair, f"{pair}_subjects", "+", "{:.0f}")
    shown["n"] = _joined(found, "test", "test_left", "→", "{:.0f}")
    for method in methods[1:]:
        percent = 100 * found[[method, f"{method}_left"]]
        shown[f"{method}: ACER"] = _joined(percent, method, f"{method}_left", "→", "{:.1f}")
    print_table(
        shown.columns,
        shown.itertuples(index=False),
        title="Leakage of the official lists",
        right=shown.columns[1:],
    )
    print(fill(_READING, 100))


def _joined(rows: pd.DataFrame, first: str, second: str, sign: str, form: str) -> pd.Series:
    """Join two columns of numbers with a sign between, a dash for what is unknown."""
    before, after = (
        rows[name].map(form.format, na_action="ignore").fillna("–") for name in (first, second)
    )
    return before + f" {sign} " + after
