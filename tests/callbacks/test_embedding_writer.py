"""Embeddings of samples are the means of their frames', by id."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest
import torch

from anomaly_fas.callbacks.embedding_writer import EmbeddingWriter
from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.metrics.embedding_table import EmbeddingTable
from anomaly_fas.types import Split


def written(folder: Path, scorers: dict[str, Any]) -> EmbeddingTable:
    datamodule = Mock(
        spec=PadDataModule,
        annotations=pd.DataFrame({"sample_id": ["a", "b", "c"]}),
        scored_splits=[Split.DEVEL, Split.TEST],
    )
    trainer: Any = SimpleNamespace(
        datamodule=datamodule, is_global_zero=True, default_root_dir=str(folder)
    )
    module: Any = SimpleNamespace(detector=SimpleNamespace(scorers=scorers))
    writer = EmbeddingWriter()
    writer.on_test_epoch_start(trainer, module)
    for number, rows, values in (
        (0, [1], [[1.0, 0.0]]),
        (1, [2, 0], [[0.0, 1.0], [0.5, 0.5]]),
        (1, [2], [[1.0, 0.0]]),
    ):
        batch: Any = {"row": torch.tensor(rows), "embedding": torch.tensor(values)}
        writer.on_test_batch_end(trainer, module, batch, None, 0, number)
    writer.on_test_epoch_end(trainer, module)
    return EmbeddingTable.read(folder / "embeddings.npz")


def test_a_sample_has_the_mean_of_its_frames(tmp_path: Path) -> None:
    centre = SimpleNamespace(centre=torch.tensor([0.6, 0.8]))
    table = written(tmp_path, {"live_centre": centre})
    assert table.sample_id.tolist() == ["b", "a", "c"]
    assert table.split.tolist() == ["devel", "test", "test"]
    assert table.embedding.tolist() == [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]]
    assert table.centre.tolist() == pytest.approx([0.6, 0.8])


def test_a_method_without_a_live_centre_has_an_empty_one(tmp_path: Path) -> None:
    assert written(tmp_path, {}).centre.shape == (0,)
