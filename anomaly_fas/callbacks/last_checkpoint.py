"""The checkpoint that an interrupted run goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Checkpoint

if TYPE_CHECKING:
    from lightning import LightningModule, Trainer


class LastCheckpoint(Checkpoint):
    """Saves `last.ckpt` every so many steps and after each devel pass.

    The last step of an epoch is left to the devel pass that follows it: a run that is stopped
    between the two repeats the step, and then does not miss the devel pass.

    Args:
        folder: where `last.ckpt` goes.
        every_steps: steps between saves.
    """

    def __init__(self, folder: str, every_steps: int) -> None:
        self.path = Path(folder) / "last.ckpt"
        self._every = every_steps

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Save when it is time."""
        ends_epoch = batch_idx + 1 >= trainer.num_training_batches
        if trainer.global_step % self._every == 0 and not ends_epoch:
            trainer.save_checkpoint(self.path)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save after the devel pass."""
        if trainer.state.fn == "fit" and not trainer.sanity_checking:
            trainer.save_checkpoint(self.path)
