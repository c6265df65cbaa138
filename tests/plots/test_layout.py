"""Pages are as large as what is drawn, and panels keep their size and their order."""

import numpy as np
import pytest
from matplotlib.lines import Line2D

from anomaly_fas.plots.layout import fit, label_left, legend_below, panels, title_above

LONG = "a name that is much longer than the panel is wide, and would be cut off"


@pytest.mark.parametrize(("down_first", "second"), [(False, (1.5, 2.5)), (True, (0.0, 1.25))])
def test_panels_stand_where_their_order_puts_them(
    down_first: bool, second: tuple[float, float]
) -> None:
    figure, axes = panels(5, (1.0, 1.0), 2, between=(0.5, 0.25), down_first=down_first)
    assert figure.get_size_inches() == pytest.approx([2.5, 3.5])
    places = [panel.get_position().p0 * figure.get_size_inches() for panel in axes]
    assert len(places) == 5
    assert places[0] == pytest.approx([0.0, 2.5])
    assert places[1] == pytest.approx(second)


def test_a_fitted_page_holds_everything_with_a_margin() -> None:
    figure, (axes,) = panels(1, (2.0, 1.0))
    axes.set(title=LONG, xlabel="score", ylabel="share")
    label_left(figure, "all panels")
    title_above(figure, LONG.upper())
    legend_below(figure, [Line2D([], [], label=LONG)])
    fit(figure)
    width, height = figure.get_size_inches()
    box = figure.get_tightbbox()
    assert (box.x0, box.y0) == pytest.approx((0.08, 0.08), abs=0.02)
    assert (width - box.x1, height - box.y1) == pytest.approx((0.08, 0.08), abs=0.02)
    assert axes.get_position().size * (width, height) == pytest.approx([2.0, 1.0])


def test_what_stands_around_the_panels_does_not_touch_them() -> None:
    figure, axes = panels(2, (2.0, 1.0), between=(0, 0.3))
    for panel in axes:
        panel.set(title="panel", xlabel="score", ylabel="share")
    label_left(figure, "all panels")
    title_above(figure, "title")
    legend_below(figure, [Line2D([], [], label="line")])
    fit(figure)
    label, title = (text.get_window_extent() for text in figure.texts)
    (legend,) = (legend.get_window_extent() for legend in figure.legends)
    boxes = [box for panel in axes if (box := panel.get_tightbbox()) is not None]
    assert label.x1 < min(box.x0 for box in boxes)
    assert title.y0 > max(box.y1 for box in boxes)
    assert legend.y1 < min(box.y0 for box in boxes)
    middle = np.mean([axes[0].get_window_extent().x0, axes[0].get_window_extent().x1])
    assert np.mean([title.x0, title.x1]) == pytest.approx(middle, abs=2)
