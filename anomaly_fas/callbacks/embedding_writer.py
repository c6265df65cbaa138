"""Write the embeddings of devel and test samples beside their scores."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from anomaly_fas.data.datamodule import datamodule_of
from anomaly_fas.data.scoring import SampleSums, gather_ranks, sum_samples
from anomaly_fas.metrics.embedding_table import EmbeddingTable
from anomaly_fas.training.module import FrameOutputs, PadModule


class EmbeddingWriter(Callback):
    """Write `embeddings.npz` after the test pass over devel and test.

    Embeddings are added up batch by batch, so that memory does not grow with the frames.
    """

    def on_test_epoch_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start collecting afresh."""
        self._sums: dict[int, list[SampleSums]] = defaultdict(list)

    def on_test_batch_end(  # type: ignore[override]
        self,
        trainer: Trainer,
        pl_module: PadModule,
        outputs: FrameOutputs,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Add a batch's embeddings to their samples."""
        rows = outputs["row"].cpu().numpy()
        embeddings = outputs["embedding"].float().cpu().numpy()
        ones = np.ones(len(rows), dtype=np.int64)
        self._sums[dataloader_idx].append(sum_samples(rows, embeddings, ones))

    def on_test_epoch_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Write the file, from the first process."""
        ranks = gather_ranks(dict(self._sums))
        if not trainer.is_global_zero:
            return
        datamodule = datamodule_of(trainer)
        means = {
            split: _joined(list(chain.from_iterable(sums.get(number, []) for sums in ranks)))
            for number, split in enumerate(datamodule.scored_splits)
        }
        ids = datamodule.annotations["sample_id"].to_numpy(dtype=str)
        scorers = dict(pl_module.detector.scorers.items())
        centre: Tensor | None = getattr(scorers.get("live_centre"), "centre", None)
        EmbeddingTable(
            sample_id=ids[np.concatenate([sums.row for sums in means.values()])],
            split=np.repeat([str(split) for split in means], [len(s.row) for s in means.values()]),
            embedding=np.concatenate([sums.mean for sums in means.values()]).astype(np.float32),
            centre=np.zeros(0, np.float32) if centre is None else centre.cpu().numpy(),
        ).write(Path(trainer.default_root_dir) / "embeddings.npz")


def _joined(parts: list[SampleSums]) -> SampleSums:
    row, total, frames = (np.concatenate(values) for values in zip(*parts, strict=True))
    return sum_samples(row, total, frames)
