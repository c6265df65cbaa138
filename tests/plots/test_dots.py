"""Dots are at the values of their methods or levels, with their intervals and looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from matplotlib.collections import LineCollection

from anomaly_fas.plots.dots import Dot, factor_figure, methods_figure, positions
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {"first": "lowest", "tied": "not shown", "behind": "higher"}
PANELS = {
    "one $family": [
        Dot("a_b", 10.0, (8.0, 13.0), "first", (9.0, 11.0)),
        Dot("c", 20.0, None, "behind"),
    ],
    "other": [Dot("c", 5.0, (4.0, 6.0), "tied")],
}


def figure(*, of_differences: bool = False) -> Figure:
    return methods_figure(
        PANELS, ["a_b", "c", "d"], "EER (%)", "title", NAMES, of_differences=of_differences
    )


def dots(axes: Axes) -> dict[tuple[float, float], tuple[float, float]]:
    """Place of each dot to the ends of its bar."""
    found = {}
    for container in axes.containers:
        line, _, (bar,) = container.lines
        ends = bar.get_segments()[0][:, 0]
        found[float(line.get_xdata()[0]), float(line.get_ydata()[0])] = (ends[0], ends[1])
    return found


def test_dots_and_bars_stand_at_their_values_on_their_rows() -> None:
    one, other = figure().axes
    assert dots(one) == {(10, 0): (8, 13), (20, 1): (20, 20)}
    assert dots(other) == {(5, 1): (4, 6)}
    ticks = [line for line in one.lines if line.get_color() == "#999999"]
    assert [list(line.get_xdata()) for line in ticks] == [[9, 11]]
    assert [label.get_text() for label in one.get_yticklabels()] == ["a b", "c", "d"]
    assert one.get_ylim() == other.get_ylim() == (2.5, -0.5)  # the first at the top
    assert one.get_title() == r"one \$family"


def test_error_rates_begin_at_0_and_differences_have_a_line_there() -> None:
    assert all(axes.get_xlim()[0] == 0 for axes in figure().axes)
    for axes in nonempty(figure(of_differences=True).axes):
        assert [0, 0] in [list(line.get_xdata()) for line in axes.lines]


def test_the_legend_names_the_looks_that_are_there() -> None:
    (legend,) = figure().legends
    assert [text.get_text() for text in legend.get_texts()] == list(NAMES.values())
    looks = {(line.get_color(), line.get_marker()) for line in legend.get_lines()}
    assert len(looks) == 3
    few = {"one": PANELS["other"]}
    (legend,) = methods_figure(few, ["c"], "EER (%)", "title", NAMES).legends
    assert [text.get_text() for text in legend.get_texts()] == ["not shown"]


@pytest.mark.parametrize(("count", "lines"), [(1, 2), (3, 1), (7, 2), (7, 4)])
def test_nothing_is_cut_off_or_drawn_over(count: int, lines: int) -> None:
    rows = [f"a_method_with_a_long_name_{number}" for number in range(14)]
    panels = {
        f"family {number}" + "\nsome protocols" * (lines - 1): [
            Dot(row, 10.0 + place, (8.0, 13.0 + place), "tied") for place, row in enumerate(rows)
        ]
        for number in range(count)
    }
    drawn = methods_figure(panels, rows, "EER (%)", "a title that is rather long", NAMES)
    drawn.draw_without_rendering()
    renderer = drawn.canvas.get_renderer()
    page = drawn.bbox
    boxes = [axes.get_tightbbox(renderer) for axes in drawn.axes]
    boxes += [own.get_window_extent(renderer) for own in (*drawn.texts, *drawn.legends)]
    for number, box in nonempty(enumerate(boxes)):
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
        for other in boxes[:number]:
            width = min(box.x1, other.x1) - max(box.x0, other.x0)
            height = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert width <= 1 or height <= 1


def test_rows_of_two_rates_stand_aside_and_rules_stand_between_groups() -> None:
    columns = {
        "one": [
            Dot("loss: focal", 5.0, (1.0, 9.0), "ACER", aside=-0.15),
            Dot("s = 1", -10.0, (-12.0, -4.0), "ACER", aside=-0.15),
            Dot("s = 1", -9.0, None, "EER", aside=0.15),
        ],
        "two": [Dot("s = 1", -10.0, (-12.0, -4.0), "ACER", aside=-0.15)],
    }
    names = {"ACER": "ACER", "EER": "EER"}
    drawn = methods_figure(
        columns, ["loss: focal", "s = 1"], "points", "title", names,
        of_differences=True, share_scale=True, rules=[0.5],
    )  # fmt: skip
    first, second = drawn.axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["loss: focal", "s = 1"]
    marks = [line for line in first.lines if line.get_marker() == "o"]
    places = {(float(line.get_xdata()[0]), round(line.get_ydata()[0])) for line in marks}
    assert places == {(5.0, 0), (-10.0, 1)}
    rules = [line for line in first.lines if line.get_color() == "#999999"]
    assert [line.get_ydata()[0] for line in rules] == [0.5]
    assert first.get_xlim() == second.get_xlim()


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
