"""Every figure of a report as one long table: `figures.csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from anomaly_fas.reporting.report.content import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.intervals import Interval
    from anomaly_fas.reporting.report.entries import Entry


def figure_list(entries: Sequence[Entry]) -> pd.DataFrame:
    """One row an entry, threshold, part of the data and figure; fractions."""
    rows: list[dict[str, object]] = []
    for entry in entries:
        place: dict[str, object] = {
            "protocol": entry.column.protocol,
            "lists": entry.column.lists,
            "data_kind": entry.column.data_kind,
            "method": entry.method,
            "scorer": entry.scorer,
            "seeds": " ".join(map(str, entry.seeds)),
        }
        for threshold, by_part in entry.evaluation.figures.items():
            for part, figures in by_part.items():
                for name, own in figures.items():
                    count = own.count
                    rows.append(
                        place
                        | {
                            "threshold": threshold,
                            "part": part.column or ALL,
                            "value_of_part": part.value,
                            "figure": name,
                            "value": own.value,
                            "spread": own.spread,
                            **_bounds("bootstrap", own.bootstrap),
                            **_bounds("binomial", own.binomial),
                            "errors": count.errors if count else None,
                            "samples": count.samples if count else None,
                        }
                    )
    table = pd.DataFrame(rows)
    return table.astype({"errors": "Int64", "samples": "Int64"})


def _bounds(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
