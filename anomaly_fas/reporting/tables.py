"""Tables of results, their cells, and how they are written as Markdown, CSV, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from math import isnan
from pathlib import Path
from typing import Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from anomaly_fas.files import write_text
from anomaly_fas.metrics.intervals import Interval

ABSENT: Final = "–"
"""Text of a cell without a value."""

_LATEX: Final = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"±": r"$\pm$", "−": "$-$", "–": "--"}
)


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what is shown.
        order: value to sort by on a page; the text if None.
        figure: path of the number in a report's metrics.json, empty for other cells.
        detail: smaller text after the first, such as an interval.
        is_bold: whether the text is bold; never the detail.
    """

    text: str = ABSENT
    order: float | None = None
    figure: str = ""
    detail: str = ""
    is_bold: bool = False

    @property
    def full(self) -> str:
        """Text and detail."""
        return f"{self.text} {self.detail}" if self.detail else self.text


@dataclass(frozen=True)
class Table:
    """Rows under a header, the first column naming the row.

    Attributes:
        name: stem of its files.
        title: what it shows; empty for none.
        header: name of each column; a line break separates a name from its unit or kind.
        rows: as many cells as the header has names.
        note: how to read it, and where the numbers come from; one paragraph per line.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @classmethod
    def of(
        cls, name: str, title: str, rows: Iterable[Mapping[str, object]], note: str = ""
    ) -> Table:
        """Make a table from rows by column name; a row that lacks a column has a dash there."""
        rows = list(rows)
        header = tuple(dict.fromkeys(column for row in rows for column in row))
        cells = ([row.get(column, ABSENT) for column in header] for row in rows)
        filled = (tuple(c if isinstance(c, Cell) else Cell(str(c)) for c in row) for row in cells)
        return cls(name, title, header, tuple(filled), note)

    @property
    def frame(self) -> pd.DataFrame:
        """Texts with their details, by column name."""
        texts = [[cell.full for cell in row] for row in self.rows]
        return pd.DataFrame(texts, columns=list(self.header))


def percent(fraction: float) -> str:
    """Write a fraction in percent.

    Example:
        >>> percent(0.1234), percent(float("nan"))
        ('12.3', '–')
    """
    return ABSENT if isnan(fraction) else f"{100 * fraction:.1f}"


def points(fraction: float) -> str:
    """Write a difference of fractions in percentage points.

    Example:
        >>> points(0.0123), points(-0.5), points(-0.0001)
        ('+1.2', '−50.0', '0.0')
    """
    rounded = round(100 * fraction, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def bounds(interval: Interval | None, shown: Callable[[float], str] = percent) -> str:
    """Write an interval in brackets; empty if there is none."""
    return "" if interval is None else f"[{shown(interval.low)}, {shown(interval.high)}]"


def figure_cell(
    value: float, interval: Interval | None = None, spread: float | None = None, figure: str = ""
) -> Cell:
    """Show a fraction in percent, with its standard deviation over seeds or draws and interval."""
    deviation = "" if spread is None else f" ± {100 * spread:.1f}"
    return Cell(percent(value) + deviation, value, figure, bounds(interval))


def points_cell(value: float, interval: Interval | None, remark: str = "") -> Cell:
    """Show a difference of fractions in percentage points, with its sign, interval and a remark."""
    detail = " ".join(filter(None, [bounds(interval, points), remark]))
    return Cell(points(value), value, detail=detail)


def write_table(table: Table, folder: Path) -> None:
    """Write `<name>.md`, `.csv` and `.tex`.

    Raises:
        RunError: a file cannot be written.
    """
    write_text(folder / f"{table.name}.md", markdown(table))
    write_text(folder / f"{table.name}.csv", csv_text(table.frame))
    write_text(folder / f"{table.name}.tex", latex(table))


def csv_text(rows: pd.DataFrame) -> str:
    """Write rows as CSV without the index; lines end alike on every system."""
    return rows.to_csv(index=False, lineterminator="\n")


def markdown(table: Table) -> str:
    """Write a table in Markdown, its title above it and its note below it."""
    title = table.title and f"**{table.title}**"
    return "\n\n".join(filter(None, [title, markdown_rows(table), table.note])) + "\n"


def markdown_rows(table: Table) -> str:
    """Write the header and rows of a table in Markdown."""

    def line(texts: Iterable[str]) -> str:
        escaped = (text.replace("|", "\\|").replace("\n", "<br>") for text in texts)
        return f"| {' | '.join(escaped)} |"

    def shown(cell: Cell) -> str:
        return f"**{cell.text}** {cell.detail}".rstrip() if cell.is_bold else cell.full

    rules = ["---"] + ["---:"] * (len(table.header) - 1)
    return "\n".join([line(table.header), line(rules), *(line(map(shown, r)) for r in table.rows)])


def latex(table: Table) -> str:
    """Write a table in LaTeX (booktabs), its title and note in a comment."""

    def line(texts: Iterable[str]) -> str:
        return " & ".join(texts) + r" \\"

    def shown(cell: Cell) -> str:
        text = cell.text.translate(_LATEX)
        text = rf"\textbf{{{text}}}" if cell.is_bold else text
        return f"{text} {cell.detail.translate(_LATEX)}".rstrip()

    comment = f"{table.title}. {table.note}" if table.title else table.note
    headers = zip_longest(*(name.split("\n") for name in table.header), fillvalue="")
    lines = [
        "% " + comment.replace("\n", " "),
        rf"\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
        r"\toprule",
        *(line(name.translate(_LATEX) for name in names) for names in headers),
        r"\midrule",
        *(line(map(shown, row)) for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def render(template: str, **values: object) -> str:
    """Fill a template of this folder; those of HTML make self-contained pages."""
    environment = Environment(
        loader=PackageLoader("anomaly_fas.reporting"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["rows"] = markdown_rows
    return environment.get_template(template).render(**values)
