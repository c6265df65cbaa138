"""Writes the embeddings of devel and test samples beside their scores."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from lightning.pytorch.callbacks import Callback
from torch import distributed

from anomaly_fas.metrics.embedding_table import EmbeddingTable

if TYPE_CHECKING:
    from lightning import Trainer
    from torch import Tensor

    from anomaly_fas.training.module import FrameScores, PadModule
    from anomaly_fas.types import Split

_Sums = dict[int, tuple[np.ndarray, int]]


class EmbeddingWriter(Callback):
    """After the test pass over devel and test: `embeddings.npz`, for maps of the embeddings.

    Sums are kept a sample, so the memory does not grow with the frames.

    Args:
        folder: the run folder.
    """

    def __init__(self, folder: str) -> None:
        self._path = Path(folder) / "embeddings.npz"
        self._sums: dict[int, _Sums] = {}

    def on_test_epoch_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start collecting afresh."""
        self._sums = defaultdict(dict)

    def on_test_batch_end(  # type: ignore[override]
        self,
        trainer: Trainer,
        pl_module: PadModule,
        outputs: FrameScores,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Add a batch's embeddings to their samples."""
        sums = self._sums[dataloader_idx]
        embeddings = outputs["embedding"].float().cpu().numpy()
        for row, embedding in zip(outputs["row"].tolist(), embeddings, strict=True):
            _add(sums, row, embedding, 1)

    def on_test_epoch_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Write the file, from the first process."""
        sums = _of_all_processes(self._sums)
        if not trainer.is_global_zero:
            return
        ids = trainer.datamodule.source.annotations["sample_id"].to_numpy(dtype=str)  # type: ignore[attr-defined]
        splits: list[Split] = trainer.datamodule.scored_splits  # type: ignore[attr-defined]
        rows = [(row, split) for number, split in enumerate(splits) for row in sorted(sums[number])]
        means = [
            total / frames
            for number in range(len(splits))
            for _, (total, frames) in sorted(sums[number].items())
        ]
        scorers = dict(pl_module.detector.scorers.items())
        centre: Tensor | None = getattr(scorers.get("live_centre"), "centre", None)
        EmbeddingTable(
            sample_id=ids[[row for row, _ in rows]],
            split=np.array([str(split) for _, split in rows]),
            embedding=np.stack(means).astype(np.float32),
            centre=np.zeros(0, np.float32) if centre is None else centre.cpu().numpy(),
        ).write(self._path)


def _add(sums: _Sums, row: int, embedding: np.ndarray, frames: int) -> None:
    total, count = sums.get(row, (np.zeros_like(embedding), 0))
    sums[row] = total + embedding, count + frames


def _of_all_processes(sums: dict[int, _Sums]) -> dict[int, _Sums]:
    if not (distributed.is_available() and distributed.is_initialized()):
        return sums
    everyone: list[dict[int, _Sums]] = [{} for _ in range(distributed.get_world_size())]
    distributed.all_gather_object(everyone, dict(sums))
    merged: dict[int, _Sums] = defaultdict(dict)
    for process in everyone:
        for number, own in process.items():
            for row, (total, frames) in own.items():
                _add(merged[number], row, total, frames)
    return merged
