"""Score histograms: heights counted by hand, the threshold's place, and the legend."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon

from anomaly_fas.plots.histogram import score_histogram
from anomaly_fas.plots.style import BONA_FIDE

ATTACKS = {"mask": np.array([1.0, 2.5, 3.5, 3.5, 4.0]), "print": np.array([4.0, 4.0])}


def axes_of(
    bona_fide: list[float], attacks: dict[str, np.ndarray], threshold: float, bins: int = 4
) -> Axes:
    figure = score_histogram(np.array(bona_fide), attacks, threshold, "few_shot, test", bins)
    (axes,) = figure.axes
    return axes


def filled(axes: Axes) -> dict[float, float]:
    """Height by left edge of the bars, which only bona fide samples have."""
    (bars,) = axes.containers
    return {bar.get_x(): bar.get_height() for bar in bars}


def outlines(axes: Axes) -> dict[str, list[float]]:
    """Heights of each species' outline, bin by bin."""
    lines = [patch for patch in axes.patches if isinstance(patch, Polygon)]
    return {str(line.get_label()): line.get_xy()[1:-1:2, 1].tolist() for line in lines}


def test_heights_are_percentages_of_their_own_class() -> None:
    axes = axes_of([0.0, 0.0, 1.0, 3.0], ATTACKS, threshold=2.0)
    assert filled(axes) == pytest.approx({0.0: 50.0, 1.0: 25.0, 2.0: 0.0, 3.0: 25.0})
    assert outlines(axes) == {
        "mask": pytest.approx([0.0, 20.0, 20.0, 60.0]),
        "print": pytest.approx([0.0, 0.0, 0.0, 100.0]),
    }


def test_bona_fide_samples_have_their_own_colour() -> None:
    (bars,) = axes_of([0.0, 1.0], ATTACKS, threshold=2.0).containers
    assert {to_hex(bar.get_facecolor()) for bar in bars} == {BONA_FIDE}


@pytest.mark.parametrize("threshold", [-3.0, 2.0, 9.0])
def test_the_threshold_is_drawn_and_in_view_wherever_it_lies(threshold: float) -> None:
    axes = axes_of([0.0, 1.0], ATTACKS, threshold)
    (line,) = axes.lines
    assert list(line.get_xdata()) == [threshold, threshold]
    low, high = axes.get_xlim()
    assert low <= min(0.0, threshold) < max(4.0, threshold) <= high
    (note,) = axes.texts
    assert (note.get_text(), note.xy[0]) == ("threshold", threshold)  # type: ignore[attr-defined]


def test_bins_cover_the_scores_and_the_threshold_evenly() -> None:
    bars = filled(axes_of([0.0, 1.0], ATTACKS, threshold=8.0))
    assert bars == pytest.approx({0.0: 100.0, 2.0: 0.0, 4.0: 0.0, 6.0: 0.0})


def test_the_legend_names_every_class_once() -> None:
    legend = axes_of([0.0, 1.0], ATTACKS, threshold=2.0).get_legend()
    assert legend is not None
    assert sorted(text.get_text() for text in legend.get_texts()) == ["bona fide", "mask", "print"]


def test_equal_scores_fill_one_bin() -> None:
    axes = axes_of([0.5, 0.5], {"mask": np.array([0.5])}, threshold=0.5)
    assert sorted(filled(axes).values()) == [0.0, 0.0, 0.0, 100.0]
    low, high = axes.get_xlim()
    assert low < 0.5 < high


def test_the_number_of_bins_is_the_one_asked_for() -> None:
    assert len(filled(axes_of([0.0, 1.0], ATTACKS, threshold=2.0, bins=7))) == 7
