"""What came of each sample: the rows of `prepare_report.csv`, and their summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.data.store.record import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.data.preparation.capture import Capture
    from anomaly_fas.data.store.index import Entry

REPORT_COLUMNS: Final = (
    "sample_id", "dataset", "split", "label", "outcome", "crops", "reason", "source",
)  # fmt: skip


def prepare_report(
    rows: pd.DataFrame, captures: Sequence[Capture], held: Mapping[str, Entry]
) -> pd.DataFrame:
    """One row a capture, with the columns of `REPORT_COLUMNS`.

    Args:
        rows: annotation table that has all of the captures' samples.
        captures: those that were to be prepared.
        held: what the store holds.
    """
    facts = rows.set_index("sample_id")[["split", "label"]].loc[
        [capture.sample_id for capture in captures]
    ]
    return pd.DataFrame(
        [
            (capture.sample_id, capture.dataset, split, label, *_came_of(capture, held))
            for capture, split, label in zip(captures, facts["split"], facts["label"], strict=True)
        ],
        columns=list(REPORT_COLUMNS),
    )


def outcome_counts(report: pd.DataFrame) -> pd.DataFrame:
    """Samples by dataset (rows) and outcome (columns, all of them), and the crops."""
    counts = (
        pd.crosstab(report["dataset"], report["outcome"])
        .reindex(columns=[str(outcome) for outcome in Outcome], fill_value=0)
        .rename_axis(columns=None)
    )
    return counts.assign(crops=report.groupby("dataset")["crops"].sum())


def lost_share(report: pd.DataFrame) -> float:
    """Share of the captures found that gave no crop; 0 where none was found."""
    found = report[report["outcome"] != Outcome.MISSING]
    return float((found["crops"] == 0).mean()) if len(found) else 0.0


def _came_of(capture: Capture, held: Mapping[str, Entry]) -> tuple[str, int, str, str]:
    if capture.path is None:
        return str(Outcome.MISSING), 0, capture.reason, capture.source
    entry = held[capture.sample_id]
    return entry.outcome, entry.crops, entry.reason, capture.source
