"""Checkpoints: building a detector from a config, and reading one back without Lightning."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from hydra.utils import get_class, instantiate

from anomaly_fas.errors import CheckpointError
from anomaly_fas.models.detector import Detector
from anomaly_fas.trust import require_trusted

if TYPE_CHECKING:
    from anomaly_fas.models.embedder import Embedder

FACTS: Final = "anomaly_fas"
"""Key of a checkpoint under which this package's facts stand: `config` and `threshold_names`."""

_NETWORK: Final = "detector.embedder."
_PARTS: Final = ("model", "head", "scorer")


def build_detector(config: Mapping[str, Any], threshold_names: Sequence[str]) -> Detector:
    """Build a detector.

    Args:
        config: plain and resolved; `model`, `head`, `scorer` and `image_size` are used.
        threshold_names: names of the thresholds that are kept for each scorer.
    """
    embedder = build_embedder(config["model"], config["head"])
    scorers = {name: instantiate(node, dim=embedder.dim) for name, node in config["scorer"].items()}
    return Detector(embedder, scorers, threshold_names, config["image_size"])


def build_embedder(model: Mapping[str, Any], head: Mapping[str, Any]) -> Embedder:
    """Build a network from the configs of its backbone and its head."""
    settings = {key: value for key, value in head.items() if key not in {"_target_", "_partial_"}}
    embedder: Embedder = instantiate(
        model, head=get_class(head["_target_"]), head_settings=instantiate(settings)
    )
    return embedder


def load(path: str | Path, trusted_packages: Collection[str] = ()) -> Detector:
    """Load the detector of a checkpoint, ready to score.

    Only plain values and tensors are unpickled, and only trusted classes are built.

    Args:
        path: a checkpoint, such as `checkpoints/best.ckpt` in a run folder.
        trusted_packages: packages of the user's own that the checkpoint may build classes of; see
            `anomaly_fas.trust`.

    Raises:
        CheckpointError: no such file, no checkpoint of this package, or a damaged one.
    """
    checkpoint = read_checkpoint(Path(path))
    facts = checkpoint[FACTS]
    config = {part: facts["config"][part] for part in (*_PARTS, "image_size")}
    require_trusted(config, path, trusted_packages)
    config["model"] = config["model"] | {"pretrained": False, "weights": None}
    detector = build_detector(config, facts["threshold_names"])
    load_weights(detector, checkpoint, Path(path))
    # As runs lay kernels out by default: convolutions are faster so, on CPUs as well.
    detector.embedder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return detector.eval()


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint of this package, as plain values and tensors.

    Raises:
        CheckpointError: see `load`.
    """
    if not path.is_file():
        raise CheckpointError(f"no checkpoint at {path}")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can make the unpickler fail in any way
        raise CheckpointError(
            f"{path} is no checkpoint that can be read ({type(error).__name__})"
        ) from error
    if not isinstance(checkpoint, dict) or FACTS not in checkpoint:
        raise CheckpointError(f"{path} was not written by anomaly_fas")
    return checkpoint


def load_weights(detector: Detector, checkpoint: Mapping[str, Any], path: Path) -> None:
    """Load all of a checkpoint's weights, references and thresholds into a detector.

    Raises:
        CheckpointError: they are of another architecture.
    """
    _load_part(detector, "detector.", checkpoint, path)


def load_network(detector: Detector, checkpoint: Mapping[str, Any], path: Path) -> None:
    """Load a checkpoint's network into a detector that has other scorers.

    Raises:
        CheckpointError: it is of another architecture.
    """
    _load_part(detector.embedder, _NETWORK, checkpoint, path)


def warm_start(detector: Detector, path: Path, backbone: str) -> list[str]:
    """Start a detector's network from a run's or checkpoint's; scorers and thresholds stay.

    Args:
        detector: changed in place.
        path: a checkpoint, or a run folder, whose best checkpoint is taken.
        backbone: name of the detector's backbone.

    Returns:
        Names of weights that the checkpoint has no counterpart for: those of another kind of
        head. They keep their start values.

    Raises:
        CheckpointError: another backbone.
    """
    path = path / "checkpoints" / "best.ckpt" if path.is_dir() else path
    checkpoint = read_checkpoint(path)
    built = checkpoint[FACTS]["config"]["model"]["backbone"]
    if built != backbone:
        raise CheckpointError(
            f"init_from={path} is a {built}, and the run's backbone is {backbone}: "
            f"set model.backbone={built}, or start from another checkpoint"
        )
    state = detector.embedder.state_dict()
    given = _state(checkpoint, _NETWORK)
    fitting = {n: v for n, v in given.items() if n in state and v.shape == state[n].shape}
    detector.embedder.load_state_dict(fitting, strict=False)
    return sorted(set(state) - set(fitting))


def _state(checkpoint: Mapping[str, Any], prefix: str) -> dict[str, torch.Tensor]:
    """Weights under a prefix, by their names without it."""
    state: dict[str, torch.Tensor] = checkpoint["state_dict"]
    return {n.removeprefix(prefix): value for n, value in state.items() if n.startswith(prefix)}


def _load_part(
    module: torch.nn.Module, prefix: str, checkpoint: Mapping[str, Any], path: Path
) -> None:
    """Load the weights under a prefix, if they are all of the module's and no others."""
    state = _state(checkpoint, prefix)
    if mismatch := _mismatch(module.state_dict(), state):
        built = checkpoint[FACTS]["config"]["model"]["backbone"]
        raise CheckpointError(f"{path} (a {built}) does not fit the network asked for: {mismatch}")
    module.load_state_dict(state)


def _mismatch(wanted: Mapping[str, torch.Tensor], given: Mapping[str, torch.Tensor]) -> str:
    missing, extra = sorted(set(wanted) - set(given)), sorted(set(given) - set(wanted))
    if missing or extra:
        example = (missing + extra)[0]
        return f"{len(missing)} tensors are missing and {len(extra)} left over, such as {example}"
    for name, value in wanted.items():
        if value.shape != given[name].shape:
            return f"{name} has shape {list(given[name].shape)}, not {list(value.shape)}"
    return ""
