"""What `anomaly-fas prepare` prints before it begins: samples found, and protocols they allow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from anomaly_fas.data.preparation.capture import Capture


def print_coverage(
    rows: pd.DataFrame, captures: Sequence[Capture], prepared: Collection[str]
) -> None:
    """Print how many samples of each dataset and split are there, and which protocols can run.

    Args:
        rows: the annotations of all samples.
        captures: those that were looked for.
        prepared: ids of samples that the store has crops of already, from whatever root.
    """
    from anomaly_fas.commands.protocols import families
    from anomaly_fas.data.locating.coverage import coverage, protocol_coverage

    there = {capture.sample_id for capture in captures if capture.path is not None}
    found = rows["sample_id"].isin(there | set(prepared)).to_numpy(dtype=bool)
    counts = coverage(rows, found).replace({"split": {"": "(none)"}})
    total = ("all", "", len(rows), int(found.sum()), int((~found).sum()))
    counts = pd.concat([counts, pd.DataFrame([total], columns=counts.columns)])
    print_table("Samples listed and found", counts)
    again = int((rows["split"].str.contains("+", regex=False)).sum())
    if again:
        print(f"{again} samples stand in several splits and are counted in each, but once in all.")
    if (rows["split"] == "").all():
        print("The samples have no splits yet, so no protocol is looked at.")
        return
    print_table(
        "Protocols (lists=leak_free)", _readable(protocol_coverage(families(), rows, found))
    )


def print_table(title: str, rows: pd.DataFrame) -> None:
    """Print a table: text to the left, numbers to the right."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False)
    for name in rows.columns:
        numeric = np.issubdtype(np.asarray(rows[name]).dtype, np.number)
        table.add_column(
            str(name).replace("_", " "), justify="right" if numeric else "left", overflow="fold"
        )
    for row in rows.itertuples(index=False):
        table.add_row(*map(str, row))
    console.print(table)


def _readable(protocols: pd.DataFrame) -> pd.DataFrame:
    """A column a split, `found of listed`; why a protocol cannot run, without its name again."""
    columns = {"protocol": protocols["protocol"], "can_run": protocols["state"].map(_WORDS)}
    for split in Split:
        found, listed = (protocols[f"{split}_{part}"].astype(str) for part in ("found", "listed"))
        columns[str(split)] = found + " of " + listed
    columns["why_not"] = protocols["reason"].str.split(": ", n=1).str[-1].str.split(":").str[0]
    return protocols[["protocol"]].assign(**columns)


_WORDS = {"full": "in full", "part": "in part", "none": "no"}
