"""A head and a scorer of the user's own: trained, loaded, evaluated, predicted with, adapted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd
import pytest

from anomaly_fas import load
from anomaly_fas.errors import CheckpointError
from anomaly_fas.metrics.score_table import ScoreTable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.external.conftest import UserFolder

TRUST = "trusted_packages=[my_head]"


def images(folder: Path) -> Path:
    """Write two references of each class."""
    rng = np.random.default_rng(0)
    for name in ("bona_fide/a", "bona_fide/b", "attack/print/c", "attack/print/d"):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), rng.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    return folder


@pytest.mark.slow
def test_from_training_to_a_decision(user: UserFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    user.add(
        "my_head.py",
        """
        import torch
        from torch import nn
        from torch.nn.functional import normalize

        from anomaly_fas.output import EMBEDDING, LOGIT, Output

        class ThirdsHead(nn.Module):
            reads = "pooled"
            gives = EMBEDDING | LOGIT

            def __init__(self, features, dim):
                super().__init__()
                self.dim = dim
                self.layer = nn.Linear(features, dim)

            def forward(self, features):
                embedding = normalize(self.layer(features).float(), dim=1)
                return Output(embedding, embedding.sum(dim=1))

        class Farthest(nn.Module):
            requires = EMBEDDING | LOGIT
            attacks_needed = 0

            def __init__(self, dim, references):
                super().__init__()
                self.bona_fide_needed = references
                self.register_buffer("mean", torch.zeros(dim))

            def fit(self, gallery):
                self.mean.copy_(gallery.bona_fide.mean(dim=0))

            def forward(self, output):
                distance = (output.embedding - self.mean).abs().amax(dim=1)
                return distance + torch.sigmoid(output.logit)
        """,
    )
    user.add("conf/head/thirds.yaml", "_target_: my_head.ThirdsHead\ndim: 12\n")
    user.add(
        "conf/scorer/farthest.yaml",
        "farthest:\n  _target_: my_head.Farthest\n  references: 16\n",
    )
    folder = user.train("head=thirds", "scorer=[farthest,live_centre]")
    checkpoint = folder / "checkpoints" / "best.ckpt"

    with pytest.raises(CheckpointError, match=r"trusted_packages=\[my_head\]"):
        load(checkpoint)
    monkeypatch.syspath_prepend(user.path)
    detector = load(checkpoint, trusted_packages=["my_head"])
    assert detector.headline == "farthest"
    assert type(detector.embedder.head) is sys.modules["my_head"].ThirdsHead

    assert "my_head.Farthest" in user.run("evaluate", f"run={folder}", exit_code=2)
    user.run("evaluate", f"run={folder}", "output=again", TRUST)
    before, after = (
        ScoreTable.read(place / "scores.parquet").rows.set_index(["scorer", "split", "sample_id"])
        for place in (folder, user.path / "again")
    )
    assert len(before) > 0
    pd.testing.assert_series_equal(
        after["score"].sort_index(), before["score"].sort_index(), rtol=1e-6
    )

    references = images(user.path / "references")
    user.run(
        "adapt", f"checkpoint={checkpoint}", f"references={references}", "output=site.ckpt", TRUST
    )
    assert "my_head" in user.run(
        "predict", "checkpoint=site.ckpt", f"input={references}", exit_code=2
    )
    user.run("predict", "checkpoint=site.ckpt", f"input={references}", "output=scores.csv", TRUST)
    scores = pd.read_csv(user.path / "scores.csv")
    assert len(scores) == 4
    assert set(scores["scorer"]) == {"farthest"}
