"""`anomaly-fas evaluate`: evaluates scores, or scores a finished run or a checkpoint again."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas import __version__
from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.folder import RunFolder, git_commit
from anomaly_fas.runs.saved_config import known_subjects, use_here
from anomaly_fas.trust import require_trusted
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from anomaly_fas.data.datamodule import PadDataModule

_log = logging.getLogger(__name__)

_IF_GIVEN = ("lists", "datamodule.eval_batch_size", "scale")


def main() -> None:
    """The subcommand."""
    run_app("evaluate", evaluate, aliases=FACE_GROUPS)


def evaluate(config: DictConfig) -> None:
    """Evaluate a score file, or score devel and test with what a checkpoint carries."""
    if [config.run, config.checkpoint, config.scores].count(None) != 2:
        raise ConfigError(
            "name one of a score file, scores=…, a run folder, run=…, or a checkpoint file, "
            "checkpoint=…"
        )
    if config.scores is not None:
        from anomaly_fas.runs.evaluate_scores import evaluate_scores

        evaluate_scores(config)
        return
    _score_again(config)


def _score_again(config: DictConfig) -> None:
    checkpoint = _checkpoint(config)

    from anomaly_fas.models.checkpoint import FACTS, load_network, load_weights, read_checkpoint
    from anomaly_fas.runs import build
    from anomaly_fas.runs.config_classes import require_compatible
    from anomaly_fas.runs.fit import ScreenAndLog, interruption_of
    from anomaly_fas.runs.results import log_results

    content = read_checkpoint(checkpoint)
    output = Path(config.output or checkpoint.parent.parent / "evaluation")
    require_trusted(content[FACTS]["config"], checkpoint, config.trusted_packages)
    settings = _settings(config, content[FACTS]["config"], output)
    require_compatible(settings)
    protocol = instantiate(settings.protocol)
    refits = OmegaConf.select(config, "scorer") is not None
    needed = tuple(Split) if refits else (Split.TEST,)
    source = instantiate(settings.data)
    datamodule = build.build_datamodule(settings, protocol, source, needed=needed)
    if any(OmegaConf.select(config, group) is not None for group in ("data", "protocol")):
        _warn_of_known(checkpoint, content[FACTS]["config"], datamodule)
    settings.run_facts.update(
        protocol=protocol.name,
        lists=settings.lists,
        **datamodule.facts,
        version=__version__,
        commit=git_commit(),
    )
    module = build.build_module(settings)
    if refits:
        load_network(module.detector, content, checkpoint)
    else:
        load_weights(module.detector, content, checkpoint)
    callbacks = [ScreenAndLog(None), *build.build_callbacks(settings)]
    trainer = build.build_trainer(settings, module, callbacks, output, enable_checkpointing=False)
    with interruption_of(trainer):
        if refits:  # a devel pass gives every scorer its references and thresholds
            trainer.validate(module, datamodule=datamodule, verbose=False)
        trainer.test(module, datamodule=datamodule, verbose=False)
    if trainer.is_global_zero:
        log_results(output)


def _warn_of_known(checkpoint: Path, saved: dict[str, Any], datamodule: PadDataModule) -> None:
    tested = datamodule.annotations.iloc[datamodule.selection[Split.TEST]]
    known = known_subjects(checkpoint, saved, tested)
    if known:
        _log.warning(
            "%s was trained on %d subject(s) of test, such as %s: test figures flatter",
            *(checkpoint, len(known), known[0]),
        )


def _checkpoint(config: DictConfig) -> Path:
    if config.run is None:
        return Path(config.checkpoint)
    folder = RunFolder(Path(config.run))
    saved = folder.path / "config.yaml"
    if saved.exists() and OmegaConf.select(OmegaConf.load(saved), "baseline"):
        raise ConfigError(
            f"{folder.path} is a run of a classical method, which keeps no checkpoint to score "
            f"with: evaluate its scores with scores={folder.path / 'scores.parquet'}, or train it "
            "again on other data"
        )
    return folder.best


def _settings(config: DictConfig, saved: dict[str, Any], output: Path) -> DictConfig:
    """Return the run's config with this command's data, protocol and places."""
    settings = OmegaConf.create(saved)
    assert isinstance(settings, DictConfig)
    settings.run_folder = str(output)
    settings.init_from = None
    settings.model.merge_with({"pretrained": False, "weights": None})
    settings.logger = {}
    use_here(settings, config)
    for key in _IF_GIVEN:
        value = OmegaConf.select(config, key)
        if value is not None:
            OmegaConf.update(settings, key, value)
    scorer = OmegaConf.select(config, "scorer")
    if config.scale is not None and scorer is None:
        raise ConfigError("scale=… is that of other scorers: name them, too, with scorer=[…]")
    config.image_size, config.scale = settings.image_size, settings.scale
    if scorer is not None:
        settings.scorer = OmegaConf.to_container(scorer, resolve=True)
    for group in ("data", "protocol"):
        chosen = OmegaConf.select(config, group)
        if chosen is not None:
            settings[group] = OmegaConf.to_container(chosen, resolve=True)
    settings.callbacks = config.callbacks
    return settings
