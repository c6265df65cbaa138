"""`anomaly-fas protocols`: every protocol with its counts; `protocols audit`: who leaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.utils import get_class, instantiate
from omegaconf import OmegaConf
from rich import box
from rich.console import Console
from rich.table import Table

from anomaly_fas.commands.app import run_app
from anomaly_fas.commands.config_folder import config_dir
from anomaly_fas.files import atomic_path
from anomaly_fas.types import Pai, Split

if TYPE_CHECKING:
    import pandas as pd
    from omegaconf import DictConfig

    from anomaly_fas.data.source import Source
    from anomaly_fas.protocols.protocol import PadProtocol


def main() -> None:
    """The subcommand."""
    if sys.argv[2:3] == ["audit"]:
        from anomaly_fas.commands.audit import audit

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
        with atomic_path(Path(config.csv)) as temporary:
            found.to_csv(temporary, index=False)
    _print(found)
    _warn_of_unknown_subjects(rows)


def _samples(source: Source) -> pd.DataFrame:
    """All that the data lists, whether it was prepared or not."""
    from anomaly_fas.data.prepared_source import PreparedSource

    return source.with_splits() if isinstance(source, PreparedSource) else source.annotations


def families() -> list[type[PadProtocol]]:
    """The class of every file in `conf/protocol/`, the simplest first."""
    files = (config_dir() / "protocol").glob("*.yaml")
    targets = [str(OmegaConf.select(OmegaConf.load(file), "_target_")) for file in files]
    first = "grandtest"
    return [get_class(target) for target in sorted(targets, key=lambda t: (first not in t, t))]


def _print(found: pd.DataFrame) -> None:
    # A file takes lines of any length: the counts beside the longest name need so much.
    width = 122 + int(found["protocol"].str.len().max())
    console = Console(width=None if sys.stdout.isatty() else width)
    table = Table(title="Samples of each split", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("protocol", "lists", "split"):
        table.add_column(name, no_wrap=True)
    for name in ("all", "bona fide", *Pai, "in a later split too", "subjects in a later split too"):
        table.add_column(name, justify="right")
    for _, row in found.iterrows():
        for split in Split:
            table.add_row(*_cells(row, split), end_section=split is Split.TEST)
    console.print(table)
    for _, row in found[found["fault"] != ""].iterrows():
        console.print(f"not to be run: {row['fault']}", highlight=False)


def _warn_of_unknown_subjects(rows: pd.DataFrame) -> None:
    nameless = rows[rows["subject"] == ""].groupby("dataset").size()
    if len(nameless):
        counts = ", ".join(f"{dataset} ({count})" for dataset, count in nameless.items())
        print(
            f"No presenter is known of {nameless.sum()} of {len(rows)} samples, which may leak "
            f"unseen: {counts}."
        )


def _cells(row: pd.Series, split: Split) -> list[str]:
    later = list(Split)[list(Split).index(split) + 1 :]
    first = split is Split.TRAIN
    counts = [row[f"{split}{part}"] for part in ("", "_bona_fide", *(f"_{pai}" for pai in Pai))]
    leaks = [
        " + ".join(str(row[f"{split}_and_{other}{part}"]) for other in later)
        for part in ("", "_subjects")
    ]
    return [
        row["protocol"] if first else "",
        row["lists"] if first else "",
        str(split),
        *map(str, counts),
        *leaks,
    ]
