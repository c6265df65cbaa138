"""Runs of earlier versions, whose configs name classes that are no more."""

from pathlib import Path

import pytest
import torch

from anomaly_fas.commands.evaluate import evaluate
from anomaly_fas.errors import CheckpointError
from anomaly_fas.models.checkpoint import FACTS
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import plain


def test_the_error_for_a_run_of_an_earlier_version_names_the_class_and_the_remedy(
    tmp_path: Path,
) -> None:
    run = tmp_path / "seed=0"
    saved = plain(composed("train"))
    saved["head"]["_target_"] = "anomaly_fas.models.embedder.Projection"
    (run / "checkpoints").mkdir(parents=True)
    content = {"state_dict": {}, FACTS: {"config": saved, "threshold_names": []}}
    torch.save(content, run / "checkpoints" / "best.ckpt")
    with pytest.raises(CheckpointError) as error:
        evaluate(composed("evaluate", [f"run='{run}'"]))
    assert str(error.value) == (
        f"{run}/checkpoints/best.ckpt asks for anomaly_fas.models.embedder.Projection, which this "
        "version of anomaly_fas does not have: the run was made by an earlier version. Evaluate "
        f"its scores by `anomaly-fas evaluate scores={run}/scores.parquet`, or train it again"
    )
