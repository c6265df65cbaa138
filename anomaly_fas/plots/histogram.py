"""Distribution of scores, a panel a PAI species."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from anomaly_fas.metrics.error_rates import apcer, bpcer
from anomaly_fas.plots.layout import fit, label_left, legend_below, panels, title_above
from anomaly_fas.plots.style import ATTACK, BONA_FIDE, styled, words

_ONE_COLUMN: Final = 6
"""Species up to which the panels stand in one column."""

_HIGH_TICKS: Final = (0, 5, 20, 50, 100)
_LOW_TICKS: Final = (0, 1, 4, 10)
_HEIGHT: Final = 2.2
"""Inches of all panels together, where they are few."""

_LEAST: Final = 0.75
"""Inches of a panel, where they are many."""

_FILL: Final = (BONA_FIDE, 0.35)


@styled
def score_histogram(
    bona_fide: np.ndarray,
    attacks: Mapping[str, np.ndarray],
    threshold: float,
    title: str,
    bins: int = 40,
) -> Figure:
    """Draw a histogram per PAI species as a line before that of bona fide samples, filled.

    Heights are drawn on a square-root scale, so that the few samples near the threshold are seen
    beside the many that are far from it.
    """
    everything = np.concatenate([bona_fide, *attacks.values(), [threshold]])
    low, high = float(everything.min()), float(everything.max())
    half = 0 if high > low else 0.5
    edges = np.linspace(low - half, high + half, bins + 1)
    columns, width = (1, 4.6) if len(attacks) <= _ONE_COLUMN else (2, 3.1)
    rows = -(-len(attacks) // columns)
    size = (width, max(_LEAST, _HEIGHT / rows))
    figure, shown = panels(len(attacks), size, columns, (0.35, 0.3), down_first=True)
    for axes, (species, scores) in zip(shown, attacks.items(), strict=True):
        axes.stairs(_percent(bona_fide, edges), edges, color=_FILL, fill=True)
        axes.stairs(_percent(scores, edges), edges, color=ATTACK, linewidth=1.4)
        axes.axvline(threshold, color="black", linewidth=1)
        rate = f", APCER {100 * apcer(scores, threshold):.1f} %" if scores.size else ""
        axes.set_title(words(species), loc="left", fontsize=8, fontweight="bold", pad=3)
        axes.set_title(f"n = {scores.size}{rate}", loc="right", fontsize=8, pad=3)
    _name_axes(shown, rows, max(axes.get_ylim()[1] for axes in shown))
    rate = f", BPCER {100 * bpcer(bona_fide, threshold):.1f} %" if bona_fide.size else ""
    handles = (
        Patch(facecolor=_FILL, label=f"bona fide (n = {bona_fide.size}{rate})"),
        Patch(facecolor="none", edgecolor=ATTACK, linewidth=1.4, label="PAI species"),
        Line2D([], [], color="black", linewidth=1, label=f"threshold {threshold:.3f}"),
    )
    legend_below(figure, handles, ncols=3, handlelength=2, columnspacing=1.2)
    label_left(figure, "share of the class or species (%)\nsquare-root scale")
    title_above(figure, title)
    return fit(figure)


def _name_axes(shown: Sequence[Axes], rows: int, top: float) -> None:
    """Give all panels one scale, its numbers where a column begins or ends."""
    ticks = [tick for tick in (_HIGH_TICKS if top >= 20 else _LOW_TICKS) if tick <= top]
    for number, axes in enumerate(shown):
        axes.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0)), np.square))
        axes.set(ylim=(0, 1.02 * top), xlim=shown[0].get_xlim())
        axes.set_yticks(ticks, [str(tick) for tick in ticks] if number < rows else [])
        is_last = number in {rows - 1, len(shown) - 1}
        axes.tick_params(labelbottom=is_last, labelsize=8)
        if is_last:
            axes.set_xlabel("attack score (higher: more likely an attack)")


def _percent(scores: np.ndarray, edges: np.ndarray) -> np.ndarray:
    counts, _ = np.histogram(scores, edges)
    return 100 * counts / max(scores.size, 1)
