"""Build the parts of a run from its config."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from hydra.utils import instantiate
from lightning.pytorch.callbacks import ModelCheckpoint

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.source import AttackSource
from anomaly_fas.data.source_selection import select_from
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.checkpoint import build_detector, warm_start
from anomaly_fas.protocols.protocol import LimitsFrames
from anomaly_fas.runs.folder import plain
from anomaly_fas.runs.results import ResultWriter
from anomaly_fas.runs.trainer_checks import check_devices, check_resumable
from anomaly_fas.training.checkpoint_io import AtomicCheckpointIO
from anomaly_fas.training.last_checkpoint import LastCheckpoint
from anomaly_fas.training.module import PadModule
from anomaly_fas.training.precision import choose_precision
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightning import Callback, Trainer
    from omegaconf import DictConfig

    from anomaly_fas.data.source import Source
    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.runs.folder import RunFolder

_log = logging.getLogger(__name__)


def build_datamodule(
    config: DictConfig,
    protocol: PadProtocol,
    source: Source,
    needed: Sequence[Split] = tuple(Split),
) -> PadDataModule:
    """The loaders of a run.

    Args:
        config: config of the run.
        protocol: rule that says who trains, who tunes, who is tested.
        source: annotated samples and their crops.
        needed: splits that must hold both classes.
    """
    sampler = instantiate(config.sampler)
    if isinstance(source, AttackSource):
        sampler = partial(sampler, fabricated_share=source.share)
    first = protocol.first_train_frames if isinstance(protocol, LimitsFrames) else None
    return PadDataModule(
        source,
        select_from(source, protocol, config.lists, needed),
        sampler,
        # Augmentations read their settings for every image, and lists of configs are slow to read.
        instantiate(config.transform, _convert_="all"),
        eval_batch_size=config.datamodule.eval_batch_size,
        workers=config.runtime.workers,
        seed=config.seed,
        first_train_frames=first,
    )


def build_module(config: DictConfig) -> PadModule:
    """The module of a run, its network warm-started where the config says so."""
    settings = plain(config)
    detector = build_detector(settings, THRESHOLDS)
    if config.init_from:
        fresh = warm_start(detector, Path(config.init_from), config.model.backbone)
        if fresh:
            _log.info(
                "init_from: not in the checkpoint, left at their initial values: %s",
                ", ".join(fresh),
            )
    return PadModule(
        detector,
        instantiate(config.loss),
        instantiate(config.optimizer),
        instantiate(config.scheduler),
        weight_decay=config.optimizer.get("weight_decay", 0.0),
        lr_scaling=config.module.lr_scaling,
        gather=config.module.gather,
        channels_last=config.module.channels_last,
        seed=config.seed,
        config=settings,
    )


def build_callbacks(config: DictConfig) -> list[Callback]:
    """The callbacks of the config, and the one that writes the results."""
    chosen = [instantiate(node, _convert_="all") for node in config.callbacks.values()]
    return [*chosen, ResultWriter()]


def build_checkpoints(config: DictConfig, folder: RunFolder) -> list[Callback]:
    """The callbacks that save `best.ckpt` and `last.ckpt`, the former after the devel pass."""
    best = ModelCheckpoint(
        dirpath=folder.checkpoints,
        filename="best",
        monitor=config.checkpoint.monitor,
        mode="min",
        save_top_k=1,
        save_on_train_epoch_end=False,
        enable_version_counter=False,
        auto_insert_metric_name=False,
    )
    return [best, LastCheckpoint(str(folder.checkpoints), config.checkpoint.every_steps)]


def build_trainer(
    config: DictConfig,
    module: PadModule,
    callbacks: Sequence[Callback],
    folder: Path,
    **changes: Any,
) -> Trainer:
    """Lightning's Trainer with the run's loggers, which are given the config.

    Args:
        config: config of the run.
        module: module that is trained or tested.
        callbacks: callbacks; they write into `trainer.default_root_dir`.
        folder: run folder, the trainer's `default_root_dir`.
        changes: further arguments of the Trainer.

    Raises:
        ConfigError: the machine lacks what the trainer asks for.
    """
    check_devices(config.trainer)
    check_resumable(config.trainer)
    on_gpu = torch.cuda.is_available() and config.runtime.accelerator not in {"cpu"}
    settings = {
        "precision": choose_precision(
            config.trainer.precision, module.detector.embedder, on_gpu=on_gpu
        ),
        "check_val_every_n_epoch": 1,
        "callbacks": list(callbacks),
        "logger": [instantiate(logger) for logger in config.logger.values()],
        "plugins": [AtomicCheckpointIO()],
        "default_root_dir": str(folder),
    }
    trainer: Trainer = instantiate(config.trainer, **(settings | changes), _convert_="partial")
    for logger in trainer.loggers:
        logger.log_hyperparams(plain(config))
    return trainer
