"""Distribution of scores, per PAI species."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.plots.style import BONA_FIDE, COLOURS, LINES, add_legend, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure


def score_histogram(
    bona_fide: np.ndarray,
    attacks: Mapping[str, np.ndarray],
    threshold: float,
    title: str,
    bins: int = 40,
) -> Figure:
    """Histograms of attack scores: bona fide filled, each PAI species as a line.

    Args:
        bona_fide: scores of bona fide samples.
        attacks: species to scores.
        threshold: the decision threshold.
        title: of the figure.
        bins: number of bins.
    """
    figure, axes = new_figure(5.6, 3.4)
    everything = np.concatenate([bona_fide, *attacks.values(), [threshold]])
    low, high = float(everything.min()), float(everything.max())
    half = 0 if high > low else 0.5
    edges = np.linspace(low - half, high + half, bins + 1).tolist()
    axes.hist(bona_fide, edges, weights=_percent(bona_fide), color=BONA_FIDE, alpha=0.35,
              label="bona fide")  # fmt: skip
    for number, (species, scores) in enumerate(attacks.items()):
        axes.hist(
            scores,
            edges,
            weights=_percent(scores),
            histtype="step",
            color=COLOURS[number % len(COLOURS)],
            linestyle=LINES[number % len(LINES)],
            linewidth=1.4,
            label=species,
        )
    axes.axvline(threshold, color="black", linewidth=1)
    axes.annotate(
        "threshold", (threshold, 1), xycoords=("data", "axes fraction"), rotation=90,
        xytext=(-3, -2), textcoords="offset points", ha="right", va="top", fontsize=8,
    )  # fmt: skip
    axes.set_xlabel("attack score (higher: more likely an attack)")
    axes.set_ylabel("samples of the class (%)")
    axes.set_title(title)
    add_legend(axes, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def _percent(scores: np.ndarray) -> np.ndarray:
    return np.full(scores.size, 100 / max(scores.size, 1))
