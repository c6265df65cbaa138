"""Writes a study's table as Markdown, CSV, LaTeX and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from anomaly_fas.files import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.reporting.table import StudyTable

_LATEX: Final = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"±": r"$\pm$", "−": "$-$", "–": "--"}
)


def write_table(table: StudyTable, folder: Path) -> list[Path]:
    """Write `table.md`, `table.csv`, `table.tex` and `table.html`, each whole or not at all.

    The CSV has one row a method and protocol with every figure, as fractions.

    Raises:
        RunError: a file cannot be written.
    """
    written = []
    for suffix, content in (
        ("md", markdown(table)),
        ("csv", table.long.to_csv(index=False, lineterminator="\n")),
        ("tex", _render("table.tex", table)),
        ("html", _render("table.html", table)),
    ):
        path = folder / f"table.{suffix}"
        with atomic_path(path) as temporary:
            temporary.write_text(content, encoding="utf-8")
        written.append(path)
    return written


def markdown(table: StudyTable) -> str:
    """The table in Markdown."""
    header = ["method", *(f"{column.title}<br>({column.data_kind})" for column in table.columns)]
    lines = [markdown_line(header), markdown_line(["---"] + ["---:"] * len(table.columns))]
    for row in table.rows:
        cells = []
        for column in table.columns:
            cell = table.cells.get((row, column))
            mean = "" if cell is None else f"**{cell.mean}**" if cell.is_best else cell.mean
            cells.append("–" if cell is None else f"{mean} {cell.parts}")
        lines.append(markdown_line([row, *cells]))
    return "\n".join([*lines, "", *table.notes]) + "\n"


def markdown_line(cells: list[str]) -> str:
    """A row of a Markdown table."""
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def latex(text: object) -> str:
    """Text as LaTeX sets it, special characters escaped."""
    return str(text).translate(_LATEX)


def environment(*, autoescape: bool) -> Environment:
    """Where the templates of this folder are found."""
    made = Environment(
        loader=PackageLoader("anomaly_fas.reporting"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["latex"] = latex
    return made


def _render(template: str, table: StudyTable) -> str:
    rendering = environment(autoescape=template.endswith("html"))
    return rendering.get_template(template).render(table=table)
