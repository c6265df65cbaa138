"""Radars: a polygon's corners lie on their spokes at their rates."""

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.plots.radar import radar_figure


def test_corners_lie_on_their_spokes_clockwise_from_the_top() -> None:
    figure = radar_figure(["a", "b", "c", "d"], {"anomaly": [0.2, 0.4, 0.6, 0.8]}, "APCER", "%")
    (axes,) = figure.axes
    (line,) = (line for line in axes.lines if line.get_label() == "anomaly")
    corners = np.stack([line.get_xdata(), line.get_ydata()], axis=1)
    assert corners == pytest.approx(
        np.array([[0, 20], [40, 0], [0, -60], [-80, 0], [0, 20]]), abs=1e-9
    )


def test_what_is_not_known_leaves_a_gap() -> None:
    figure = radar_figure(list("abc"), {"anomaly": [0.2, np.nan, 0.6]}, "APCER", "%")
    (axes,) = figure.axes
    (line,) = (line for line in axes.lines if line.get_label() == "anomaly")
    assert np.isnan(np.asarray(line.get_xdata())).tolist() == [False, True, False, False]
    assert not axes.patches


def test_spokes_and_rings_are_named() -> None:
    figure = radar_figure(["first", "second", "third"], {"anomaly": [0.1, 0.2, 0.3]}, "APCER", "%")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["20 %", "40 %", "60 %", "80 %", "100 %", "first", "second", "third"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["anomaly"]


def test_two_spokes_make_no_polygon() -> None:
    with pytest.raises(DataError, match="three spokes"):
        radar_figure(["a", "b"], {"anomaly": [0.1, 0.2]}, "APCER", "%")
