"""The picture of a search: every complete trial where it belongs, the best one marked."""

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.plots.search import search_figure

TRIALS = pd.DataFrame(
    {
        "number": [0, 1, 2, 3],
        "state": ["complete", "complete", "fail", "complete"],
        "devel_acer": [0.3, 0.1, np.nan, 0.2],
        "lr": [0.001, 0.01, 0.1, 0.1],
        "anchors": ["both", "bona_fide", "both", "both"],
        "gather": [True, False, True, True],
    }
)


def test_the_history_has_all_complete_trials_and_the_least_so_far() -> None:
    history = search_figure(TRIALS, ["lr"]).axes[0]
    assert np.allclose(history.collections[0].get_offsets(), [[0, 30], [1, 10], [3, 20]])
    least, failed = history.lines
    assert list(least.get_ydata()) == pytest.approx([30, 10, 10])
    assert list(failed.get_xdata()) == [2]


def test_each_key_has_a_panel_with_the_best_trial_marked() -> None:
    _, lr, anchors, gather = search_figure(TRIALS, ["lr", "anchors", "gather"], {"lr"}).axes
    assert (lr.get_xscale(), lr.get_xlabel()) == ("log", "lr")
    assert lr.get_xlim() == (0.001, 0.1)
    every, best = lr.collections
    assert np.allclose(every.get_offsets(), [[0.001, 30], [0.01, 10], [0.1, 20]])
    assert np.allclose(best.get_offsets(), [[0.01, 10]])
    assert [tick.get_text() for tick in anchors.get_xticklabels()] == ["bona_fide", "both"]
    assert np.allclose(anchors.collections[0].get_offsets(), [[1, 30], [0, 10], [1, 20]])
    assert [tick.get_text() for tick in gather.get_xticklabels()] == ["False", "True"]


def test_a_logarithmic_axis_has_whole_decades_however_near_the_values_are() -> None:
    near = TRIALS.assign(lr=[0.004, 0.005, 0.006, 0.007])
    axes = search_figure(near, ["lr"], {"lr"}).axes[1]
    assert axes.get_xlim() == (0.001, 0.01)
    one = search_figure(TRIALS.assign(lr=0.01), ["lr"], {"lr"}).axes[1]
    assert one.get_xlim() == pytest.approx((0.01, 0.1))


def test_a_search_without_a_complete_trial_can_be_drawn() -> None:
    figure = search_figure(TRIALS[TRIALS["state"] == "fail"], ["lr", "anchors"], {"lr"})
    assert len(figure.axes) == 3
