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


def test_losses_are_averaged_and_rates_in_percent() -> None:
    losses, errors, rates = training_figure(HISTORY).axes
    (line,) = losses.lines
    assert list(line.get_xdata()) == [0, 10, 20]
    assert list(line.get_ydata()) == pytest.approx([3.0, 2.5, 2.0])
    (line,) = errors.lines
    assert (line.get_label(), list(line.get_xdata()), list(line.get_ydata())) == (
        "ACER, few shot", [10], [25.0],
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
