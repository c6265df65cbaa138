"""Score histograms: heights counted by hand, the threshold's place, and the names."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch

from anomaly_fas.plots.histogram import score_histogram
from anomaly_fas.plots.style import ATTACK, BONA_FIDE
from tests.nonempty import nonempty

ATTACKS = {"mask": np.array([1.0, 2.5, 3.5, 3.5, 4.0]), "print_low": np.array([4.0, 4.0])}


def panels_of(
    bona_fide: list[float], attacks: dict[str, np.ndarray], threshold: float, bins: int = 4
) -> list[Axes]:
    return score_histogram(np.array(bona_fide), attacks, threshold, "few_shot, test", bins).axes


def steps(axes: Axes) -> tuple[StepPatch, StepPatch]:
    """Histograms of bona fide samples, which is filled, and of the species, which is not."""
    filled, outline = (patch for patch in axes.patches if isinstance(patch, StepPatch))
    assert filled.get_fill()
    assert not outline.get_fill()
    return filled, outline


def filled(axes: Axes) -> dict[float, float]:
    """Height of bona fide samples by left edge of the bin."""
    data = steps(axes)[0].get_data()
    return dict(zip(data.edges[:-1].tolist(), data.values.tolist(), strict=True))


def outline(axes: Axes) -> list[float]:
    """Heights of the species' outline, bin by bin."""
    return list(steps(axes)[1].get_data().values)


def test_heights_are_percentages_of_their_own_class() -> None:
    panels = panels_of([0.0, 0.0, 1.0, 3.0], ATTACKS, threshold=2.0)
    for axes in nonempty(panels):
        assert filled(axes) == pytest.approx({0.0: 50.0, 1.0: 25.0, 2.0: 0.0, 3.0: 25.0})
    assert outline(panels[0]) == pytest.approx([0.0, 20.0, 20.0, 60.0])
    assert outline(panels[1]) == pytest.approx([0.0, 0.0, 0.0, 100.0])


def test_bona_fide_samples_have_their_own_colour() -> None:
    patch, other = steps(panels_of([0.0, 1.0], ATTACKS, threshold=2.0)[0])
    assert to_hex(patch.get_facecolor()) == BONA_FIDE
    assert to_hex(other.get_edgecolor()) == ATTACK


def test_heights_have_one_square_root_scale_in_all_panels() -> None:
    panels = panels_of([0.0, 1.0], ATTACKS, threshold=2.0)
    assert panels[0].get_ylim() == panels[1].get_ylim()
    assert panels[0].get_ylim()[0] == 0
    assert panels[0].get_ylim()[1] > 100  # both print samples are in one bin
    places = panels[0].transData.transform([(0, 0), (0, 25), (0, 100)])[:, 1]
    assert places[1] - places[0] == pytest.approx((places[2] - places[0]) / 2)
    assert [label.get_text() for label in panels[0].get_yticklabels()] == [
        "0", "5", "20", "50", "100",
    ]  # fmt: skip


@pytest.mark.parametrize("threshold", [-3.0, 2.0, 9.0])
def test_the_threshold_is_drawn_and_in_view_wherever_it_lies(threshold: float) -> None:
    for axes in nonempty(panels_of([0.0, 1.0], ATTACKS, threshold)):
        (line,) = axes.lines
        assert list(line.get_xdata()) == [threshold, threshold]
        low, high = axes.get_xlim()
        assert low <= min(0.0, threshold) < max(4.0, threshold) <= high


def test_bins_cover_the_scores_and_the_threshold_evenly() -> None:
    bars = filled(panels_of([0.0, 1.0], ATTACKS, threshold=8.0)[0])
    assert bars == pytest.approx({0.0: 100.0, 2.0: 0.0, 4.0: 0.0, 6.0: 0.0})


def test_every_panel_names_its_species_its_number_and_its_error() -> None:
    panels = panels_of([0.0, 1.0], ATTACKS, threshold=2.0)
    assert [axes.get_title(loc="left") for axes in panels] == ["mask", "print low"]
    assert [axes.get_title(loc="right") for axes in panels] == [
        "n = 5, APCER 20.0 %", "n = 2, APCER 0.0 %",
    ]  # fmt: skip
    assert "attack score" in panels[-1].get_xlabel()
    figure = panels[0].get_figure()
    (legend,) = figure.legends  # type: ignore[union-attr]
    assert [text.get_text() for text in legend.get_texts()] == [
        "bona fide (n = 2, BPCER 0.0 %)", "PAI species", "threshold 2.000",
    ]  # fmt: skip
    assert [text.get_text() for text in figure.texts] == [  # type: ignore[union-attr]
        "share of the class or species (%)\nsquare-root scale", "few_shot, test",
    ]  # fmt: skip


def test_many_species_stand_in_two_columns_read_downwards() -> None:
    attacks = {f"species_{number:02}": np.array([number / 17]) for number in range(17)}
    panels = panels_of([0.0, 1.0], attacks, threshold=0.5)
    assert [axes.get_title(loc="left") for axes in panels] == [
        f"species {number:02}" for number in range(17)
    ]
    lefts = [axes.get_position().x0 for axes in panels]
    assert lefts == [lefts[0]] * 9 + [lefts[9]] * 8
    tops = [axes.get_position().y1 for axes in panels]
    assert tops[:9] == sorted(tops[:9], reverse=True)
    named = [number for number, axes in enumerate(panels) if axes.get_xlabel()]
    assert named == [8, 16]  # the last of each column
    assert len({axes.get_xlim() for axes in panels}) == 1


def test_equal_scores_fill_one_bin() -> None:
    (axes,) = panels_of([0.5, 0.5], {"mask": np.array([0.5])}, threshold=0.5)
    assert sorted(filled(axes).values()) == [0.0, 0.0, 0.0, 100.0]
    low, high = axes.get_xlim()
    assert low < 0.5 < high


def test_the_number_of_bins_is_the_one_asked_for() -> None:
    assert len(filled(panels_of([0.0, 1.0], ATTACKS, threshold=2.0, bins=7)[0])) == 7
