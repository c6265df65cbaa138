"""Joins source, protocol, sampler and transform into the loaders that training asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from lightning import LightningDataModule, Trainer
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from anomaly_fas.data.dataset import EvalFrames, Frame, TrainFrames, collate
from anomaly_fas.data.fabricated_rows import fabricated_counts
from anomaly_fas.data.references import References, draw_references
from anomaly_fas.data.sampler import BalancedBatches
from anomaly_fas.data.source import Source, run_kind
from anomaly_fas.errors import DataError
from anomaly_fas.interruption import leave_to_main_process
from anomaly_fas.protocols.selection import Selection
from anomaly_fas.types import Split


def datamodule_of(trainer: Trainer) -> PadDataModule:
    """Return the data module of a trainer.

    Raises:
        TypeError: the trainer has no `PadDataModule`.
    """
    datamodule = getattr(trainer, "datamodule", None)
    if not isinstance(datamodule, PadDataModule):
        raise TypeError("trainer: a PadDataModule is needed, datamodule=…")
    return datamodule


class PadDataModule(LightningDataModule):
    """Loaders of train, devel, test and reference frames.

    Args:
        source: annotated samples and their crops.
        selection: samples of each split.
        sampler: given `rows`, `chosen`, `frame_counts`, `seed`, `rank` and `world_size`, makes the
            batch sampler.
        transform: augmentation of training images.
        eval_batch_size: frames a batch where nothing is learnt.
        workers: processes that load training batches.
        seed: seeds sampling, augmentation and references.
        reference_limit: largest number of references of each class.
        first_train_frames: number of first frames of each capture to train on; None for all.

    Attributes:
        train_counts: number of frames of each sample to train on, the first ones, int64.

    Raises:
        DataError: no capture has a crop among its first frames.
    """

    def __init__(
        self,
        source: Source,
        selection: Selection,
        sampler: Callable[..., BalancedBatches],
        transform: Callable[[Tensor], Tensor],
        *,
        eval_batch_size: int,
        workers: int,
        seed: int,
        reference_limit: int = 4096,
        first_train_frames: int | None = None,
    ) -> None:
        super().__init__()
        self.source = source
        self.train_counts = source.frame_counts
        if first_train_frames is not None:
            self.train_counts = source.frame_counts_before(first_train_frames)
            if not self.train_counts.any():
                raise DataError(
                    f"this protocol trains on the first {first_train_frames} frames of each "
                    "capture, and none of them was prepared: prepare again with more frames, "
                    "data.frames=…"
                )
        train = selection[Split.TRAIN]
        self.selection = selection | {Split.TRAIN: train[self.train_counts[train] > 0]}
        self.references: References = draw_references(
            source.annotations,
            self.selection[Split.TRAIN],
            bona_fide=reference_limit,
            attack=reference_limit,
            seed=seed,
        )
        self._sampler = sampler
        self._transform = transform
        self._eval_batch_size = eval_batch_size
        self._workers = workers
        self._seed = seed
        self._global_step = 0

    @property
    def annotations(self) -> pd.DataFrame:
        """The annotation table, which `row` of a batch refers to."""
        return self.source.annotations

    @property
    def facts(self) -> dict[str, Any]:
        """The kind of the data, and how many attacks of each split are fabricated."""
        fabricated = fabricated_counts(self.selection, self.annotations)
        kind = run_kind(self.annotations, self.selection, self.source.kind)
        return {"data_kind": kind} | ({"fabricated": fabricated} if fabricated else {})

    def prepare_data(self) -> None:
        """Make the crops; Lightning calls it in one process."""
        self.source.prepare()

    def resume_at(self, global_step: int) -> None:
        """Let the next training loader start where a run stands that has taken so many steps."""
        self._global_step = global_step

    def train_dataloader(self) -> DataLoader[Frame]:
        """Balanced, augmented batches."""
        rank, world_size = self._place()
        batches = self._sampler(
            rows=self.source.annotations,
            chosen=self.selection[Split.TRAIN],
            frame_counts=self.train_counts,
            seed=self._seed,
            rank=rank,
            world_size=world_size,
        )
        batches.resume_at(self._global_step)
        frames = TrainFrames(self.source, self._transform, self._seed)
        return DataLoader(
            frames,
            batch_sampler=batches,
            collate_fn=collate,
            num_workers=self._workers,
            worker_init_fn=leave_to_main_process,
            persistent_workers=self._workers > 0,
        )

    def val_dataloader(self) -> DataLoader[Frame]:
        """The devel frames."""
        return self._eval_loader(self.selection[Split.DEVEL])

    @property
    def scored_splits(self) -> list[Split]:
        """Devel and test, as far as they hold samples."""
        return [split for split in (Split.DEVEL, Split.TEST) if len(self.selection[split])]

    def test_dataloader(self) -> list[DataLoader[Frame]]:
        """The frames of each of the scored splits."""
        return [self._eval_loader(self.selection[split]) for split in self.scored_splits]

    def reference_dataloader(self, bona_fide: int, attack: int) -> DataLoader[Frame]:
        """The first frame of each of the first references, bona fide ones before attacks.

        The same on every rank.
        """
        rows = np.concatenate(
            [self.references.bona_fide[:bona_fide], self.references.attack[:attack]]
        )
        frames = EvalFrames(self.source, rows)
        firsts = np.cumsum(self.source.frame_counts[rows]) - self.source.frame_counts[rows]
        return self._in_order(Subset(frames, firsts.tolist()))

    def _eval_loader(self, rows: np.ndarray) -> DataLoader[Frame]:
        """This rank's share of the frames; shares differ by one frame at most."""
        frames = EvalFrames(self.source, rows)
        rank, world_size = self._place()
        if len(frames) < world_size:
            raise DataError(
                f"{len(frames)} frames to score are too few for {world_size} processes: choose "
                f"runtime.devices={max(1, len(frames))}, or more data"
            )
        own = Subset(frames, range(rank, len(frames), world_size))
        return self._in_order(own)

    def _in_order(self, frames: Subset[Frame]) -> DataLoader[Frame]:
        return DataLoader(frames, batch_size=self._eval_batch_size, collate_fn=collate)

    def _place(self) -> tuple[int, int]:
        if self.trainer is None:
            return 0, 1
        return self.trainer.global_rank, self.trainer.world_size
