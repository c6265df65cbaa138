"""Report the outcome of each sample: `prepare_report.csv` and its summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.store.index import Entry
from anomaly_fas.data.store.record import Outcome

REPORT_COLUMNS: Final = (
    "sample_id", "dataset", "split", "label", "outcome", "crops", "reason", "source",
)  # fmt: skip


def prepare_report(
    rows: pd.DataFrame, captures: Sequence[Capture], held: Mapping[str, Entry]
) -> pd.DataFrame:
    """Report each sample that was looked for or is in the store, with `REPORT_COLUMNS`.

    Args:
        rows: annotation table of all samples.
        captures: captures that were looked for.
        held: samples of the store, by id.
    """
    looked_for = {capture.sample_id: capture for capture in captures}
    known = rows[rows["sample_id"].isin(looked_for.keys() | held.keys())]
    return pd.DataFrame(
        [
            (name, dataset, split, label, *_outcome(looked_for.get(name), held.get(name)))
            for name, dataset, split, label in zip(
                known["sample_id"], known["dataset"], known["split"], known["label"], strict=True
            )
        ],
        columns=list(REPORT_COLUMNS),
    )


def outcome_counts(report: pd.DataFrame) -> pd.DataFrame:
    """Count samples by dataset (rows) and outcome (columns, all of them), and the crops."""
    counts = (
        pd.crosstab(report["dataset"], report["outcome"])
        .reindex(columns=[str(outcome) for outcome in Outcome], fill_value=0)
        .rename_axis(columns=None)
    )
    return counts.assign(crops=report.groupby("dataset")["crops"].sum())


def lost_share(report: pd.DataFrame) -> float:
    """Share of the existing captures without a crop; 0 where no capture exists."""
    found = report[report["outcome"] != Outcome.MISSING]
    return float((found["crops"] == 0).mean()) if len(found) else 0.0


def _outcome(capture: Capture | None, entry: Entry | None) -> tuple[str, int, str, str]:
    if capture is not None and (capture.path is None or entry is None):
        return str(Outcome.MISSING), 0, capture.reason, capture.source
    assert entry is not None
    return entry.outcome, entry.crops, entry.reason, entry.source
