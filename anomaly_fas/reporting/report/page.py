"""Write a report: one self-contained page, its pictures, its tables and its numbers."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from anomaly_fas.files import write_text
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.published import PublishedResult
from anomaly_fas.reporting.report.entries import Entry, Settings
from anomaly_fas.reporting.report.figures import (
    Comparison,
    comparisons,
    figure_rows,
    report_content,
)
from anomaly_fas.reporting.report.pictures import Images, Picture, protocol_pictures, radars
from anomaly_fas.reporting.report.tables import protocol_tables, summary_table
from anomaly_fas.reporting.study import Column
from anomaly_fas.reporting.tables import csv_text, render, write_table


@dataclass(frozen=True)
class Report:
    """A report, ready to be written.

    Attributes:
        published: figures of others under the same protocols.
        images: gives the images of samples, where they are at hand.
    """

    title: str
    entries: Sequence[Entry]
    settings: Settings
    published: Sequence[PublishedResult] = ()
    images: Images | None = None

    def write(
        self, folder: Path, progress: Callable[[list[Column]], Iterable[Column]] = iter
    ) -> Path:
        """Write `report.html`, `metrics.json`, `figures.csv`, `figures/` and `tables/`.

        Raises:
            RunError: a file cannot be written.
        """
        pairs = comparisons(self.entries)
        summary = summary_table(self.entries, self.published)
        overall = [(picture, _stored(picture, folder)) for picture in radars(self.entries)]
        columns = list(dict.fromkeys(entry.column for entry in self.entries))
        sections = [self._section(column, pairs, folder) for column in progress(columns)]
        for table in (summary, *(table for section in sections for table in section["tables"])):
            write_table(table, folder / "tables")
        content = report_content(self.title, self.entries, pairs, self.settings)
        write_text(folder / "metrics.json", json.dumps(content, indent=2) + "\n")
        write_text(folder / "figures.csv", csv_text(figure_rows(self.entries)))
        page = render(
            "report.html",
            title=self.title,
            settings=self.settings,
            summary=summary,
            overall=overall,
            sections=sections,
        )
        write_text(folder / "report.html", page)
        return folder / "report.html"

    def _section(self, column: Column, pairs: Sequence[Comparison], folder: Path) -> dict[str, Any]:
        """Collect what the page shows of a protocol; its pictures are written."""
        entries = [entry for entry in self.entries if entry.column == column]
        compared = [pair for pair in pairs if pair.first.column == column]
        anchor = re.sub(r"\W+", "_", " ".join(column.labels.values()))
        methods = defaultdict(list)
        for entry in entries:
            for text in entry.remarks:
                methods[text].append(entry.name)
        pictures = protocol_pictures(anchor, entries, self.images)
        return {
            "anchor": anchor,
            "column": column,
            "tables": protocol_tables(anchor, entries, compared),
            "pictures": [(picture, _stored(picture, folder)) for picture in pictures],
            "remarks": [(text, ", ".join(names)) for text, names in methods.items()],
        }


def _stored(picture: Picture, folder: Path) -> str:
    """Write a picture as PNG and SVG; return it as a data address."""
    paths = {kind: folder / "figures" / f"{picture.name}.{kind}" for kind in ("png", "svg")}
    for path in paths.values():
        save(picture.figure, path)
    if not picture.is_dense:
        return _data_address("image/svg+xml", paths["svg"].read_bytes())
    small = BytesIO()
    with Image.open(paths["png"]) as pixels:
        pixels.convert("RGB").save(small, "JPEG", quality=85)
    return _data_address("image/jpeg", small.getvalue())


def _data_address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
