"""Report error rates against references from a new domain: a page, a picture and all figures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from anomaly_fas.files import write_text
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.shot_figures import FIGURES, ShotFigure
from anomaly_fas.plots.shots import Curves, ShotCurve, shot_figure
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.tables import ABSENT, Cell, Table, bounds, figure_cell, markdown

_SHOWN: Final = (("EER", "eer"), ("ACER", "acer"))
"""Titles and names of the figures of the tables and the picture."""


@dataclass(frozen=True)
class ShotRow:
    """The figures, by name, of a method's runs at a number of shots (pairs of references)."""

    method: str
    adaptation: str
    shots: int
    runs: tuple[str, ...]
    figures: dict[str, ShotFigure]

    @property
    def name(self) -> str:
        """Name of the line."""
        return f"{self.method}, {self.adaptation}"

    @property
    def labels(self) -> dict[str, object]:
        """Columns that name the row in long tables."""
        return {"method": self.method, "adaptation": self.adaptation, "shots": self.shots}


@dataclass(frozen=True)
class ShotReport:
    """Error rates against shots in a domain; all lines are compared with that of the first row."""

    title: str
    rows: Sequence[ShotRow]
    note: str

    def write(self, folder: Path) -> Path:
        """Write `README.md`, its picture, and every figure behind them.

        `figures.csv` has one row per draw, `summary.csv` one per line and number of shots, and
        `differences.csv` one per two lines and number of shots.

        Raises:
            RunError: a file cannot be written.
        """
        save(shot_figure(self._curves(), self.title), folder / "shots.png")
        _write_csv(pd.concat([_by_draw(row) for row in self.rows]), folder / "figures.csv")
        _write_csv(pd.DataFrame(map(self._summary, self.rows)), folder / "summary.csv")
        _write_csv(pd.DataFrame(self._differences()), folder / "differences.csv")
        picture = "![Error rates against shots](shots.png)"
        parts = [f"# {self.title}\n", f"{self.note}\n", f"{picture}\n"]
        write_text(folder / "README.md", "\n".join([*parts, *map(markdown, self.tables())]))
        return folder / "README.md"

    def tables(self) -> list[Table]:
        """Tabulate error rates, what shots take away, and how other lines differ from the first."""
        first = next(iter(self._lines))
        rates = "Mean over draws ± their standard deviation, [95 % interval of the mean]."
        less = f"Below zero “{first}” errs less. [95 % interval], p of no difference."
        taken = "EER taken away, of that without shots (%)"
        share = "1 - EER / EER without shots, [95 % interval]."
        others = f"of “{first}” less that of the others (points)"
        return [
            *(self._table(f"{title} (%)", name, _rate_cell, rates) for title, name in _SHOWN),
            self._table(taken, "eer", self._gain_cell, share),
            *(
                self._table(f"{title} {others}", name, self._difference_cell, less)
                for title, name in _SHOWN
            ),
        ]

    def _table(
        self, title: str, figure: str, cell: Callable[[ShotRow, str], Cell], note: str
    ) -> Table:
        counts = sorted({row.shots for row in self.rows})
        rows = [
            {
                "pairs": name,
                **{str(n): cell(line[n], figure) if n in line else ABSENT for n in counts},
            }
            for name, line in self._lines.items()
        ]
        return Table.of("", title, rows, note)

    @property
    def _lines(self) -> dict[str, dict[int, ShotRow]]:
        lines: dict[str, dict[int, ShotRow]] = {}
        for row in self.rows:
            lines.setdefault(row.name, {})[row.shots] = row
        return lines

    def _curves(self) -> dict[str, Curves]:
        methods: dict[str, Curves] = {}
        for own in self._lines.values():
            first = next(iter(own.values()))
            curves = methods.setdefault(first.method, {title: {} for title, _ in _SHOWN})
            for title, figure in _SHOWN:
                curves[title][first.adaptation] = _curve(own, figure)
        return methods

    def _gain_cell(self, row: ShotRow, figure: str) -> Cell:
        gain = self._gain(row, figure)
        return figure_cell(gain.value, gain.interval) if gain else Cell()

    def _gain(self, row: ShotRow, figure: str) -> ShotFigure | None:
        start = self._lines[row.name].get(0)
        if start is None or not row.shots:
            return None
        return row.figures[figure].share_taken_from(start.figures[figure])

    def _difference_cell(self, row: ShotRow, figure: str) -> Cell:
        first = next(iter(self._lines.values())).get(row.shots, row)
        found = None if first is row else first.figures[figure].less(row.figures[figure])
        if found is None:
            return Cell()
        detail = f"{bounds(found.interval)} p {found.p_value:.2g}"
        return Cell(f"{100 * found.value:+.1f}", detail=detail)

    def _summary(self, row: ShotRow) -> dict[str, object]:
        summary = row.labels
        for name in FIGURES:
            figure = row.figures[name]
            summary |= _interval(name, figure) | {f"{name}_spread": figure.spread}
        return summary | _interval("eer_taken", self._gain(row, "eer"))

    def _differences(self) -> Iterator[dict[str, object]]:
        for one, other in combinations(self.rows, 2):
            if one.shots != other.shots:
                continue
            row: dict[str, object] = {
                "method": one.method,
                "adaptation": one.adaptation,
                "less_method": other.method,
                "less_adaptation": other.adaptation,
                "shots": one.shots,
            }
            for _, name in _SHOWN:
                difference = one.figures[name].less(other.figures[name])
                row |= _interval(name, difference)
                row[f"{name}_p"] = difference.p_value if difference else np.nan
            yield row


def _rate_cell(row: ShotRow, name: str) -> Cell:
    figure = row.figures[name]
    if np.isnan(figure.value):
        return Cell()
    return figure_cell(figure.value, figure.interval, figure.spread)


def _curve(own: dict[int, ShotRow], name: str) -> ShotCurve:
    shots = sorted(count for count, row in own.items() if not np.isnan(row.figures[name].value))
    figures = [own[count].figures[name] for count in shots]
    intervals = [figure.interval or (np.nan, np.nan) for figure in figures]
    values = np.array([figure.value for figure in figures])
    return ShotCurve(np.array(shots), values, *np.array(intervals).reshape(-1, 2).T)


def _by_draw(row: ShotRow) -> pd.DataFrame:
    """List figures as fractions, one row per run and draw."""
    runs, draws = row.figures[FIGURES[0]].by_draw.shape
    places = {"run": np.repeat(row.runs, draws), "draw": np.tile(np.arange(draws), runs)}
    figures = {name: row.figures[name].by_draw.ravel() for name in FIGURES}
    return pd.DataFrame({**row.labels, **places, **figures})


def _interval(name: str, found: ShotFigure | Estimate | None) -> dict[str, object]:
    low, high = (found.interval if found else None) or (np.nan, np.nan)
    return {name: found.value if found else np.nan, f"{name}_low": low, f"{name}_high": high}


def _write_csv(rows: pd.DataFrame, path: Path) -> None:
    write_text(path, rows.to_csv(index=False, float_format="%.6f", lineterminator="\n"))
