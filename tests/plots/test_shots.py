"""Curves stand where their shots and error rates say."""

import numpy as np
import pytest

from anomaly_fas.plots.shots import ShotCurve, axis_places, shot_figure


def curve(shots: list[int], value: list[float]) -> ShotCurve:
    values = np.array(value)
    return ShotCurve(np.array(shots), values, values - 0.05, values + 0.1)


def test_curves_and_bands_stand_at_their_values_in_percent() -> None:
    first, second = curve([0, 1, 10], [0.4, 0.3, 0.2]), curve([1, 100], [0.5, 0.1])
    curves = {"EER": {"a": first, "b": second}, "ACER": {"b": second}}
    eer, acer = shot_figure({"method": curves}, "title").axes
    places = axis_places([0, 1, 10, 100])
    lines = {str(line.get_label()): line for line in eer.lines}
    assert list(lines["a"].get_xdata()) == [places[0], places[1], places[10]]
    assert list(lines["a"].get_ydata()) == pytest.approx([40, 30, 20])
    assert list(lines["b"].get_ydata()) == pytest.approx([50, 10])
    band = eer.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((15, 50))
    assert [label.get_text() for label in acer.get_xticklabels()] == ["0", "1", "10", "100"]
    assert acer.lines[0].get_color() == lines["b"].get_color()


def test_each_method_has_a_row_and_an_adaptation_one_look() -> None:
    low, high = curve([1, 10], [0.2, 0.1]), curve([1, 10], [0.8, 0.7])
    figure = shot_figure(
        {"m": {"EER": {"a": low}, "ACER": {"a": low}}, "n": {"EER": {"b": high, "a": low},
         "ACER": {"b": high, "a": low}}}, "title",
    )  # fmt: skip
    titles = [(panel.get_title(), panel.get_ylabel()) for panel in figure.axes]
    assert titles == [("m", "EER (%)"), ("m", "ACER (%)"), ("n", "EER (%)"), ("n", "ACER (%)")]
    alone, _, both, _ = figure.axes
    assert alone.get_ylim() == both.get_ylim()
    assert alone.get_ylim()[1] >= 90
    looks = {str(line.get_label()): line.get_color() for line in both.lines}
    assert looks["a"] == alone.lines[0].get_color() != looks["b"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


def test_every_ratio_of_shots_is_as_wide_and_none_left_of_one() -> None:
    places = axis_places([0, 1, 2, 4])
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    assert places[4] - places[2] == pytest.approx(places[2] - places[1])
