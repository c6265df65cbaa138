"""Writes a report's tables as CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from anomaly_fas.files import atomic_path
from anomaly_fas.reporting.formats import latex, markdown_line

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.reporting.report.table import ReportTable


def write_report_table(table: ReportTable, folder: Path) -> None:
    """Write `<name>.csv`, `.md` and `.tex`, each whole or not at all.

    Raises:
        RunError: a file cannot be written.
    """
    formats = {"csv": _csv(table), "md": report_markdown(table), "tex": _latex(table)}
    for suffix, content in formats.items():
        with atomic_path(folder / f"{table.name}.{suffix}") as temporary:
            temporary.write_text(content, encoding="utf-8")


def _csv(table: ReportTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([cell.full for cell in row] for row in table.rows)
    return text.getvalue()


def report_markdown(table: ReportTable) -> str:
    """The table in Markdown, its title above and its note below."""
    lines = [
        f"**{table.title}**",
        "",
        markdown_line(list(table.header)),
        markdown_line(["---"] + ["---:"] * (len(table.header) - 1)),
        *(markdown_line([cell.full for cell in row]) for row in table.rows),
    ]
    return "\n".join([*lines, "", table.note]).rstrip() + "\n"


def _latex(table: ReportTable) -> str:
    def line(cells: list[str]) -> str:
        return " & ".join(latex(cell) for cell in cells) + r" \\"

    columns = "l" + "r" * (len(table.header) - 1)
    return "\n".join(
        [
            f"% {table.title}. {table.note}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            line(list(table.header)),
            r"\midrule",
            *(line([cell.full for cell in row]) for row in table.rows),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )
