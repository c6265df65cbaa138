"""Error rates of PAI species with their intervals, as dots on bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.style import COLOURS, MARKERS, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BONA_FIDE_ROW: Final = "BPCER"
"""Name of the row that is set apart from the species."""


@dataclass(frozen=True)
class Interval:
    """A rate, its bounds, fractions, and the samples it is a share of."""

    value: float
    low: float
    high: float
    n: int


def species_figure(methods: Mapping[str, Mapping[str, Interval]], title: str) -> Figure:
    """A row a species, in it a dot and an interval a method.

    Args:
        methods: name to species to rate; the species `BPCER` stands below the others.
        title: of the figure.
    """
    names = list(dict.fromkeys(species for rates in methods.values() for species in rates))
    names.sort(key=lambda name: (name == BONA_FIDE_ROW, name))
    height = max(0.3, 0.13 * len(methods) + 0.12)
    figure, axes = new_figure(6.0, 1.3 + height * len(names) + 0.18 * len(methods))
    for number, (method, rates) in enumerate(methods.items()):
        offset = 0.7 * ((number + 0.5) / len(methods) - 0.5)
        shown = [(row, rates[name]) for row, name in enumerate(names) if name in rates]
        values = [100 * rate.value for _, rate in shown]
        axes.errorbar(
            values,
            [row + offset for row, _ in shown],
            xerr=[
                [max(0.0, 100 * (rate.value - rate.low)) for _, rate in shown],
                [max(0.0, 100 * (rate.high - rate.value)) for _, rate in shown],
            ],
            linestyle="none",
            marker=MARKERS[number % len(MARKERS)],
            markersize=5,
            elinewidth=1.2,
            capsize=2,
            color=COLOURS[number % len(COLOURS)],
            label=method,
            clip_on=False,
        )
    _name_rows(axes, names, methods)
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.5), title=title)
    axes.set_xlabel("APCER of the species, BPCER below the line (%)")
    axes.set_ylabel("PAI species")
    figure.legend(frameon=False, loc="outside lower center")
    return figure


def _name_rows(
    axes: Axes, names: Sequence[str], methods: Mapping[str, Mapping[str, Interval]]
) -> None:
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    for row, name in enumerate(names):
        sizes = sorted({rates[name].n for rates in methods.values() if name in rates})
        text = "–".join(str(size) for size in dict.fromkeys((sizes[0], sizes[-1])))
        axes.annotate(
            f"n = {text}", (1.02, row), xycoords=("axes fraction", "data"),
            va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    axes.grid(visible=False, axis="y")
    for row in range(1, len(names)):
        last = names[row] == BONA_FIDE_ROW
        axes.axhline(
            row - 0.5, color="#333333" if last else "#dddddd", linewidth=1.0 if last else 0.6
        )
