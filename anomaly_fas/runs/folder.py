"""Where a run lives: a folder named after its config, so that a command finds its run again."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from omegaconf import OmegaConf

import anomaly_fas
from anomaly_fas.errors import RunError
from anomaly_fas.files import atomic_path, remove_unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from omegaconf import DictConfig

_NOT_HASHED: Final = (
    "output_dir",
    "cache_dir",
    "workers",
    "logger",
    "study_name",
    "seed",
    "run_folder",
    "run_name",
    "run_facts",
    "overrides",
    "data.cache_dir",
    "data.workers",
    "data.root",
    "data.roots",
    "data.roots_file",
    "data.v1_lists",
    "trainer.accelerator",
    "trainer.devices",
    "trainer.num_nodes",
    "trainer.strategy",
    "callbacks.figures",
    "callbacks.progress",
    "callbacks.epoch_lines",
    "callbacks.scores_to_loggers",
    "callbacks.learning_rate",
    "callbacks.last_checkpoint",
    "callbacks.score_writer",
    "callbacks.embedding_writer",
    "callbacks.best_checkpoint.dirpath",
)
"""Keys that do not change what is computed, or stand in the folder's name themselves."""

_OF_NETWORKS: Final = (
    "model",
    "head",
    "scorer",
    "loss",
    "sampler",
    "optimizer",
    "scheduler",
    "trainer",
    "callbacks",
    "epochs",
    "epoch_steps",
    "eval_batch_size",
    "scale",
    "precision",
    "channels_last",
    "gather",
    "lr_scaling",
    "init_from",
    "weight_decay",
)
"""Keys that a classical method does not read."""

_BY_CONTENT: Final = ("data.manifest", "model.weights", "init_from")
"""Keys that name a file, of which the content counts and not the place."""


@dataclass(frozen=True)
class RunFolder:
    """A run's folder and what is in it."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """Folder of `best.ckpt` and `last.ckpt`."""
        return self.path / "checkpoints"

    @property
    def last(self) -> Path | None:
        """The checkpoint to resume from, if there is one."""
        path = self.checkpoints / "last.ckpt"
        return path if path.exists() else None

    @property
    def best(self) -> Path:
        """The checkpoint of the best devel ACER."""
        return self.checkpoints / "best.ckpt"

    @property
    def is_finished(self) -> bool:
        """Whether everything has been written; metrics.json comes last."""
        return (self.path / "metrics.json").exists()

    def tidy(self) -> None:
        """Remove what a run that was killed left half-written; nobody else writes here now."""
        for folder in (self.path, self.checkpoints, self.path / "figures"):
            remove_unfinished(folder)

    def claim(self, config: dict[str, Any]) -> None:
        """Save the config, or check that it is the one that the folder was made with.

        Raises:
            RunError: the folder holds a run of another config, or cannot be written.
        """
        path = self.path / "config.yaml"
        if not path.exists():
            with atomic_path(path) as temporary:
                OmegaConf.save(config, temporary)
            return
        there: Any = OmegaConf.to_container(OmegaConf.load(path))
        saved, wanted = hashed_part(there), hashed_part(config)
        flat = _flat(there)
        # Of a file that was moved since, the hash in the folder's name is all that is known.
        moved = {key for key in _files(flat) if not Path(flat[key]).exists()}
        differing = sorted(
            key
            for key in (saved.keys() | wanted.keys()) - moved
            if saved.get(key) != wanted.get(key)
        )
        if differing:
            lines = [
                f"{key}: {saved.get(key)!r} there, {wanted.get(key)!r} here" for key in differing
            ]
            raise RunError(
                f"{self.path} holds a run of another config; move it away or change "
                + "\n  ".join(["`study_name=…`.", *lines])
            )


def run_folder(config: dict[str, Any], protocol: str) -> tuple[RunFolder, str]:
    """The folder of a run, and the hash of its config.

    Args:
        config: plain and resolved.
        protocol: its name.
    """
    facts = json.dumps(hashed_part(config), sort_keys=True, default=str)
    digest = hashlib.sha256(facts.encode()).hexdigest()[:8]
    lists = "" if config["lists"] == "leak_free" else f"-{config['lists']}"
    path = (
        Path(config["output_dir"])
        / config["study_name"]
        / f"{protocol}{lists}"
        / f"{config['method']}-{digest}"
        / f"seed={config['seed']}"
    )
    return RunFolder(path), digest


def git_commit() -> str:
    """The commit that this package runs from, `+` if changed since, empty outside a checkout."""
    folder = Path(anomaly_fas.__file__).parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != folder.parent.resolve():
            return ""
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def distinguishing(overrides: Iterable[str]) -> list[str]:
    """Those overrides that change what is computed, and not just where or on what."""
    return [
        override
        for override in overrides
        if not _is_left_out(override.lstrip("+~").partition("=")[0]) or override.startswith("seed=")
    ]


def _is_left_out(key: str, names: Sequence[str] = _NOT_HASHED) -> bool:
    key = _of_one_source(key)
    return any(key == left or key.startswith(f"{left}.") for left in names)


def is_classical(config: Mapping[str, Any]) -> bool:
    """Whether a run is one of a classical method: features and a classifier, without a network."""
    return bool(config.get("baseline"))


def hashed_part(config: dict[str, Any]) -> dict[str, Any]:
    """What counts of a config, flat: dotted key to value."""
    left = (*_NOT_HASHED, *_OF_NETWORKS) if is_classical(config) else _NOT_HASHED
    flat = {key: value for key, value in _flat(config).items() if not _is_left_out(key, left)}
    return flat | {key: _content(Path(flat[key])) for key in _files(flat)}


def _files(flat: dict[str, Any]) -> list[str]:
    """The keys that name a file."""
    return [key for key in flat if _of_one_source(key) in _BY_CONTENT and flat[key]]


def _of_one_source(key: str) -> str:
    """What a key would be if the source was not joined with others: `data.sources.real.root`."""
    return re.sub(r"^data\.sources\.[^.]+\.", "data.", key)


def _flat(node: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(node, dict) or not node:
        return {prefix[:-1]: node}
    return {
        key: value
        for name, part in node.items()
        for key, value in _flat(part, f"{prefix}{name}.").items()
    }


def _content(path: Path) -> str:
    if path.is_dir():
        path = RunFolder(path).best
    if not path.is_file():
        return str(path)
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def plain(config: DictConfig) -> dict[str, Any]:
    """A config as plain values, interpolations resolved."""
    container = OmegaConf.to_container(config, resolve=True)
    assert isinstance(container, dict)
    return {str(key): value for key, value in container.items()}
