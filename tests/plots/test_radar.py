"""Radars: a polygon's corners lie on their spokes at their rates."""

from itertools import combinations

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.plots.radar import radar_figure
from tests.nonempty import nonempty


def test_corners_lie_on_their_spokes_clockwise_from_the_top() -> None:
    figure = radar_figure(["a", "b", "c", "d"], {"objective": [0.2, 0.4, 0.6, 0.8]}, "APCER")
    (axes,) = figure.axes
    (line,) = (line for line in axes.lines if line.get_label() == "objective")
    corners = np.stack([line.get_xdata(), line.get_ydata()], axis=1)
    assert corners == pytest.approx(
        np.array([[0, 20], [40, 0], [0, -60], [-80, 0], [0, 20]]), abs=1e-9
    )


def test_what_is_not_known_leaves_a_gap() -> None:
    figure = radar_figure(list("abc"), {"objective": [0.2, np.nan, 0.6]}, "APCER")
    (axes,) = figure.axes
    (line,) = (line for line in axes.lines if line.get_label() == "objective")
    assert np.isnan(np.asarray(line.get_xdata())).tolist() == [False, True, False, False]
    assert not axes.patches


def test_a_gap_is_noted_at_its_spoke() -> None:
    methods = {"objective": [0.1, np.nan, np.nan], "bce": [0.1, 0.2, np.nan]}
    (axes,) = radar_figure(list("abc"), methods, "APCER").axes
    texts = [text.get_text() for text in axes.texts]
    assert texts[-3:] == ["a", "b\nn/a: objective", "c\nn/a"]


def test_values_are_filled_lightly_and_methods_differ_without_colour() -> None:
    methods = {"objective": [0.1, 0.2, 0.3], "bce": [0.3, 0.2, 0.1]}
    (axes,) = radar_figure(list("abc"), methods, "APCER").axes
    assert [patch.get_alpha() for patch in axes.patches] == [0.08, 0.08]
    many = {f"method {number}": [0.1, 0.2, 0.3] for number in range(5)}
    assert not radar_figure(list("abc"), many, "APCER").axes[0].patches
    drawn = [line for line in axes.lines if line.get_label() in methods]
    assert len({line.get_linestyle() for line in drawn}) == 2
    assert len({line.get_marker() for line in drawn}) == 2


@pytest.mark.parametrize("count", [3, 4, 5, 12, 13, 14, 30])
def test_names_of_spokes_touch_neither_each_other_nor_the_polygon(count: int) -> None:
    names = [f"cross dataset number {number}" for number in range(count)]
    figure = radar_figure(names, {"objective": np.full(count, 1.0).tolist()}, "APCER")
    (axes,) = figure.axes
    (line,) = (line for line in axes.lines if line.get_label() == "objective")
    path = axes.transData.transform_path(line.get_path())
    texts = axes.texts[-count:]
    boxes = [text.get_window_extent() for text in texts]
    if count <= 13:  # beyond, names are slanted, and their boxes larger than they are
        assert not any(path.intersects_bbox(box, filled=True) for box in nonempty(boxes))
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    else:
        turns = [text.get_rotation() % 360 for text in texts]
        assert len(set(np.round(turns, 3))) >= count // 2


def test_spokes_and_rings_are_named() -> None:
    methods = {"objective": [0.1, 0.2, 0.3]}
    figure = radar_figure(["first", "second", "lodo_third"], methods, "APCER")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["20 %", "40 %", "60 %", "80 %", "100 %", "first", "second", "lodo third"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["objective"]
    assert [text.get_text() for text in figure.texts] == ["APCER"]


def test_two_spokes_make_no_polygon() -> None:
    with pytest.raises(DataError, match="three spokes"):
        radar_figure(["a", "b"], {"objective": [0.1, 0.2]}, "APCER")
