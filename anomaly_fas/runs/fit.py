"""What a run does once it is known not to be finished."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from hydra.utils import instantiate
from omegaconf import open_dict

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.fabricated_rows import where_needed
from anomaly_fas.data.transforms.simulated_attacks import SimulatedAttacks
from anomaly_fas.errors import RunError
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.metrics.analysis import HEADLINE, THRESHOLDS
from anomaly_fas.metrics.summary import read_summary
from anomaly_fas.models.checkpoint import build_detector, warm_start
from anomaly_fas.protocols.protocol import LimitsFrames
from anomaly_fas.protocols.selection import select
from anomaly_fas.runs.compatibility import require_compatible
from anomaly_fas.runs.devices import check_devices
from anomaly_fas.runs.folder import plain
from anomaly_fas.runs.peers import interruption_of, told_if_lost
from anomaly_fas.runs.resumable import check_resumable
from anomaly_fas.runs.screen_and_log import ScreenAndLog
from anomaly_fas.runs.session import LOG
from anomaly_fas.training.checkpoint_io import AtomicCheckpointIO
from anomaly_fas.training.module import PadModule
from anomaly_fas.training.precision import choose_precision
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightning import Trainer
    from omegaconf import DictConfig

    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.runs.folder import RunFolder

_log = logging.getLogger(__name__)


def fit(config: DictConfig, protocol: PadProtocol, folder: RunFolder) -> None:
    """Train, resuming where a run was interrupted, and score devel and test.

    Args:
        config: the run's config, with `run_folder`, `run_name` and `run_facts` filled in.
        protocol: who trains, who tunes, who is tested.
        folder: where everything goes.
    """
    require_compatible(config)
    lightning.seed_everything(config.seed, verbose=False)
    datamodule = build_datamodule(config, protocol)
    with open_dict(config):
        config.run_facts.update(datamodule.facts)
    module = build_module(config)
    trainer = build_trainer(config, module, folder.path / LOG)
    for logger in trainer.loggers:
        logger.log_hyperparams(plain(config))
    with (
        wandb_closed_after(trainer.loggers),
        told_if_lost(folder.path, trainer.world_size),
        interruption_of(trainer),
    ):
        _train_and_test(trainer, module, datamodule, folder)
    if trainer.is_global_zero:
        report(folder.path)


def _train_and_test(
    trainer: Trainer, module: PadModule, datamodule: PadDataModule, folder: RunFolder
) -> None:
    if trainer.is_global_zero:
        folder.tidy()
    last = folder.last
    trainer.fit(module, datamodule=datamodule, ckpt_path=str(last) if last else None)
    if not folder.best.exists():
        raise RunError(f"no devel pass was made, so {folder.best} is not there: raise `epochs`")
    if trainer.global_step == 0 and folder.last:  # spawned processes trained: this one did not
        loops = torch.load(folder.last, weights_only=True)["loops"]
        trainer.fit_loop.load_state_dict(loops["fit_loop"])
    trainer.test(module, datamodule=datamodule, ckpt_path=str(folder.best), verbose=False)


def build_datamodule(
    config: DictConfig, protocol: PadProtocol, needed: Sequence[Split] = tuple(Split)
) -> PadDataModule:
    """The loaders of a run; `needed` are the splits that must hold both classes."""
    source, sampler = instantiate(config.data), instantiate(config.sampler)
    # Augmentations read their settings for every image, and lists of configs are slow to read.
    transform = instantiate(config.transform, _convert_="all")
    alone: tuple[Split, ...] = ()
    if isinstance(transform, SimulatedAttacks):
        source, alone = transform.extend(source), transform.alone
        sampler = partial(sampler, fabricated_share=transform.share)
    selection = select(protocol, source.annotations, config.lists, needed)
    return PadDataModule(
        source,
        where_needed(selection, source.annotations, alone=alone),
        sampler,
        transform,
        eval_batch_size=config.datamodule.eval_batch_size,
        workers=config.runtime.workers,
        seed=config.seed,
        first_train_frames=protocol.first_train_frames
        if isinstance(protocol, LimitsFrames)
        else None,
    )


def build_module(config: DictConfig) -> PadModule:
    """The module of a run, its network warm-started where the config says so."""
    settings = plain(config)
    detector = build_detector(settings, THRESHOLDS)
    if config.init_from:
        fresh = warm_start(detector, Path(config.init_from), config.model.backbone)
        if fresh:
            _log.info("init_from: %s start(s) afresh", ", ".join(fresh))
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


def build_trainer(
    config: DictConfig, module: PadModule, log: Path | None = None, **changes: Any
) -> Trainer:
    """Lightning's Trainer with the run's callbacks and loggers.

    Args:
        config: the run's config.
        module: what is trained or tested.
        log: file that processes write to, too, which are spawned.
        changes: of the Trainer's arguments.

    Raises:
        ConfigError: the machine lacks what the trainer asks for.
    """
    screen_and_log = ScreenAndLog(log)
    check_devices(config.trainer)
    check_resumable(config.trainer)
    on_gpu = torch.cuda.is_available() and config.runtime.accelerator not in {"cpu"}
    precision = choose_precision(config.trainer.precision, module.detector.embedder, on_gpu=on_gpu)
    settings = {
        "precision": precision,
        "check_val_every_n_epoch": 1,
        "callbacks": [
            screen_and_log,
            *(instantiate(callback, _convert_="all") for callback in config.callbacks.values()),
        ],
        "logger": [instantiate(logger) for logger in config.logger.values()],
        "plugins": [AtomicCheckpointIO()],
    }
    trainer: Trainer = instantiate(config.trainer, **(settings | changes), _convert_="partial")
    return trainer


def report(folder: Path) -> None:
    """Show the test figures of a folder of results."""
    summary = read_summary(folder / "metrics.json")
    for scorer, splits in summary["figures"].items():
        figures = splits["test"][HEADLINE]
        _log.info(
            "test, %s: ACER %.2f %% (APCER %.2f, BPCER %.2f), EER %.2f %%, AUC %.4f",
            scorer,
            *(100 * figures[name] for name in ("acer", "apcer", "bpcer", "eer")),
            figures["auc"],
        )
    _log.info("written to %s", folder)
