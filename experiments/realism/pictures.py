"""Pictures of the statistics: spectra with their spread, and the distribution of each scalar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.plots.style import ATTACK, BONA_FIDE, save, styled, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from anomaly_fas.simulation.realism.statistics import Measured
    from anomaly_fas.types import Label

    Statistics = Mapping[Label, Measured]

SPREAD = (10, 90)


def draw_spectra(real: Statistics, simulated: Statistics, path: Path) -> None:
    """Median spectrum and its 10 to 90 % range, a panel a label."""
    save(_spectra(real, simulated), path)


def draw_distributions(real: Statistics, simulated: Statistics, path: Path) -> None:
    """Histogram of each scalar, a row a label."""
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
        axes.set(title=words(label), xlabel="cycles a pixel")
    panels[0].set_ylabel("power, dB")
    panels[-1].legend()
    return figure


@styled
def _distributions(real: Statistics, simulated: Statistics) -> Figure:
    names = list(next(iter(real.values())).scalars)
    figure = Figure(figsize=(1.9 * len(names), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(real), len(names), sharex="col")
    for row, label in zip(panels, real, strict=True):
        for axes, name in zip(row, names, strict=True):
            values = [sets[label].scalars[name] for _, sets, _ in _sides(real, simulated)]
            bins = np.linspace(*np.percentile(np.hstack(values), [0.5, 99.5]), 30)
            for side, (side_name, _, colour) in zip(values, _sides(real, simulated), strict=True):
                axes.hist(side, bins, density=True, color=colour, alpha=0.5, label=side_name)
            axes.set_yticks([])
            axes.set_title(name if row is panels[0] else "")
        row[0].set_ylabel(words(label))
    panels[0][-1].legend()
    return figure


def _sides(
    real: Statistics, simulated: Statistics
) -> tuple[tuple[str, Statistics, str], tuple[str, Statistics, str]]:
    return ("real", real, BONA_FIDE), ("simulated", simulated, ATTACK)
