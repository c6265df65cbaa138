"""Distribution of scores, a panel a PAI species."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.plots.style import BONA_FIDE, COLOURS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes


def score_histogram(
    bona_fide: np.ndarray,
    attacks: Mapping[str, np.ndarray],
    threshold: float,
    title: str,
    bins: int = 40,
) -> Figure:
    """Histograms of attack scores: each PAI species as a line before bona fide samples, filled.

    Args:
        bona_fide: scores of bona fide samples.
        attacks: species to scores, one or more.
        threshold: the decision threshold.
        title: of the figure.
        bins: number of bins.
    """
    everything = np.concatenate([bona_fide, *attacks.values(), [threshold]])
    low, high = float(everything.min()), float(everything.max())
    half = 0 if high > low else 0.5
    edges = np.linspace(low - half, high + half, bins + 1).tolist()
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(5.6, 1.1 + 0.85 * len(attacks)), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(attacks), 1, sharex=True, squeeze=False)[:, 0]
    figure.suptitle(title, fontsize=11)
    for number, (axes, (species, scores)) in enumerate(zip(panels, attacks.items(), strict=True)):
        axes.hist(bona_fide, edges, weights=_percent(bona_fide), color=BONA_FIDE, alpha=0.35)
        axes.hist(
            scores,
            edges,
            weights=_percent(scores),
            histtype="step",
            color=COLOURS[number % len(COLOURS)],
            linewidth=1.4,
            label=species,
        )
        axes.axvline(threshold, color="black", linewidth=1)
        _name(axes, f"{species.replace('_', ' ')}\nn = {scores.size}")
    axes = panels[0]
    axes.annotate(
        "threshold", (threshold, 1), xycoords=("data", "axes fraction"),
        xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=8,
    )  # fmt: skip
    panels[-1].set_xlabel(
        f"attack score (higher: more likely an attack); filled: bona fide, n = {bona_fide.size}"
    )
    figure.supylabel("samples of the class (%)", fontsize=9)
    return figure


def _name(axes: Axes, text: str) -> None:
    axes.text(1.02, 0.5, text, transform=axes.transAxes, va="center", fontsize=8)


def _percent(scores: np.ndarray) -> np.ndarray:
    return np.full(scores.size, 100 / max(scores.size, 1))
