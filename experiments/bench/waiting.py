"""The share of its time that a training loop waits for the next batch.

Run it as `python experiments/bench/waiting.py`. Two processes load batches of 48 crops at 112 px
from a crop store that the script fills with rendered faces, and augment them; the loop is the
Trainer that `anomaly-fas train` builds, in the same process as the network. Waiting is the time
that the loop is held up in asking for the next batch, out of all its time from one step to the
next, after a warm-up; the median over stretches of 20 steps.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from comparison import Comparison, at_most, run_script
from crop_store import fill, rendered, rendered_store

from anomaly_fas.data.prepared_source import StoredCrops
from anomaly_fas.types import ANNOTATION_COLUMNS, DataKind, FinePai, Label, Split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omegaconf import DictConfig

    from anomaly_fas.data.dataset import Frame

SIZE: Final = 112
WORKERS: Final = 2
SAMPLES: Final = 1_000
WARM_UP: Final = 20
STEPS: Final = 20
STRETCHES: Final = 5
BAR: Final = at_most(10)
CASES: Final = (
    ("lcnet_050", "flip_crop", BAR),
    ("resnet18", "flip_crop", BAR),
    ("lcnet_050", "field", None),
)


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Fill the store, then train on it."""
    os.environ["WANDB_SILENT"] = "true"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, rendered(200, SIZE), SAMPLES)
        for backbone, transform, bar in CASES:
            config = _config(backbone, transform, folder)
            watched = _trained(config, stretches=1 if quick else STRETCHES)
            shares = [100 * waited / whole for waited, whole in watched]
            steps = [1e3 * whole / STEPS for _, whole in watched]
            yield Comparison(
                f"waiting for data: {backbone}, {transform}, {WORKERS} workers",
                median(shares), None, "%", bar, note=f"a step is {median(steps):.0f} ms",
            )  # fmt: skip


class StoredFaces:
    """A source over a crop store: four datasets, two in five samples bona fide.

    Args:
        folder: that the store is in; its samples are named 0, 1, ….
    """

    kind = DataKind.SIMULATED
    image_size = SIZE

    def __init__(self, folder: str) -> None:
        number = np.arange(SAMPLES)
        attack = number % 5 >= 2
        fine = np.array([species.value for species in FinePai])[number // 5 % len(FinePai)]
        columns = {
            "sample_id": number.astype(str),
            "dataset": np.char.add("dataset-", (number % 4).astype(str)),
            "label": np.where(attack, Label.ATTACK.value, Label.BONA_FIDE.value),
            "pai_fine": np.where(attack, fine, ""),
            "subject": np.char.add("s", (number % 60).astype(str)),
            "split": Split.TRAIN.value,
        }
        rows = pd.DataFrame(columns).reindex(columns=list(ANNOTATION_COLUMNS), fill_value="")
        self._crops = StoredCrops(rows, rendered_store(Path(folder), SIZE), "")
        self.annotations = self._crops.annotations
        self.frame_counts = self._crops.frame_counts

    def prepare(self) -> None:
        """See `Source`; it is filled."""

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`."""
        return self._crops.frame_counts_before(number)

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        return self._crops.frame(row, number)


@dataclass
class Watched:
    """A loader that notes how long it is waited for.

    Attributes:
        loader: of batches.
        stretches: seconds waited and seconds in all, of each stretch of steps.
    """

    loader: Any
    stretches: list[tuple[float, float]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Frame]:
        batches, waited, begun = iter(self.loader), 0.0, 0.0
        for step in range(len(self)):
            asked = time.perf_counter()
            if step >= WARM_UP and (step - WARM_UP) % STEPS == 0:
                if step > WARM_UP:
                    self.stretches.append((waited, asked - begun))
                waited, begun = 0.0, asked
            batch = next(batches)
            waited += time.perf_counter() - asked
            yield batch


def _trained(config: DictConfig, stretches: int) -> list[tuple[float, float]]:
    """The stretches of a training; see `Watched`."""
    from hydra.utils import instantiate

    from anomaly_fas.runs.build import (
        build_callbacks,
        build_datamodule,
        build_module,
        build_trainer,
    )

    config.epoch_steps = WARM_UP + STEPS * stretches + 1
    module = build_module(config)
    trainer = build_trainer(
        config, module, build_callbacks(config), Path(config.run_folder),
        max_epochs=1, limit_val_batches=0, enable_checkpointing=False,
    )  # fmt: skip
    datamodule = build_datamodule(
        config, instantiate(config.protocol), instantiate(config.data), needed=[Split.TRAIN]
    )
    watched = Watched(datamodule.train_dataloader())
    trainer.fit(module, watched)
    watched.loader = None  # with which its processes end: the Trainer does not see them
    return watched.stretches


def _config(backbone: str, transform: str, folder: Path) -> DictConfig:
    from anomaly_fas.runs.composition import composed

    config = composed(
        "train",
        [
            f"model={backbone}", "model.pretrained=false", f"image_size={SIZE}",
            f"transform={transform}", f"runtime.workers={WORKERS}", "runtime.accelerator=cpu",
            f"run_folder={folder}/{backbone}-{transform}",
        ],
    )  # fmt: skip
    config.data = {"_target_": "waiting.StoredFaces", "folder": str(folder)}
    return config


if __name__ == "__main__":
    run_script(comparisons)
