"""Pictures of the statistics with distances: spectra and their spread, scalars' distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from distance import distances
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.plots.style import ATTACK, BONA_FIDE, save, styled
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from measurements import Measured

    Statistics = Mapping[Label, Measured]

SPREAD = (10, 90)
COLUMNS = 7
NAMES = {Label.BONA_FIDE: "bona fide", Label.ATTACK: "print"}


def draw_spectra(real: Statistics, simulated: Statistics, path: Path) -> None:
    """Median spectrum and its 10 to 90 % range, a panel a label."""
    save(_spectra(real, simulated), path)


def draw_distributions(real: Statistics, simulated: Statistics, path: Path) -> None:
    """Histogram of each scalar, bona fide captures over prints."""
    save(_distributions(real, simulated), path)


@styled
def _spectra(real: Statistics, simulated: Statistics) -> Figure:
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(real), sharey=True)
    for axes, label in zip(panels, real, strict=True):
        for name, sets, colour in _sides(real, simulated):
            spectra = sets[label].spectra
            cycles = (np.arange(spectra.shape[1]) + 0.5) / (2 * spectra.shape[1])
            low, high = np.percentile(spectra, SPREAD, axis=0)
            axes.fill_between(cycles, low, high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(cycles, np.median(spectra, axis=0), color=colour, label=name)
        apart = distances(real[label], simulated[label])["spectrum"]
        axes.set(title=f"{NAMES[label]}, {apart:.2f} dB apart", xlabel="cycles a pixel")
    panels[0].set_ylabel("power, dB")
    panels[-1].legend()
    return figure


@styled
def _distributions(real: Statistics, simulated: Statistics) -> Figure:
    names = list(next(iter(real.values())).scalars)
    blocks = -(-len(names) // COLUMNS)
    figure = Figure(figsize=(1.6 * COLUMNS, 1.5 * blocks * len(real)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(blocks * len(real), COLUMNS)
    apart = {label: distances(real[label], simulated[label]) for label in real}
    for place, name in enumerate(names):
        block, column = divmod(place, COLUMNS)
        every = [s[label].scalars[name] for s in (real, simulated) for label in real]
        bins = np.linspace(*np.percentile(np.hstack(every), [0.5, 99.5]), 30)
        for row, label in enumerate(real):
            axes = panels[block * len(real) + row, column]
            for side_name, sets, colour in _sides(real, simulated):
                values = sets[label].scalars[name]
                axes.hist(values, bins, density=True, color=colour, alpha=0.5, label=side_name)
            axes.set(yticks=[], title="" if row else name, xlim=(bins[0], bins[-1]))
            axes.annotate(
                f"{apart[label][name]:.2f}", (1, 1), xycoords="axes fraction", ha="right", va="top",
                fontsize="small",
            )  # fmt: skip
            if column == 0:
                axes.set_ylabel(NAMES[label])
    for axes in panels.flat:
        axes.set_visible(axes.has_data())
    panels[0, 0].legend(fontsize="small")
    return figure


def _sides(
    real: Statistics, simulated: Statistics
) -> tuple[tuple[str, Statistics, str], tuple[str, Statistics, str]]:
    return ("real", real, BONA_FIDE), ("simulated", simulated, ATTACK)
