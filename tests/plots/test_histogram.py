"""Score histograms: heights counted by hand, the threshold's place, and the names."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.patches import Polygon

from anomaly_fas.plots.histogram import score_histogram
from anomaly_fas.plots.style import BONA_FIDE

ATTACKS = {"mask": np.array([1.0, 2.5, 3.5, 3.5, 4.0]), "print_low": np.array([4.0, 4.0])}


def panels_of(
    bona_fide: list[float], attacks: dict[str, np.ndarray], threshold: float, bins: int = 4
) -> list[Axes]:
    return score_histogram(np.array(bona_fide), attacks, threshold, "few_shot, test", bins).axes


def filled(axes: Axes) -> dict[float, float]:
    """Height by left edge of the bars, which only bona fide samples have."""
    (bars,) = (own for own in axes.containers if isinstance(own, BarContainer))
    return {bar.get_x(): bar.get_height() for bar in bars}


def outline(axes: Axes) -> list[float]:
    """Heights of the species' outline, bin by bin."""
    (line,) = (patch for patch in axes.patches if isinstance(patch, Polygon))
    return line.get_xy()[1:-1:2, 1].tolist()


def test_heights_are_percentages_of_their_own_class() -> None:
    panels = panels_of([0.0, 0.0, 1.0, 3.0], ATTACKS, threshold=2.0)
    for axes in panels:
        assert filled(axes) == pytest.approx({0.0: 50.0, 1.0: 25.0, 2.0: 0.0, 3.0: 25.0})
    assert outline(panels[0]) == pytest.approx([0.0, 20.0, 20.0, 60.0])
    assert outline(panels[1]) == pytest.approx([0.0, 0.0, 0.0, 100.0])


def test_bona_fide_samples_have_their_own_colour() -> None:
    axes = panels_of([0.0, 1.0], ATTACKS, threshold=2.0)[0]
    (bars,) = (own for own in axes.containers if isinstance(own, BarContainer))
    assert {to_hex(bar.get_facecolor()) for bar in bars} == {BONA_FIDE}


@pytest.mark.parametrize("threshold", [-3.0, 2.0, 9.0])
def test_the_threshold_is_drawn_and_in_view_wherever_it_lies(threshold: float) -> None:
    for axes in panels_of([0.0, 1.0], ATTACKS, threshold):
        (line,) = axes.lines
        assert list(line.get_xdata()) == [threshold, threshold]
        low, high = axes.get_xlim()
        assert low <= min(0.0, threshold) < max(4.0, threshold) <= high


def test_bins_cover_the_scores_and_the_threshold_evenly() -> None:
    bars = filled(panels_of([0.0, 1.0], ATTACKS, threshold=8.0)[0])
    assert bars == pytest.approx({0.0: 100.0, 2.0: 0.0, 4.0: 0.0, 6.0: 0.0})


def test_every_panel_names_its_species_and_their_number() -> None:
    panels = panels_of([0.0, 1.0], ATTACKS, threshold=2.0)
    texts = [[text.get_text() for text in axes.texts] for axes in panels]
    assert texts == [["mask\nn = 5", "threshold"], ["print low\nn = 2"]]
    assert "attack score" in panels[-1].get_xlabel()
    assert "bona fide, n = 2" in panels[-1].get_xlabel()


def test_equal_scores_fill_one_bin() -> None:
    (axes,) = panels_of([0.5, 0.5], {"mask": np.array([0.5])}, threshold=0.5)
    assert sorted(filled(axes).values()) == [0.0, 0.0, 0.0, 100.0]
    low, high = axes.get_xlim()
    assert low < 0.5 < high


def test_the_number_of_bins_is_the_one_asked_for() -> None:
    assert len(filled(panels_of([0.0, 1.0], ATTACKS, threshold=2.0, bins=7)[0])) == 7
