"""`anomaly-fas train`: one run, or one of a sweep, from config to scores."""

import logging
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import DictConfig, open_dict

from anomaly_fas import __version__
from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.loggers.run_label import run_label, run_variant
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.runs.folder import (
    RunFolder,
    distinguishing,
    git_commit,
    hashed_part,
    is_classical,
    locate,
    plain,
)
from anomaly_fas.runs.session import LOG, run_session

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("train", train, aliases=FACE_GROUPS, is_finished=is_finished, place=place)


def train(config: DictConfig) -> None:
    """Train and score one run, unless it is finished already."""
    if not config.overrides:  # a config that was saved has them
        config.overrides = distinguishing(HydraConfig.get().overrides.task)
    protocol, folder, digest = locate(config)
    if folder.is_finished:
        _log.info("finished already: %s", folder.path)
        return
    config.run_folder = str(folder.path)
    config.run_name = f"{protocol.name}/{config.method}-{digest}/seed={config.seed}"
    with open_dict(config):
        config.run_facts = _facts(config, protocol.name, digest)
    folder.claim(plain(config))
    with run_session(folder.path):
        _train_in(config, protocol, folder)


def _train_in(config: DictConfig, protocol: PadProtocol, folder: RunFolder) -> None:
    if folder.is_finished:  # by the process that held the folder until now
        return
    _log.info("%s %s", "resuming" if folder.last else "training", folder.path)
    if is_classical(config):
        _train_classifier(config, protocol, folder)
    else:
        _train_network(config, protocol, folder)


def _train_network(config: DictConfig, protocol: PadProtocol, folder: RunFolder) -> None:
    # torch and what stands on it are imported only for a run that is not finished.
    import lightning

    from anomaly_fas.runs import build
    from anomaly_fas.runs.config_classes import require_compatible
    from anomaly_fas.runs.fit import ScreenAndLog, fit
    from anomaly_fas.runs.results import log_results

    require_compatible(config)
    lightning.seed_everything(config.seed, verbose=False)
    source = instantiate(config.data)
    datamodule = build.build_datamodule(config, protocol, source)
    with open_dict(config):
        config.run_facts.update(datamodule.facts)
    module = build.build_module(config)
    callbacks = [
        ScreenAndLog(folder.path / LOG),
        *build.build_callbacks(config),
        *build.build_checkpoints(config, folder),
    ]
    trainer = build.build_trainer(config, module, callbacks, folder.path)
    fit(trainer, module, datamodule, folder)
    if trainer.is_global_zero:
        log_results(folder.path)


def _train_classifier(config: DictConfig, protocol: PadProtocol, folder: RunFolder) -> None:
    from anomaly_fas.runs.build import build_datamodule
    from anomaly_fas.runs.fit_baseline import fit_baseline
    from anomaly_fas.runs.results import log_results

    datamodule = build_datamodule(config, protocol, instantiate(config.data))
    fit_baseline(config, datamodule, folder)
    log_results(folder.path)


def is_finished(config: DictConfig) -> bool:
    """Whether the run of a config has been made."""
    return locate(config)[1].is_finished


def place(config: DictConfig) -> Path | None:
    """The folder of a classical run, which all settings of networks share; None for a network."""
    return locate(config)[1].path if is_classical(config) else None


def _facts(config: DictConfig, protocol: str, digest: str) -> dict[str, Any]:
    return {
        "study": config.study_name,
        "protocol": protocol,
        "lists": config.lists,
        "method": config.method,
        "seed": config.seed,
        "config_hash": digest,
        "overrides": list(config.overrides),
        "label": run_label(config.overrides, config.method),
        "variant": run_variant(hashed_part(plain(config))),
        "version": __version__,
        "commit": git_commit(),
    }
