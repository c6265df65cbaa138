"""Save a run of a sweep as a config file, with the command that runs it."""

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra.conf import HydraConf
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.runs import saved_config
from anomaly_fas.runs.folder import distinguishing, plain


@dataclass(frozen=True)
class SweepJob:
    """A run that any process can do, here or on another machine that has the same files.

    Args:
        arguments: Python's arguments that run it.
        folder: working directory, where relative paths of its config begin.
        log: file for its output.
        label: short description of its settings.
    """

    arguments: tuple[str, ...]
    folder: Path
    log: Path
    label: str


def save_job(config: DictConfig, hydra: DictConfig | HydraConf, words: Sequence[str]) -> SweepJob:
    """Write a run's config into the folder of its sweep.

    The file is named after its content: the same sweep finds its files again, and other sweeps
    that run at the same time write to others.

    Raises:
        RunError: it cannot be written.
    """
    overrides = list(hydra.overrides.task)
    shown = distinguishing(overrides)
    if "overrides" in config and not config.overrides:
        config.overrides = shown
    facts = json.dumps(plain(config), sort_keys=True, default=str)
    digest = hashlib.sha256(facts.encode()).hexdigest()[:8]
    path = sweep_folder(config, hydra, words) / f"{digest}.yaml"
    saved_config.save(config, path)
    return SweepJob(
        arguments=("-m", "anomaly_fas", *words, *saved_config.arguments(path)),
        folder=Path.cwd(),
        log=path.with_suffix(".log"),
        label=" ".join(shown or overrides) or "defaults",
    )


def sweep_folder(config: DictConfig, hydra: DictConfig | HydraConf, words: Sequence[str]) -> Path:
    """Return the folder of a sweep's files, named after its study or after the command."""
    study = OmegaConf.select(config, "study_name", throw_on_missing=False)
    return Path(hydra.sweep.dir) / str(study or words[-1])


def repeat_command(
    words: Sequence[str], overrides: Sequence[str], hydra: DictConfig | HydraConf
) -> str:
    """Return the command that makes one run of a sweep alone."""
    sources = hydra.runtime.config_sources
    folders = [source.path for source in sources if source.provider == "command-line"]
    paths = [part for folder in folders for part in ("--config-dir", folder)]
    paths += [item for item in hydra.overrides.hydra if item.startswith("hydra.searchpath=")]
    return shlex.join(["anomaly-fas", *words, *paths, *overrides, "hydra.mode=RUN"])
