"""The LightningModule: one forward pass a batch, one loss, and a detector inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict

import numpy as np
import torch
from lightning import LightningModule
from torch import Tensor

from anomaly_fas.errors import RunError
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.models.checkpoint import FACTS
from anomaly_fas.training.circumstances import circumstances, warn_of_change
from anomaly_fas.training.lr_scaling import lr_factor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lightning.pytorch.utilities.types import OptimizerLRScheduler
    from torch import nn

    from anomaly_fas.data.dataset import Frame
    from anomaly_fas.models.detector import Detector
    from anomaly_fas.training.lr_scaling import LrScaling


CIRCUMSTANCES: Final = "circumstances"
"""Key of a checkpoint: what it was trained on."""


class FrameScores(TypedDict):
    """Scores of a batch of frames.

    Attributes:
        row: position of each frame's sample in the annotations, shape [N].
        number: of the frame within its sample, shape [N].
        scores: attack scores, float64, one column a scorer, shape [N, scorers].
        embedding: of each frame, shape [N, D].
    """

    row: Tensor
    number: Tensor
    scores: Tensor
    embedding: Tensor


class PadModule(LightningModule):
    """Trains a detector's network.

    Args:
        detector: network, scorers and thresholds.
        loss: a module from `LossInput` to `LossTerms`.
        optimizer: given the loss and network's parameter groups, makes the optimiser.
        scheduler: given the optimiser and `total_steps`, makes a schedule that is stepped after
            every step.
        weight_decay: of matrices and kernels; biases and norms have none.
        lr_scaling: how the learning rate follows the number of processes.
        gather: whether triplets are formed over the embeddings of all processes.
        channels_last: whether images and kernels are laid out channels last.
        seed: seeds what is random within a step.
        config: the run's config, plain; it goes into every checkpoint.
    """

    def __init__(
        self,
        detector: Detector,
        loss: nn.Module,
        optimizer: Callable[..., torch.optim.Optimizer],
        scheduler: Callable[..., torch.optim.lr_scheduler.LRScheduler],
        *,
        weight_decay: float,
        lr_scaling: LrScaling = "none",
        gather: bool,
        channels_last: bool,
        seed: int,
        config: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self.detector = detector
        self.loss = loss
        self._optimizer, self._scheduler = optimizer, scheduler
        self._weight_decay = weight_decay
        self._lr_scaling = lr_scaling
        self._gather = gather
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self._seed = seed
        self._config = dict(config)
        self.detector.embedder.to(memory_format=self._layout)  # type: ignore[call-overload]

    def training_step(self, batch: Frame, batch_idx: int) -> Tensor:
        """The loss of a batch.

        Raises:
            RunError: it is not finite; the message names the batch's samples.
        """
        output = self.detector(self._laid_out(batch.image))
        inputs = LossInput(
            output.embedding, output.logit, batch.is_attack, batch.row, output.map_logit
        )
        if self._gather and self.trainer.world_size > 1:
            inputs = self._of_all_processes(inputs)
        with torch.autocast(self.device.type, enabled=False):
            terms: LossTerms = self.loss(inputs)
        if not torch.isfinite(terms["loss"]):
            raise RunError(self._not_finite(batch))
        if self._is_logged():
            for name, value in terms.items():
                self.log(f"train/{name}", value.detach(), prog_bar=name == "loss")
        return terms["loss"]

    def validation_step(self, batch: Frame, batch_idx: int) -> FrameScores:
        """Scores of a batch of devel frames."""
        return self._score(batch)

    def test_step(self, batch: Frame, batch_idx: int, dataloader_idx: int = 0) -> FrameScores:
        """Scores of a batch of devel (0) or test (1) frames."""
        return self._score(batch)

    def on_train_batch_start(self, batch: Frame, batch_idx: int) -> None:
        """Make the step's randomness a function of seed, step and rank."""
        state = np.random.SeedSequence([self._seed, self.global_step, self.global_rank])
        seed = int(state.generate_state(1, np.uint64)[0])
        if self.device.type == "cpu":
            torch.default_generator.manual_seed(seed)  # without those of devices not in use
        else:
            torch.manual_seed(seed)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The optimiser over all that learns, and its schedule."""
        optimizer = self._optimizer(self._parameter_groups())
        for group in optimizer.param_groups:
            group["lr"] *= lr_factor(self._lr_scaling, self.trainer.world_size)
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = self._scheduler(optimizer, total_steps=steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what it takes to score without Lightning."""
        names = list(self.detector.threshold_names)
        checkpoint[FACTS] = {"config": self._config, "threshold_names": names}
        checkpoint[CIRCUMSTANCES] = circumstances(self.trainer)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Let the sampler go on where the run stood."""
        if self.trainer.state.fn == "fit":
            warn_of_change(checkpoint.get(CIRCUMSTANCES, {}), self.trainer)
        datamodule = getattr(self.trainer, "datamodule", None)
        if datamodule is not None:
            datamodule.resume_at(checkpoint["global_step"])

    def embed(self, images: Tensor) -> Tensor:
        """Embeddings of uint8 images on this module's device, shape [N, D]."""
        embedding: Tensor = self.detector(self._laid_out(images)).embedding
        return embedding

    def _score(self, batch: Frame) -> FrameScores:
        output = self.detector(self._laid_out(batch.image))
        scores = self.detector.scores(output)
        return {
            "row": batch.row,
            "number": batch.number,
            "scores": torch.stack([value.double() for value in scores.values()], dim=1),
            "embedding": output.embedding,
        }

    def _is_logged(self) -> bool:
        """Whether loggers get this step's figures; `self.log` takes its time in any step."""
        every: int = self.trainer.log_every_n_steps  # type: ignore[attr-defined]
        return every > 0 and (self.global_step + 1) % every == 0

    def _laid_out(self, images: Tensor) -> Tensor:
        return images.contiguous(memory_format=self._layout)

    def _of_all_processes(self, inputs: LossInput) -> LossInput:
        def gathered(part: Tensor) -> Tensor:
            everyone: Any = self.all_gather(part, sync_grads=part.requires_grad)
            return everyone.flatten(0, 1)  # type: ignore[no-any-return]

        return LossInput(
            embedding=gathered(inputs.embedding),
            logit=None if inputs.logit is None else gathered(inputs.logit),
            is_attack=gathered(inputs.is_attack.to(torch.uint8)).bool(),
            sample=gathered(inputs.sample),
            map_logit=None if inputs.map_logit is None else gathered(inputs.map_logit),
        )

    def _parameter_groups(self) -> list[dict[str, Any]]:
        learning = [
            parameter
            for module in (self.detector.embedder, self.loss)
            for parameter in module.parameters()
            if parameter.requires_grad
        ]
        return [
            {"params": [p for p in learning if p.ndim > 1], "weight_decay": self._weight_decay},
            {"params": [p for p in learning if p.ndim <= 1], "weight_decay": 0.0},
        ]

    def _not_finite(self, batch: Frame) -> str:
        rows = self.trainer.datamodule.source.annotations  # type: ignore[attr-defined]
        names = ", ".join(rows["sample_id"].iloc[batch.row.cpu().numpy()])
        return (
            f"the loss is not finite at step {self.global_step}. Lower the learning rate or use "
            f"trainer.precision=32-true. The batch: {names}"
        )
