"""Name the folder of a run after its config, so that a command finds its run again."""

import copy
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

import anomaly_fas
from anomaly_fas.dotted_names import flatten, is_below
from anomaly_fas.errors import RunError
from anomaly_fas.files import atomic_path, remove_unfinished
from anomaly_fas.protocols.protocol import PadProtocol

_FILLED_IN: Final = ("run_folder", "run_name", "run_facts")  # keys that the command fills in

_ELSEWHERE: Final = ("paths", "runtime")
"""Nodes that differ between machines: places, devices, processes."""

_NOT_HASHED: Final = (
    *_ELSEWHERE, *_FILLED_IN, "overrides",
    "callbacks", "logger", "checkpoint.every_steps",  # no result depends on them
    "study_name", "seed",  # part of the folder's path
)  # fmt: skip
"""Nodes that do not count towards a run's name; nor does what refers to `paths` or `runtime`."""

_OF_CLASSICAL: Final = (
    "method", "baseline", "classifier", "data", "image_size", "protocol", "lists",
)  # fmt: skip
"""Nodes that a classical method reads."""

_BY_CONTENT: Final = ("manifest", "weights", "init_from")
"""Keys, in any node, that name a file: its content counts, its path does not."""


@dataclass(frozen=True)
class RunFolder:
    """Folder of a run and its files."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """Folder of `best.ckpt` and `last.ckpt`."""
        return self.path / "checkpoints"

    @property
    def last(self) -> Path | None:
        """Checkpoint to resume from, if there is one."""
        path = self.checkpoints / "last.ckpt"
        return path if path.exists() else None

    @property
    def best(self) -> Path:
        """Checkpoint of the best devel ACER."""
        return self.checkpoints / "best.ckpt"

    @property
    def is_finished(self) -> bool:
        """Whether all is written: metrics.json comes last."""
        return (self.path / "metrics.json").exists()

    def tidy(self) -> None:
        """Remove half-written files of a killed run; no other process may write here."""
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
        flat = flatten(there)
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
    """Return the folder of a run, from its plain config and protocol, and the config's hash."""
    facts = json.dumps(hashed_part(config), sort_keys=True, default=str)
    digest = hashlib.sha256(facts.encode()).hexdigest()[:8]
    lists = "" if config["lists"] == "leak_free" else f"-{config['lists']}"
    path = (
        Path(config["paths"]["output_dir"])
        / config["study_name"]
        / f"{protocol}{lists}"
        / f"{config['method']}-{digest}"
        / f"seed={config['seed']}"
    )
    return RunFolder(path), digest


def locate(config: DictConfig) -> tuple[PadProtocol, RunFolder, str]:
    """Build the protocol of a run, and find its folder and the hash of its config.

    Args:
        config: config of the run; the contents of its crop store are filled in.
    """
    protocol: PadProtocol = instantiate(config.protocol)
    for source in sources(config.data):
        if "contents" in source:  # a run is named after what the crop store holds, too
            source.contents = instantiate(source).contents
    return protocol, *run_folder(plain(config), protocol.name)


def sources(data: DictConfig) -> list[DictConfig]:
    """List the configs of the sources that data consist of."""
    parts = [data.source] if "source" in data else list(data.get("sources", {}).values())
    return [source for part in parts for source in sources(part)] if parts else [data]


def git_commit() -> str:
    """Return this package's commit, with `+` if changed since; empty outside a checkout."""
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
    """Return the overrides that change what is computed, not just where or on what."""
    return [
        override
        for override in overrides
        if override.startswith("seed=") or not is_below(_dotted(override), _NOT_HASHED)
    ]


def _dotted(override: str) -> str:
    """Return the key that an override sets, or the group that it chooses, as a dotted name."""
    return re.sub("[@/]", ".", override.lstrip("+~").partition("=")[0])


def is_classical(config: Mapping[str, Any]) -> bool:
    """Whether a run is of a classical method: features and a classifier, without a network."""
    return bool(config.get("baseline"))


def hashed_part(config: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a plain config that counts, flat: dotted key to value."""
    roots = config.keys() - set(_NOT_HASHED)
    if is_classical(config):
        roots &= set(_OF_CLASSICAL)
    flat = flatten({root: config[root] for root in config if root in roots})
    flat = {key: value for key, value in flat.items() if not is_below(key, _NOT_HASHED)}
    return flat | {key: _content(Path(flat[key])) for key in _files(flat)}


def _files(flat: dict[str, Any]) -> list[str]:
    """Return the keys that name a file."""
    return [key for key in flat if key.rpartition(".")[2] in _BY_CONTENT and flat[key]]


def _content(path: Path) -> str:
    if path.is_dir():
        path = RunFolder(path).best
    if not path.is_file():
        return str(path)
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def plain(config: DictConfig) -> dict[str, Any]:
    """Return a config as plain values that are true on any machine.

    Interpolations are resolved but those that refer to `paths`, to `runtime` and to what the
    command fills in: these nodes may be others where the config is read again.
    """
    nodes = [key for key in (*_ELSEWHERE, *_FILLED_IN) if key in config]
    values = OmegaConf.to_container(OmegaConf.masked_copy(config, nodes), resolve=True)
    following = copy.deepcopy(config)
    for node in nodes:
        if node in _ELSEWHERE:
            # The escaped text resolves to the interpolation itself.
            following[node] = {key: f"\\${{{node}.{key}}}" for key in config[node]}
        else:
            following[node] = f"\\${{{node}}}"
    container = OmegaConf.to_container(following, resolve=True)
    assert isinstance(container, dict)
    assert isinstance(values, dict)
    return {str(key): value for key, value in (container | values).items()}
