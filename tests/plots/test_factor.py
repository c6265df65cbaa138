"""Levels stand where their values say, figures where their error rates say."""

import pytest
from matplotlib.collections import LineCollection

from anomaly_fas.plots.compared_methods import Dot
from anomaly_fas.plots.factor import factor_figure, positions

RATES = [Dot(1, 20.0, (10.0, 40.0), "EER", (15.0, 25.0)), Dot(16, 30.0, None, "EER", (30.0,))]
LESS = [Dot(1, -10.0, (-12.0, -4.0), "ACER")]


def test_numbers_over_a_decade_stand_at_their_logarithms() -> None:
    places = positions([1, 4, 16])
    assert places[4] - places[1] == pytest.approx(places[16] - places[4])
    assert positions([0.2, 1, 0]) == {0.2: 0.2, 1: 1.0, 0: 0.0}


def test_zero_stands_left_of_the_least_by_the_usual_distance() -> None:
    assert list(positions([0, 0.001, 0.01, 0.1, 1]).values()) == pytest.approx([-4, -3, -2, -1, 0])


def test_words_stand_in_their_order() -> None:
    assert positions(["b", "a", "c"]) == {"b": 0, "a": 1, "c": 2}


def test_means_bars_and_seeds_stand_at_their_values() -> None:
    own = RATES, LESS
    figure = factor_figure("s, scale", {1: "1", 16: "16"}, 16, {"one": own, "two": own})
    upper, other, lower, _ = figure.axes
    squares = [line for line in upper.lines if line.get_marker() == "s"]
    assert sorted(y for line in squares for y in line.get_ydata()) == [20.0, 30.0]
    dots = [line for line in upper.lines if line.get_marker() == "."]
    assert sorted(y for line in dots for y in line.get_ydata()) == [15.0, 25.0, 30.0]
    bars = next(c for c in upper.collections if isinstance(c, LineCollection) and c.get_segments())
    assert [sorted(part[:, 1]) for part in bars.get_segments()] == [[10.0, 40.0], [30.0, 30.0]]
    assert upper.get_ylim() == other.get_ylim()
    assert [label.get_text() for label in lower.get_xticklabels()] == ["1", "16"]
    (base,) = (line for line in upper.lines if line.get_linewidth() > 10)
    assert base.get_xdata()[0] == positions([1, 16])[16]
