"""DET figures: the rates that the drawn points stand for, the axes and the legend."""

from statistics import NormalDist

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from anomaly_fas.metrics.curves import eer
from anomaly_fas.plots.det import DetBand, DetSystem, det_figure

BONA_FIDE = np.array([0.1, 0.2, 0.6])
ATTACK = np.array([0.4, 0.8, 0.9])
EDGE = 0.0005
"""Rates below are drawn at the edge, for a normal deviate of 0 does not exist."""


GOOD = DetSystem(np.array([0.1, 0.2]), np.array([0.8, 0.9]))


def axes_of(limit: float | None = 0.6, **systems: DetSystem) -> Axes:
    drawn = systems or {"few_shot": DetSystem(BONA_FIDE, ATTACK)}
    (axes,) = det_figure(drawn, "DET, test", limit).axes
    return axes


def curve_of(axes: Axes, name: str) -> Line2D:
    (line,) = (line for line in axes.lines if str(line.get_label()).startswith(f"{name} ("))
    return line


def legend_of(axes: Axes) -> list[str]:
    (legend,) = axes.get_figure().legends  # type: ignore[union-attr]
    return [text.get_text() for text in legend.get_texts()]


def markers_of(axes: Axes) -> dict[str, tuple[float, float]]:
    """Rates at the markers that stand alone."""
    alone = (line for line in axes.lines if len(np.asarray(line.get_xdata())) == 1)
    return {
        str(line.get_marker()): (rates(line.get_xdata())[0], rates(line.get_ydata())[0])
        for line in alone
    }


def rates(deviates: object) -> list[float]:
    return [NormalDist().cdf(value) for value in np.asarray(deviates, dtype=float)]


def test_points_are_the_rates_at_each_threshold_by_hand() -> None:
    line = curve_of(axes_of(), "few_shot")
    by_threshold = {
        0.1: (0, 1),
        0.2: (0, 2 / 3),
        0.4: (0, 1 / 3),
        0.6: (1 / 3, 1 / 3),
        0.8: (1 / 3, 0),
        0.9: (2 / 3, 0),
        1.0: (1, 0),
    }
    apcer, bpcer = np.clip(list(by_threshold.values()), EDGE, 1 - EDGE).T
    assert rates(line.get_xdata()) == pytest.approx(apcer.tolist())
    assert rates(line.get_ydata()) == pytest.approx(bpcer.tolist())


@pytest.mark.parametrize("limit", [0.2, 0.6])
def test_both_axes_run_from_the_edge_to_the_limit(limit: float) -> None:
    axes = axes_of(limit)
    assert rates(axes.get_xlim()) == pytest.approx([EDGE, limit])
    assert axes.get_ylim() == axes.get_xlim()
    assert axes.get_aspect() == 1.0


def test_tick_labels_are_their_positions_in_percent() -> None:
    axes = axes_of(0.2)
    for axis in (axes.xaxis, axes.yaxis):
        labels = [label.get_text() for label in axis.get_ticklabels()]
        assert labels == ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20"]
        assert [100 * rate for rate in rates(axis.get_ticklocs())] == pytest.approx(
            [float(label) for label in labels]
        )


def test_the_diagonal_marks_equal_rates() -> None:
    axes = axes_of()
    diagonal = axes.lines[0]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == list(axes.get_xlim())


def test_the_marker_and_the_legend_tell_the_equal_error_rate() -> None:
    axes = axes_of()
    assert markers_of(axes) == {"o": pytest.approx((1 / 3, 1 / 3))}
    assert legend_of(axes) == ["few_shot (EER 33.3 %)"]
    assert not markers_of(axes_of(0.2))  # nothing is drawn outside of the axes


def test_systems_are_told_apart_without_colour() -> None:
    names = ("few_shot", "live_centre", "logit")
    axes = axes_of(0.6, **dict.fromkeys(names, DetSystem(BONA_FIDE, ATTACK)))
    assert [text.split(" (")[0] for text in legend_of(axes)] == list(names)
    drawn = [curve_of(axes, name) for name in names]
    assert len({str(line.get_linestyle()) for line in drawn}) == len(names)
    assert len({str(line.get_color()) for line in drawn}) == len(names)
    assert len(markers_of(axes)) == len(names)


def test_what_is_shown_is_written_on_the_figure() -> None:
    axes = axes_of()
    assert axes.get_title() == "DET, test"
    assert axes.get_xlabel() == "APCER, all attacks pooled (%)"
    assert axes.get_ylabel() == "BPCER (%)"


def test_a_band_is_drawn_between_its_bounds_in_its_curves_line_style() -> None:
    apcer = np.array([0.01, 0.1, 0.4])
    band = DetBand(apcer, low=np.array([0.2, 0.1, 0.05]), high=np.array([0.5, 0.3, 0.1]))
    axes = axes_of(None, plain=GOOD, few_shot=DetSystem(BONA_FIDE, ATTACK, band))
    (area,) = axes.collections
    corners = {tuple(np.round(rates(point), 6)) for point in area.get_paths()[0].vertices}
    assert corners >= {(0.01, 0.2), (0.1, 0.3), (0.4, 0.05), (0.4, 0.1)}
    edges = [line for line in axes.lines if np.asarray(line.get_xdata()).size == apcer.size]
    assert [rates(line.get_ydata()) for line in edges] == [
        pytest.approx(band.low), pytest.approx(band.high),
    ]  # fmt: skip
    styles = {line.get_linestyle() for line in [*edges, curve_of(axes, "few_shot")]}
    assert styles == {"--"}


def test_the_limit_shows_the_worst_eer_with_room() -> None:
    systems = {"few_shot": DetSystem(BONA_FIDE, ATTACK), "good": GOOD}
    assert rates(axes_of(None, **systems).get_xlim())[1] == pytest.approx(0.8)  # EER 1/3
    assert rates(axes_of(None, good=GOOD).get_xlim())[1] == pytest.approx(0.1)
    reversed_scores = DetSystem(ATTACK, BONA_FIDE)
    assert rates(axes_of(None, wrong=reversed_scores).get_xlim())[1] > eer(ATTACK, BONA_FIDE)


def test_a_system_without_errors_is_said_to_have_none_and_is_seen() -> None:
    axes = axes_of(None, good=GOOD)
    assert legend_of(axes) == ["good (no errors)"]
    assert markers_of(axes) == {"o": pytest.approx((EDGE, EDGE))}
    frame = curve_of(axes, "good").get_clip_box()
    assert frame is not None
    assert axes.bbox.x0 - 4 < frame.x0 < axes.bbox.x0 - 1  # room for the line's width
    assert axes.bbox.y0 - 4 < frame.y0 < axes.bbox.y0 - 1
