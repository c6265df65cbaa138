"""The pictures of a report over several protocols."""

from __future__ import annotations

import re
from math import nan
from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.radar import radar_figure
from anomaly_fas.reporting.report.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anomaly_fas.reporting.report.entries import Entry

_FAMILIES: Final = ("cross_dataset", "cross_device", "lodo", "intradataset", "unseen_attack")


def radars(entries: Sequence[Entry]) -> Iterator[Picture]:
    """APCER at BPCER 10 % over the protocols of each family, and over all protocols.

    A picture needs three protocols; data of another kind or other lists have their own.
    """
    kinds = dict.fromkeys((entry.column.lists, entry.column.data_kind) for entry in entries)
    for lists, kind in kinds:
        same = [e for e in entries if (e.column.lists, e.column.data_kind) == (lists, kind)]
        yield from _radars_of(same, f"{kind}, {lists.replace('_', ' ')} lists")


def _radars_of(entries: Sequence[Entry], kind: str) -> Iterator[Picture]:
    protocols = {entry.column.protocol for entry in entries}
    rates = {(e.name, e.column.protocol): e.figures()["apcer_at_bpcer_10"].value for e in entries}
    groups = {
        family: sorted(p for p in protocols if p.startswith(f"{family}_")) for family in _FAMILIES
    }
    groups["all protocols"] = sorted(protocols)
    for family, spokes in groups.items():
        if len(spokes) < 3 or (family == "all protocols" and spokes in [*groups.values()][:-1]):
            continue
        yield Picture(
            re.sub(r"\W+", "_", f"radar_{family}_{kind}"),
            f"APCER over {family.replace('_', ' ')} ({kind})",
            "APCER of the worst PAI species at a BPCER of at most 10 %, read off test; the outer "
            "edge is 100 %.",
            radar_figure(
                [spoke.removeprefix(f"{family}_").replace("_", " ") for spoke in spokes],
                {
                    name: [rates.get((name, spoke), nan) for spoke in spokes]
                    for name in dict.fromkeys(entry.name for entry in entries)
                },
                "APCER at BPCER 10 %",
                "%",
            ),
        )
