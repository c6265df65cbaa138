"""The LightningModule: one forward pass a batch, one loss, and a detector inside."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

import numpy as np
import pandas as pd
import torch
from lightning import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from anomaly_fas.data.datamodule import datamodule_of
from anomaly_fas.data.dataset import Frame
from anomaly_fas.data.references import gallery
from anomaly_fas.data.scoring import FrameScores, score_split
from anomaly_fas.errors import RunError
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary, headline_figures, summarise
from anomaly_fas.models.checkpoint import FACTS
from anomaly_fas.models.detector import Detector
from anomaly_fas.training.circumstances import circumstances, warn_of_change
from anomaly_fas.training.optimization import LrScaling, lr_factor, parameter_groups
from anomaly_fas.types import Split

CIRCUMSTANCES: Final = "circumstances"
"""Key of a checkpoint: what it was trained on."""


class FrameOutputs(TypedDict):
    """Scores and embeddings of a batch of frames.

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
    """Train a detector's network, fit its scorers and take its thresholds on devel.

    After each devel pass, figures are logged as `devel/<scorer>/<figure>`; the headline scorer's
    ACER also as `devel_acer`.

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

    Attributes:
        devel_rows: score rows of the last devel pass.
        results: scores of devel and test after a test pass.
        summary: their figures.
    """

    devel_rows: pd.DataFrame
    results: ScoreTable
    summary: Summary

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
        self._scored: dict[int, list[FrameScores]] = {}
        self.detector.embedder.to(memory_format=self._layout)  # type: ignore[call-overload]

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Build the optimiser of all trained parameters, and its schedule."""
        learning = (self.detector.embedder, self.loss)
        optimizer = self._optimizer(parameter_groups(learning, self._weight_decay))
        for group in optimizer.param_groups:
            group["lr"] *= lr_factor(self._lr_scaling, self.trainer.world_size)
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = self._scheduler(optimizer, total_steps=steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def on_train_batch_start(self, batch: Frame, batch_idx: int) -> None:
        """Make the step's randomness a function of seed, step and rank."""
        state = np.random.SeedSequence([self._seed, self.global_step, self.global_rank])
        seed = int(state.generate_state(1, np.uint64)[0])
        if self.device.type == "cpu":
            torch.default_generator.manual_seed(seed)  # without those of devices not in use
        else:
            torch.manual_seed(seed)

    def training_step(self, batch: Frame, batch_idx: int) -> Tensor:
        """Compute the loss of a batch.

        Raises:
            RunError: it is not finite; the message names the batch's samples.
        """
        output = self.detector(self._laid_out(batch.image))
        inputs = LossInput(
            output.embedding, output.logit, batch.is_attack, batch.row, output.map_logit
        )
        if self._gather and self.trainer.world_size > 1:
            inputs = LossInput(*map(self._gathered, inputs))
        with torch.autocast(self.device.type, enabled=False):
            terms: LossTerms = self.loss(inputs)
        if not torch.isfinite(terms["loss"]):
            ids = datamodule_of(self.trainer).annotations["sample_id"]
            names = ", ".join(ids.iloc[batch.row.cpu().numpy()])
            raise RunError(
                f"the loss is not finite at step {self.global_step}. Lower the learning rate or "
                f"use trainer.precision=32-true. The batch: {names}"
            )
        every: int = self.trainer.log_every_n_steps  # type: ignore[attr-defined]
        if every > 0 and (self.global_step + 1) % every == 0:  # `log` takes its time in any step
            for name, value in terms.items():
                self.log(f"train/{name}", value.detach(), prog_bar=name == "loss")
        return terms["loss"]

    def _gathered(self, part: Tensor | None) -> Any:
        """Gather a part of the loss's input from all processes, if the head gives it."""
        if part is None:
            return None
        sent = part.to(torch.uint8) if part.dtype == torch.bool else part
        everyone: Any = self.all_gather(sent, sync_grads=part.requires_grad)
        return everyone.flatten(0, 1).to(part.dtype)

    def on_validation_epoch_start(self) -> None:
        """Fit the scorers to train references, as the network embeds them now."""
        self._scored = {}
        datamodule = datamodule_of(self.trainer)
        scorers: list[Any] = list(self.detector.scorers.values())
        bona_fide = max(scorer.bona_fide_needed for scorer in scorers)
        attack = max(scorer.attacks_needed for scorer in scorers)
        if not bona_fide and not attack:
            return
        embeddings, rows = [], []
        for batch in datamodule.reference_dataloader(bona_fide, attack):
            with self.trainer.precision_plugin.val_step_context():
                output = self.detector(self._laid_out(batch.image.to(self.device)))
            embeddings.append(output.embedding)
            rows.append(batch.row)
        references = gallery(torch.cat(embeddings), torch.cat(rows), datamodule.annotations)
        for scorer in scorers:
            scorer.fit(references)

    def validation_step(self, batch: Frame, batch_idx: int) -> FrameOutputs:
        """Score a batch of devel frames."""
        return self._score(batch, 0)

    def on_validation_epoch_end(self) -> None:
        """Take thresholds on devel, and log its figures."""
        self.devel_rows = self._rows([Split.DEVEL])
        for scorer in self.detector.scorers:
            rows = self.devel_rows[self.devel_rows["scorer"] == scorer]
            thresholds = devel_thresholds(rows)
            self.detector.set_thresholds(scorer, thresholds)
            figures = error_figures(rows, thresholds[HEADLINE])
            self.log_dict({f"devel/{scorer}/{name}": rate for name, rate in figures.items()})
            if scorer == self.detector.headline:
                self.log("devel_acer", figures["acer"], prog_bar=True)

    def on_test_epoch_start(self) -> None:
        """Start collecting scores afresh."""
        self._scored = {}

    def test_step(self, batch: Frame, batch_idx: int, dataloader_idx: int = 0) -> FrameOutputs:
        """Score a batch of the frames of one of the scored splits."""
        return self._score(batch, dataloader_idx)

    def on_test_epoch_end(self) -> None:
        """Join the scores of all splits to the run's results, and log the test figures."""
        detector = self.detector
        thresholds = {
            scorer: {name: detector.threshold(scorer, name) for name in detector.threshold_names}
            for scorer in detector.scorers
        }
        rows = self._rows(datamodule_of(self.trainer).scored_splits)
        self.results = ScoreTable(rows, self._config["run_facts"] | {"thresholds": thresholds})
        self.summary = summarise(self.results)
        self.log("step", float(self.trainer.global_step))  # Lightning's own count is not saved
        self.log_dict(headline_figures(self.summary))

    def _score(self, batch: Frame, split: int) -> FrameOutputs:
        output = self.detector(self._laid_out(batch.image))
        scores = torch.stack([v.double() for v in self.detector.scores(output).values()], dim=1)
        arrays = (part.cpu().numpy() for part in (batch.row, batch.number, scores))
        self._scored.setdefault(split, []).append(FrameScores(*arrays))
        return FrameOutputs(
            row=batch.row, number=batch.number, scores=scores, embedding=output.embedding
        )

    def _rows(self, splits: list[Split]) -> pd.DataFrame:
        """Score rows of the splits that were scored, one after another."""
        annotations = datamodule_of(self.trainer).annotations
        scorers = list(self.detector.scorers)
        parts = [
            score_split(self._scored.get(number, []), annotations, split, scorers)
            for number, split in enumerate(splits)
        ]
        return pd.concat(parts, ignore_index=True)

    def _laid_out(self, images: Tensor) -> Tensor:
        return images.contiguous(memory_format=self._layout)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what it takes to score without Lightning."""
        names = list(self.detector.threshold_names)
        checkpoint[FACTS] = {"config": self._config, "threshold_names": names}
        checkpoint[CIRCUMSTANCES] = circumstances(self.trainer)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Let the sampler go on where the run stood."""
        if self.trainer.state.fn == "fit":
            warn_of_change(checkpoint.get(CIRCUMSTANCES, {}), self.trainer)
        datamodule_of(self.trainer).resume_at(checkpoint["global_step"])
