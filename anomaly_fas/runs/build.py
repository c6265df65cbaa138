"""Build the parts of a run from its config."""

import logging
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from hydra.utils import instantiate
from lightning import Callback, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.source import AttackSource, Source, select_from
from anomaly_fas.errors import ConfigError
from anomaly_fas.interruption import PARENT
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.checkpoint import build_detector, warm_start
from anomaly_fas.protocols.protocol import LimitsFrames, PadProtocol
from anomaly_fas.runs.folder import RunFolder, plain
from anomaly_fas.runs.results import ResultWriter
from anomaly_fas.training.checkpoint_io import AtomicCheckpointIO
from anomaly_fas.training.last_checkpoint import LastCheckpoint
from anomaly_fas.training.module import PadModule
from anomaly_fas.training.precision import choose_precision
from anomaly_fas.types import Split

_IN_PLACE_OF: Final = {
    "accumulate_grad_batches": (1, "more devices, or a larger sampler.batch_size"),
    "limit_train_batches": (1.0, "epoch_steps"),
    "overfit_batches": (0, "fewer data, such as data.extent.train=1"),
    "fast_dev_run": (False, "epochs=1 epoch_steps=1"),
    "max_steps": (-1, "epochs and epoch_steps"),
    "max_time": (None, "a scheduler that sends SIGTERM, or `timeout`"),
}
"""For each argument the value that changes nothing, and the remedy in place of others."""

_log = logging.getLogger(__name__)


def build_datamodule(
    config: DictConfig,
    protocol: PadProtocol,
    source: Source,
    needed: Sequence[Split] = tuple(Split),
) -> PadDataModule:
    """Build the loaders of a run; the `needed` splits must hold both classes."""
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
    """Build the module of a run, its network warm-started where the config says so."""
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
    """Build the callbacks of the config, and the one that writes the results."""
    chosen = [instantiate(node, _convert_="all") for node in config.callbacks.values()]
    return [*chosen, ResultWriter()]


def build_checkpoints(config: DictConfig, folder: RunFolder) -> list[Callback]:
    """Build the callbacks that save `best.ckpt` (after the devel pass) and `last.ckpt`."""
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
    """Build Lightning's Trainer with the run's loggers, which are given the config.

    Args:
        config: config of the run.
        module: module to train or test.
        callbacks: callbacks that write into `trainer.default_root_dir`.
        folder: run folder, the trainer's `default_root_dir`.
        changes: further arguments of the Trainer.

    Raises:
        ConfigError: the machine lacks what the trainer asks for, or the run could not be resumed.
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


def check_devices(trainer: DictConfig) -> None:
    """Check the config of a trainer, and let processes that it starts end with this one.

    Raises:
        ConfigError: a GPU or SLURM is asked for, and is not there.
    """
    has_gpu = torch.cuda.is_available()
    if trainer.accelerator in {"gpu", "cuda"} and not has_gpu:
        raise ConfigError(
            "runtime.accelerator=gpu: torch finds no GPU on this machine. Choose runtime=cpu or "
            "runtime.accelerator=cpu, or install a build of torch for your GPU"
        )
    if trainer.sync_batchnorm and (trainer.accelerator == "cpu" or not has_gpu):
        raise ConfigError(
            "trainer.sync_batchnorm=true: torch synchronises batch normalisation on GPUs alone. "
            "Leave it out, or use a GPU"
        )
    environment = OmegaConf.select(trainer, "strategy.cluster_environment._target_") or ""
    if environment.endswith("SLURMEnvironment") and "SLURM_NTASKS" not in os.environ:
        raise ConfigError(
            "runtime=slurm_multi_node is started by SLURM: `srun anomaly-fas train …`, as "
            "conf/runtime/README.md shows. Without SLURM use runtime=ddp"
        )
    if trainer.devices != 1:
        os.environ[PARENT] = str(os.getpid())


def check_resumable(trainer: DictConfig) -> None:
    """Refuse arguments under which the number of steps is no longer a run's place in its data.

    Raises:
        ConfigError: such an argument is set.
    """
    for name, (neutral, instead) in _IN_PLACE_OF.items():
        if trainer.get(name) not in (None, neutral):
            raise ConfigError(
                f"trainer.{name}={trainer[name]}: such a run could not be resumed where it was. "
                f"Leave it out and use {instead}"
            )
