"""A training step of ours against the same step in a bare PyTorch loop.

Run it as `python experiments/bench/lightning_step.py`. Ours is Lightning's Trainer as `anomaly-fas
train` builds it, with its callbacks and loggers; the bare loop has the same network, loss, batch,
optimiser, schedule, clipping and precision. Batches of 64 images at 112 px are in memory. Both
train in one process and take turns every few steps. The checkpoint that is saved every 100 steps
is timed by itself, and a hundredth of it added to ours.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from comparison import Bar, Comparison, at_most_more, at_most_times, run_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import lightning
    from omegaconf import DictConfig
    from torch import Tensor

    from anomaly_fas.data.dataset import Frame

BATCH: Final = 64
SIZE: Final = 112
BARS: Final = {"resnet18": at_most_times(1.03), "lcnet_050": at_most_more(3)}
STEPS: Final = 10
"""Steps of one turn: one of them logs, as in training, and the machine's moods come over both."""
ROUNDS: Final = {"resnet18": 7, "lcnet_050": 15}
"""Turns of each: steps of the dense network are long, and steadier."""


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """The dense network, then the one whose steps are short."""
    os.environ["WANDB_SILENT"] = "true"
    for backbone, bar in BARS.items():
        with tempfile.TemporaryDirectory() as folder:
            yield _compared(backbone, bar, folder, rounds=3 if quick else ROUNDS[backbone])


def _compared(backbone: str, bar: Bar, folder: str, rounds: int) -> Comparison:
    from anomaly_fas.runs.build import (
        build_callbacks,
        build_checkpoints,
        build_module,
        build_trainer,
    )
    from anomaly_fas.runs.folder import RunFolder

    turns = Turns(STEPS, rounds, _batches(4), _bare_step(_config(backbone, folder)))
    config = _config(backbone, folder)
    config.epoch_steps = len(turns)
    module = build_module(config)
    callbacks = [*build_callbacks(config), *build_checkpoints(config, RunFolder(Path(folder)))]
    trainer = build_trainer(
        config, module, callbacks, Path(folder), max_epochs=1, limit_val_batches=0
    )
    trainer.fit(module, turns)
    save = _save_seconds(trainer, Path(folder))
    ours, bare = (1e3 * median(taken) for taken in (turns.ours, turns.bare))
    every = config.checkpoint.every_steps
    return Comparison(
        f"training step, {backbone}, {BATCH} images, {trainer.precision}",
        ours + 1e3 * save / every, bare, "ms", bar, "bare PyTorch",
        f"{1e3 * save / every:.2f} ms of it are a checkpoint every {every} steps",
    )  # fmt: skip


@dataclass
class Turns:
    """Batches for Lightning; between its turns, while it waits for one, the bare loop has its own.

    Attributes:
        steps: of a turn.
        rounds: turns of each, after a first one that does not count.
        batches: taken in circles.
        bare_step: a step of the bare loop.
        ours: seconds a step of each turn of Lightning's.
        bare: seconds a step of each turn of the bare loop.
    """

    steps: int
    rounds: int
    batches: list[Frame]
    bare_step: Callable[[Frame], None]
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return self.steps * (self.rounds + 1) + 1

    def __iter__(self) -> Iterator[Frame]:
        for number in range(self.rounds + 1):
            start = time.perf_counter()
            yield from self._turn()
            self._note(self.ours, start, number)
            start = time.perf_counter()
            for batch in self._turn():
                self.bare_step(batch)
            self._note(self.bare, start, number)
        yield self.batches[0]

    def _turn(self) -> Iterator[Frame]:
        for step in range(self.steps):
            yield self.batches[step % len(self.batches)]

    def _note(self, seconds: list[float], start: float, number: int) -> None:
        if number > 0:
            seconds.append((time.perf_counter() - start) / self.steps)


def _bare_step(config: DictConfig) -> Callable[[Frame], None]:
    """The loop that one would write by hand, over a network of its own."""
    import torch

    from anomaly_fas.losses.batch import LossInput
    from anomaly_fas.runs.build import build_module
    from anomaly_fas.training.optimization import parameter_groups
    from anomaly_fas.training.precision import choose_precision

    module = build_module(config)
    network, loss = module.detector, module.loss
    groups = parameter_groups([network.embedder, loss], config.optimizer.weight_decay)
    optimizer = module._optimizer(groups)
    scheduler = module._scheduler(optimizer, total_steps=config.epochs * config.epoch_steps)
    learning = [parameter for group in groups for parameter in group["params"]]
    precision = choose_precision(config.trainer.precision, network.embedder, on_gpu=False)
    is_mixed = precision == "bf16-mixed"
    network.train()

    def step(batch: Frame) -> None:
        images = batch.image.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=is_mixed):
            output = network(images)
        terms = loss(LossInput(output.embedding, output.logit, batch.is_attack, batch.row))
        optimizer.zero_grad()
        terms["loss"].backward()
        torch.nn.utils.clip_grad_norm_(learning, config.trainer.gradient_clip_val)
        optimizer.step()
        scheduler.step()

    return step


def _config(backbone: str, folder: str) -> DictConfig:
    """The config of `anomaly-fas train` with this model."""
    from anomaly_fas.runs.composition import composed

    return composed(
        "train",
        [
            f"model={backbone}", "model.pretrained=false", f"image_size={SIZE}",
            f"run_folder={folder}", "runtime.accelerator=cpu",
        ],
    )  # fmt: skip


def _batches(count: int) -> list[Frame]:
    import torch

    from anomaly_fas.data.dataset import Frame

    generator = torch.Generator().manual_seed(0)

    def images() -> Tensor:
        shape = (BATCH, SIZE, SIZE, 3)
        drawn = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
        return drawn.permute(0, 3, 1, 2)

    number = torch.arange(BATCH)
    return [
        Frame(images(), number, torch.zeros_like(number), number % 2 == 1) for _ in range(count)
    ]


def _save_seconds(trainer: lightning.Trainer, folder: Path) -> float:
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        trainer.save_checkpoint(folder / "checkpoints" / "last.ckpt")
        seconds.append(time.perf_counter() - start)
    return median(seconds)


if __name__ == "__main__":
    run_script(comparisons)
