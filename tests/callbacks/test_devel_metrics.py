"""Devel passes: thresholds and figures of each scorer, by hand."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import torch

from anomaly_fas.callbacks.devel_metrics import DevelMetrics
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.detector import Detector
from anomaly_fas.types import ANNOTATION_COLUMNS

LABELS = ["bona_fide", "bona_fide", "attack", "attack"]


class Module:
    """What the callback sees of a PadModule; it keeps what is logged."""

    def __init__(self) -> None:
        scorers = {"few_shot": torch.nn.Identity(), "live_centre": torch.nn.Identity()}
        self.detector = Detector(torch.nn.Identity(), scorers, THRESHOLDS, 8)  # type: ignore[arg-type]
        self.logged: dict[str, float] = {}

    def log(self, name: str, value: float, **_: Any) -> None:
        self.logged[name] = value

    def log_dict(self, values: dict[str, float]) -> None:
        self.logged |= values


def trainer() -> Any:
    rows = pd.DataFrame("", index=range(4), columns=list(ANNOTATION_COLUMNS))
    rows = rows.assign(sample_id=list("abcd"), label=LABELS, pai=["", "", "mask", "print"])
    source = SimpleNamespace(annotations=rows)
    return SimpleNamespace(
        datamodule=SimpleNamespace(source=source), global_step=7, estimated_stepping_batches=9
    )


def devel_pass(callback: DevelMetrics, module: Any, scores: list[list[float]]) -> None:
    """One pass over four samples of one frame, two samples a batch."""
    callback.on_validation_epoch_start(trainer(), module)
    columns = torch.tensor(scores, dtype=torch.float64).T
    for rows in (torch.tensor([0, 1]), torch.tensor([2, 3])):
        outputs: Any = {"row": rows, "number": torch.zeros(2).long(), "scores": columns[rows]}
        callback.on_validation_batch_end(trainer(), module, outputs, None, 0)
    callback.on_validation_epoch_end(trainer(), module)


def test_thresholds_and_figures_of_every_scorer() -> None:
    module, callback = Module(), DevelMetrics()
    devel_pass(callback, module, [[0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 2.0, 4.0]])
    # few_shot separates the classes; live_centre has 1 < 3 bona fide and 2 < 4 attacks, and at
    # 2.5 rejects one of the former and misses one of the latter, the mask.
    assert module.detector.threshold("few_shot", "eer") == 1.5
    assert module.detector.threshold("live_centre", "eer") == 2.5
    assert module.detector.threshold("live_centre", "bpcer_10") == pytest.approx(3.0)
    figures = {name: module.logged[f"devel/live_centre/{name}"] for name in ("apcer", "bpcer")}
    assert figures == {"apcer": 1.0, "bpcer": 0.5}
    assert module.logged["devel/live_centre/acer"] == 0.75
    assert module.logged["devel/live_centre/apcer/mask"] == 1.0
    assert module.logged["devel/live_centre/apcer/print"] == 0.0
    assert module.logged["devel/few_shot/acer"] == 0.0


def test_the_best_checkpoint_is_chosen_by_the_headline_scorer() -> None:
    module = Module()
    devel_pass(DevelMetrics(), module, [[1.0, 3.0, 2.0, 4.0], [0.0, 1.0, 2.0, 3.0]])
    assert module.logged["devel_acer"] == module.logged["devel/few_shot/acer"] == 0.75


def test_each_pass_starts_afresh() -> None:
    module, callback = Module(), DevelMetrics()
    devel_pass(callback, module, [[5.0, 6.0, 0.0, 1.0], [5.0, 6.0, 0.0, 1.0]])
    devel_pass(callback, module, [[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 4.0, 5.0]])
    assert callback.table["score"].tolist() == [0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 4.0, 5.0]
    assert callback.table["n_frames"].eq(1).all()
    assert set(callback.table["split"]) == {"devel"}
    assert module.detector.threshold("few_shot", "eer") == 1.5
    assert module.detector.threshold("live_centre", "eer") == 2.5
    assert module.logged["devel_acer"] == 0.0
