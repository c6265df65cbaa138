"""Training curves: the panels that the history has data for."""

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.plots.training import training_figure

HISTORY = pd.DataFrame(
    {
        "step": [0, 10, 10, 20],
        "train/loss": [3.0, 2.0, np.nan, 1.0],
        "devel/few_shot/acer": [np.nan, np.nan, 0.25, np.nan],
        "devel/few_shot/apcer/mask": [np.nan, np.nan, 0.5, np.nan],
        "lr-AdamW": [0.1, 0.2, np.nan, 0.1],
    }
)


def test_losses_stand_as_they_are_and_rates_in_percent() -> None:
    losses, errors, rates = training_figure(HISTORY).axes
    (line,) = losses.lines
    assert list(line.get_xdata()) == [0, 10, 20]
    assert list(line.get_ydata()) == [3.0, 2.0, 1.0]
    (line,) = errors.lines
    assert (line.get_label(), list(line.get_xdata()), list(line.get_ydata())) == (
        "ACER, few_shot", [10], [25.0],
    )  # fmt: skip
    (line,) = rates.lines
    assert list(line.get_ydata()) == [0.1, 0.2, 0.1]
    assert [axes.get_ylabel() for axes in (losses, errors, rates)] == [
        "loss on train", "error on devel (%)", "learning rate",
    ]  # fmt: skip
    assert rates.get_xlabel() == "training step"


def test_a_panel_without_data_is_left_out() -> None:
    (axes,) = training_figure(HISTORY[["step", "train/loss"]]).axes
    assert axes.get_ylabel() == "loss on train"


def test_many_losses_are_averaged_before_their_own_values() -> None:
    history = pd.DataFrame({"step": range(60), "train/loss": np.arange(60.0)})
    (axes,) = training_figure(history).axes
    raw, mean = axes.lines
    assert list(raw.get_ydata()) == list(np.arange(60.0))
    assert np.asarray(mean.get_ydata())[-1] == pytest.approx(np.mean(np.arange(40.0, 60.0)))
    assert axes.get_ylabel() == "loss on train\n(mean of 20 values)"


def test_losses_of_very_different_size_have_a_logarithmic_axis() -> None:
    history = pd.DataFrame({"step": [0, 1], "train/loss": [3.0, 2.0], "train/main": [0.01, 0.02]})
    (axes,) = training_figure(history).axes
    assert axes.get_yscale() == "log"
    (axes,) = training_figure(history[["step", "train/loss"]]).axes
    assert axes.get_yscale() == "linear"


def test_scorers_differ_in_marker_and_figures_in_line_style() -> None:
    columns = {
        f"devel/{scorer}/{figure}": [0.2, 0.1] for scorer in "ab" for figure in ("acer", "eer")
    }
    (axes,) = training_figure(pd.DataFrame({"step": [1, 2]} | columns)).axes
    looks = {line.get_label(): (line.get_marker(), line.get_linestyle()) for line in axes.lines}
    assert looks == {
        "ACER, a": ("o", "-"), "EER, a": ("o", "--"), "ACER, b": ("s", "-"), "EER, b": ("s", "--"),
    }  # fmt: skip


def test_groups_of_parameters_with_one_rate_share_a_line() -> None:
    rates = {"lr-AdamW/pg1": [0.1, 0.2], "lr-AdamW/pg2": [0.1, 0.2]}
    (axes,) = training_figure(pd.DataFrame({"step": [1, 2]} | rates)).axes
    assert len(axes.lines) == 1
    rates["lr-AdamW/pg2"] = [0.01, 0.02]
    (axes,) = training_figure(pd.DataFrame({"step": [1, 2]} | rates)).axes
    assert [line.get_label() for line in axes.lines] == ["AdamW/pg1", "AdamW/pg2"]


def test_a_step_that_was_done_again_counts_once() -> None:
    history = pd.DataFrame({"step": [0, 10, 20, 10, 20], "train/loss": [5.0, 4.0, 3.0, 2.0, 1.0]})
    (axes,) = training_figure(history).axes
    (line,) = axes.lines
    assert list(line.get_xdata()) == [0, 10, 20]
    assert list(line.get_ydata()) == [5.0, 2.0, 1.0]


def test_an_empty_history_is_said_to_be_empty() -> None:
    history = pd.DataFrame({"step": [0], "train/loss": [np.nan], "devel/few_shot/acer": [np.nan]})
    (axes,) = training_figure(history).axes
    assert (axes.get_xlabel(), len(axes.lines)) == ("nothing was logged", 0)
    (axes,) = training_figure(history.assign(**{"lr-SGD": [0.1]})).axes
    assert (axes.get_ylabel(), len(axes.lines)) == ("learning rate", 1)
