"""Error rates of PAI species with their intervals, as dots on bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anomaly_fas.plots.layout import fit, legend_below, panels
from anomaly_fas.plots.style import look, plain, styled, words

BONA_FIDE_ROW: Final = "BPCER"
"""Name of the row that is set apart from the species."""


@dataclass(frozen=True)
class SpeciesRate:
    """A rate, its bounds, fractions, and the samples it is a share of."""

    value: float
    low: float
    high: float
    n: int


@styled
def species_figure(
    methods: Mapping[str, Mapping[str, SpeciesRate]], title: str, bound: str = "95 % interval"
) -> Figure:
    """Draw a row per species, in it a dot and an interval per method.

    Coarse species beside their fine ones are set in bold; the species `BPCER` is below the others.
    """
    names = list(dict.fromkeys(species for rates in methods.values() for species in rates))
    names.sort(key=lambda name: (name == BONA_FIDE_ROW, name))
    height = max(0.24, 0.12 * len(methods) + 0.1)
    figure, (axes,) = panels(1, (4.4, height * len(names)))
    for number, (method, rates) in enumerate(methods.items()):
        offset = 0.72 * ((number + 0.5) / len(methods) - 0.5)
        rows = [row + offset for row, name in enumerate(names) if name in rates]
        _draw(axes, rows, [rates[name] for name in names if name in rates], method, number)
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.5), title=plain(title))
    _name_rows(axes, names)
    for row, name in enumerate(names):  # a range, where methods differ in it
        sizes = sorted({rates[name].n for rates in methods.values() if name in rates})
        text = "–".join(str(size) for size in dict.fromkeys((sizes[0], sizes[-1])))
        axes.annotate(
            f"n = {text}", (1.03, row), xycoords=("axes fraction", "data"),
            va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    rate = "APCER; below the line, BPCER" if BONA_FIDE_ROW in names else "APCER"
    axes.set_xlabel(f"{rate} (%); bars: {plain(bound)}")
    axes.set_ylabel("PAI species")
    legend_below(figure, axes.get_legend_handles_labels()[0])
    return fit(figure)


def _draw(
    axes: Axes, rows: Sequence[float], rates: Sequence[SpeciesRate], method: str, number: int
) -> None:
    colour, _, marker = look(number)
    axes.errorbar(
        [100 * rate.value for rate in rates],
        rows,
        xerr=[
            [max(0.0, 100 * (rate.value - rate.low)) for rate in rates],
            [max(0.0, 100 * (rate.high - rate.value)) for rate in rates],
        ],
        linestyle="none",
        marker=marker,
        markersize=5,
        elinewidth=1.2,
        capsize=2,
        color=colour,
        label=plain(method),
        clip_on=False,
        zorder=3,
    )


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [words(name) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    for row, (name, label) in enumerate(zip(names, axes.get_yticklabels(), strict=True)):
        is_apart = name == BONA_FIDE_ROW
        if is_apart or any(other.startswith(f"{name}_") for other in names):
            label.set_fontweight("bold")
        if row:
            axes.axhline(
                row - 0.5, color="#333333" if is_apart else "#dddddd", linewidth=1.0, zorder=1
            )
