"""Dots and bars of species stand where their rates are."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from anomaly_fas.plots.species import SpeciesRate, species_figure

METHODS = {
    "objective": {
        "BPCER": SpeciesRate(0.1, 0.05, 0.2, 500),
        "print": SpeciesRate(0.25, 0.2, 0.4, 40),
        "mask_paper": SpeciesRate(0.0, 0.0, 0.3, 10),
    },
    "bce": {"print": SpeciesRate(0.5, 0.3, 0.6, 44)},
}


def test_each_method_has_a_dot_a_species_at_its_rate() -> None:
    (axes,) = species_figure(METHODS, "APCER").axes
    dots = [
        line for line in axes.lines if line.get_linestyle() == "None" and line.get_marker() != "|"
    ]
    by_marker = {str(line.get_marker()): sorted(line.get_xdata()) for line in dots}
    assert by_marker == {"o": pytest.approx([0.0, 10.0, 25.0]), "s": pytest.approx([50.0])}


def test_bars_reach_from_bound_to_bound() -> None:
    (axes,) = species_figure(METHODS, "APCER").axes
    bars = [c for c in axes.collections if isinstance(c, LineCollection)]
    ends = sorted(
        (round(part[0][0], 6), round(part[1][0], 6)) for bar in bars for part in bar.get_segments()
    )
    assert ends == [(0.0, 30.0), (5.0, 20.0), (20.0, 40.0), (30.0, 60.0)]


def test_rows_are_named_and_bona_fide_samples_come_last() -> None:
    (axes,) = species_figure(METHODS, "APCER").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "mask paper",
        "print",
        "BPCER",
    ]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row on top
    assert [text.get_text() for text in axes.texts] == ["n = 10", "n = 40–44", "n = 500"]
    assert axes.get_xlim() == (0, 100)


def test_the_row_of_bona_fide_samples_is_set_apart_and_bars_are_explained() -> None:
    (axes,) = species_figure(METHODS, "APCER", "exact binomial interval").axes
    assert axes.get_xlabel() == "APCER; below the line, BPCER (%); bars: exact binomial interval"
    weights = [label.get_fontweight() for label in axes.get_yticklabels()]
    assert weights == ["normal", "normal", "bold"]
    dark = [line for line in axes.lines if line.get_color() == "#333333"]
    assert [list(line.get_ydata()) for line in dark] == [[1.5, 1.5]]
    alone = {"objective": {"print": SpeciesRate(0.25, 0.2, 0.4, 40)}}
    (axes,) = species_figure(alone, "APCER").axes
    assert axes.get_xlabel() == "APCER (%); bars: 95 % interval"


def test_coarse_species_stand_out_from_their_fine_ones() -> None:
    rate = SpeciesRate(0.25, 0.2, 0.4, 40)
    names = ["mask_paper", "mask", "print"]
    (axes,) = species_figure({"objective": dict.fromkeys(names, rate)}, "APCER").axes
    assert {label.get_text(): label.get_fontweight() for label in axes.get_yticklabels()} == {
        "mask": "bold", "mask paper": "normal", "print": "normal",
    }  # fmt: skip


def test_methods_do_not_cover_each_other() -> None:
    (axes,) = species_figure(METHODS, "APCER").axes
    rows = [
        float(np.asarray(line.get_ydata())[0])
        for line in axes.lines
        if line.get_marker() in {"o", "s"} and 1 <= np.round(np.asarray(line.get_ydata())[0]) <= 2
    ]
    assert len(set(rows)) == len(rows)
