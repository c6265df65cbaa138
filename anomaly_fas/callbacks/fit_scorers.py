"""Refits the scorers' references before each devel pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from lightning.pytorch.callbacks import Callback

from anomaly_fas.data.references import gallery

if TYPE_CHECKING:
    from lightning import Trainer

    from anomaly_fas.training.module import PadModule


class FitScorers(Callback):
    """Embeds the train references once, and hands them to every scorer."""

    def on_validation_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """The module is in evaluation mode by now, and gradients are off."""
        scorers: list[Any] = list(pl_module.detector.scorers.values())
        bona_fide = max(scorer.bona_fide_needed for scorer in scorers)
        attack = max(scorer.attacks_needed for scorer in scorers)
        if not bona_fide and not attack:
            return
        loader = trainer.datamodule.reference_dataloader(bona_fide, attack)  # type: ignore[attr-defined]
        embeddings, rows = [], []
        for batch in loader:
            with trainer.precision_plugin.val_step_context():
                embeddings.append(pl_module.embed(batch.image.to(pl_module.device)))
            rows.append(batch.row)
        annotations = trainer.datamodule.source.annotations  # type: ignore[attr-defined]
        references = gallery(torch.cat(embeddings), torch.cat(rows), annotations)
        for scorer in scorers:
            scorer.fit(references)
