"""DET figures: the rates that the drawn points stand for, the axes and the legend."""

from statistics import NormalDist

import numpy as np
import pytest
from matplotlib.axes import Axes

from anomaly_fas.plots.det import DetBand, DetSystem, det_figure

BONA_FIDE = np.array([0.1, 0.2, 0.6])
ATTACK = np.array([0.4, 0.8, 0.9])
EDGE = 0.0005
"""Rates below are drawn at the edge, for a normal deviate of 0 does not exist."""


def axes_of(limit: float = 0.6, *names: str) -> Axes:
    systems = dict.fromkeys(names or ("few_shot",), DetSystem(BONA_FIDE, ATTACK))
    (axes,) = det_figure(systems, "DET, test", limit).axes
    return axes


def rates(deviates: object) -> list[float]:
    return [NormalDist().cdf(value) for value in np.asarray(deviates, dtype=float)]


def test_points_are_the_rates_at_each_threshold_by_hand() -> None:
    (line,) = (line for line in axes_of().lines if line.get_label() == "few_shot")
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
        assert labels == ["0.1", "1", "5", "10", "20"]
        assert [100 * rate for rate in rates(axis.get_ticklocs())] == pytest.approx(
            [float(label) for label in labels]
        )


def test_the_diagonal_marks_equal_rates() -> None:
    axes = axes_of()
    (diagonal,) = (line for line in axes.lines if str(line.get_label()).startswith("_"))
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == list(axes.get_xlim())


def test_systems_are_told_apart_without_colour() -> None:
    names = ("few_shot", "live_centre", "logit")
    axes = axes_of(0.6, *names)
    (legend,) = axes.get_figure().legends  # type: ignore[union-attr]
    assert [text.get_text() for text in legend.get_texts()] == list(names)
    drawn = [line for line in axes.lines if line.get_label() in names]
    assert len({str(line.get_linestyle()) for line in drawn}) == len(names)
    assert len({str(line.get_color()) for line in drawn}) == len(names)


def test_what_is_shown_is_written_on_the_figure() -> None:
    axes = axes_of()
    assert axes.get_title() == "DET, test"
    assert axes.get_xlabel() == "APCER, all attacks pooled (%)"
    assert axes.get_ylabel() == "BPCER (%)"


def test_a_band_is_drawn_between_its_bounds() -> None:
    apcer = np.array([0.01, 0.1, 0.4])
    band = DetBand(apcer, low=np.array([0.2, 0.1, 0.05]), high=np.array([0.5, 0.3, 0.1]))
    (axes,) = det_figure({"few_shot": DetSystem(BONA_FIDE, ATTACK, band)}, "DET").axes
    (area,) = axes.collections
    corners = {tuple(np.round(rates(point), 6)) for point in area.get_paths()[0].vertices}
    assert corners >= {(0.01, 0.2), (0.1, 0.3), (0.4, 0.05), (0.4, 0.1)}


def test_the_limit_leaves_room_above_the_worst_eer() -> None:
    (axes,) = det_figure({"few_shot": DetSystem(BONA_FIDE, ATTACK)}, "DET").axes
    assert rates(axes.get_xlim())[1] == pytest.approx(0.6)  # EER 1/3
    good = DetSystem(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    (axes,) = det_figure({"few_shot": good}, "DET").axes
    assert rates(axes.get_xlim())[1] == pytest.approx(0.2)


def test_a_system_without_errors_is_said_to_have_none() -> None:
    good = DetSystem(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    figure = det_figure({"few_shot": good}, "DET")
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["few_shot (no errors)"]
