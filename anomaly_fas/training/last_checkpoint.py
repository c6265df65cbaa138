"""The checkpoint that an interrupted run goes on from."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from anomaly_fas.interruption import Interruption


class LastCheckpoint(Checkpoint):
    """Save `last.ckpt` between steps, after each devel pass, and when the run is to stop.

    Between steps means before the next one begins: by then everything about the last one has been
    logged. The state after an epoch's last step is saved with the devel pass that follows it; the
    step before it always is, so that whoever stops a devel pass loses one step.

    In training, Ctrl-C and its like wait for the end of the step, on all processes for the same
    one; elsewhere, where there is nothing to save, they stop the run at once.

    Args:
        folder: where `last.ckpt` goes.
        every_steps: steps between saves.
    """

    def __init__(self, folder: str, every_steps: int) -> None:
        self.path = Path(folder) / "last.ckpt"
        self._every = every_steps
        self._interruption = Interruption()

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Lightning has set its own handlers by now."""
        self._interruption.put_off()

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Save the state after the step before, when it is time, and stop if asked to.

        Raises:
            KeyboardInterrupt: a signal came, here or at another process.
        """
        stop = trainer.strategy.reduce_boolean_decision(self._interruption.requested, all=False)
        ends_epoch = batch_idx + 1 >= trainer.num_training_batches
        if batch_idx and (stop or ends_epoch or trainer.global_step % self._every == 0):
            with _before_this_batch(trainer):
                trainer.save_checkpoint(self.path)
        if stop:
            raise KeyboardInterrupt

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """A devel pass may be stopped anywhere."""
        self._interruption.let_through()

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save after the devel pass."""
        if trainer.state.fn == "fit" and not trainer.sanity_checking:
            self._interruption.put_off()
            trainer.save_checkpoint(self.path)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Everything has been saved."""
        self._interruption.let_through()

    def on_load_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Let the best checkpoint be known in a run folder that was moved since."""
        for state in checkpoint["callbacks"].values():
            if state.get("dirpath"):
                moved = _renamed(state, state["dirpath"], str(self.path.parent.resolve()))
                state.update(moved)

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Lightning has set its own handlers by now."""
        self._interruption.let_through()


@contextmanager
def _before_this_batch(trainer: Trainer) -> Iterator[None]:
    """Progress as it stood before Lightning counted the batch that is about to begin."""
    progress = trainer.fit_loop.epoch_loop.batch_progress
    counted = progress.state_dict()
    progress.current.ready -= 1
    progress.total.ready -= 1
    progress.is_last_batch = False
    try:
        yield
    finally:
        progress.load_state_dict(counted)


def _renamed(value: Any, old: str, new: str) -> Any:
    """A callback's state with another folder in place of the old one."""
    if isinstance(value, dict):
        return {_renamed(key, old, new): _renamed(part, old, new) for key, part in value.items()}
    return value.replace(old, new) if isinstance(value, str) else value
