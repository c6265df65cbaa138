"""`anomaly-fas adapt`: give a checkpoint's scorers references of your own."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas import __version__
from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Layer

if TYPE_CHECKING:
    from anomaly_fas.models.detector import Detector

_log = logging.getLogger(__name__)

LEAST: Final = 5
"""References of each class below which the checkpoint's thresholds are kept."""

_BATCH: Final = 64
_FEATURES: Final = "anomaly_fas.models.head.FeaturesHead"


def main() -> None:
    """The subcommand."""
    run_app("adapt", adapt)


def adapt(config: DictConfig) -> None:
    """Embed the references, refit the scorers, take thresholds, and write the checkpoint."""
    checkpoint, output = Path(config.checkpoint), Path(config.output)
    _check(config, output)

    import torch

    from anomaly_fas.adaptation import adapt as adaptation
    from anomaly_fas.data.reference_images import reference_crops
    from anomaly_fas.models.checkpoint import FACTS, load, read_checkpoint

    detector, content = load(checkpoint, config.trusted_packages), read_checkpoint(checkpoint)
    settings: dict[str, Any] = content[FACTS]["config"]
    detector, settings = _with_layer(config.layer, detector, settings)
    detector, settings = _with_scorers(config, detector, settings)
    rows, root = _rows(config)
    _require_classes(detector, rows)
    images = torch.from_numpy(reference_crops(rows, root, detector.image_size)).permute(0, 3, 1, 2)
    with torch.no_grad():
        outputs = [detector(batch) for batch in torch.split(images, _BATCH)]
    references = adaptation.ReferenceOutputs(adaptation.joined(outputs), rows)
    former = _thresholds(detector)
    is_new = adaptation.adapt(detector, references, LEAST)
    if not is_new:
        _require_kept(detector, references.fewest)
    counts = rows["label"].value_counts()
    fact = {
        "checkpoint": f"sha256:{hashlib.sha256(checkpoint.read_bytes()).hexdigest()}",
        "references": str(config.references or config.manifest),
        "layer": config.layer,
        "bona_fide": int(counts.get("bona_fide", 0)),
        "attack": int(counts.get("attack", 0)),
        "thresholds": "of the references, each held out" if is_new else "as they were",
        "former_thresholds": former,
        "version": __version__,
    }
    facts = dict(settings.get("run_facts", {}))
    facts["adapted"] = [*facts.get("adapted", []), fact]
    _write(output, content, settings | {"run_facts": facts}, detector)
    _log.info(
        "%d bona fide references and %d attacks, thresholds %s: %s",
        fact["bona_fide"], fact["attack"], fact["thresholds"], output,
    )  # fmt: skip


def _check(config: DictConfig, output: Path) -> None:
    if output.exists():
        raise ConfigError(f"output={output} exists: move it away, or choose another name")
    if (config.references is None) == (config.manifest is None):
        raise ConfigError("name a folder of references, references=…, or manifest=… and root=…")
    if (config.manifest is None) != (config.root is None):
        raise ConfigError("manifest=… and root=… belong together")


def _with_layer(
    layer: str, detector: Detector, settings: dict[str, Any]
) -> tuple[Detector, dict[str, Any]]:
    """Return detector and config, with features in place of the embedding if `layer` asks."""
    from anomaly_fas.models.checkpoint import build_detector
    from anomaly_fas.models.head import ProjectionHead

    if layer == Layer.EMBEDDING:
        return detector, settings
    head = settings["head"]["_target_"]
    if not isinstance(detector.embedder.head, ProjectionHead):
        raise ConfigError(
            f"layer=features is for networks with head=projection, and this has a {head}: "
            "leave it out"
        )
    settings = settings | {"head": {"_target_": _FEATURES}}
    start = settings["model"] | {"pretrained": False, "weights": None}
    made = build_detector(settings | {"model": start}, detector.threshold_names)
    made.embedder.backbone.load_state_dict(detector.embedder.backbone.state_dict())
    return made.eval(), settings


def _with_scorers(
    config: DictConfig, detector: Detector, settings: dict[str, Any]
) -> tuple[Detector, dict[str, Any]]:
    """Return detector and config, with the scorers that the command line names, if any."""
    from anomaly_fas.models.detector import Detector as Made
    from anomaly_fas.runs.config_classes import require_compatible

    if OmegaConf.select(config, "scorer") is None:
        if config.scale is not None:
            raise ConfigError("scale=… is that of other scorers: name them, too, with scorer=[…]")
        return detector, settings
    if config.scale is None:
        config.scale = settings.get("scale")
    nodes = OmegaConf.to_container(config.scorer, resolve=True)
    assert isinstance(nodes, dict)
    require_compatible(settings | {"scorer": nodes})
    dim = detector.embedder.dim
    scorers = {str(name): instantiate(node, dim=dim) for name, node in nodes.items()}
    made = Made(detector.embedder, scorers, detector.threshold_names, detector.image_size)
    for name in scorers:
        if _scale_settings(nodes[name]) == _scale_settings(settings["scorer"].get(name, {})):
            limits = {limit: detector.threshold(name, limit) for limit in detector.threshold_names}
            made.set_thresholds(name, limits)
    return made.eval(), settings | {"scorer": nodes}


def _scale_settings(node: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that the scale of a scorer's scores depends on: not its number of references."""
    return {key: value for key, value in node.items() if key not in {"references", "pairs"}}


def _rows(config: DictConfig) -> tuple[pd.DataFrame, Path]:
    """Return the references in the order in which scorers take them, and the root of paths."""
    import numpy as np

    from anomaly_fas.data.reference_images import folder_rows, manifest_rows, without_test
    from anomaly_fas.data.references import draw_references

    if config.references is None:
        root = Path(config.root)
        listed = manifest_rows(Path(config.manifest), root)
    else:
        root = Path(config.references)
        listed = folder_rows(root)
    rows = without_test(listed)
    if len(rows) < len(listed):
        _log.warning("%d sample(s) of the test split are left out", len(listed) - len(rows))
    positions, limit = np.arange(len(rows)), config.limit
    drawn = draw_references(rows, positions, bona_fide=limit, attack=limit, seed=config.seed)
    return rows.iloc[np.concatenate(drawn)].reset_index(drop=True), root


def _require_classes(detector: Detector, rows: pd.DataFrame) -> None:
    for label, needed in (("bona_fide", "bona_fide_needed"), ("attack", "attacks_needed")):
        asking = [name for name, scorer in detector.scorers.items() if getattr(scorer, needed)]
        if asking and label not in set(rows["label"]):
            raise DataError(
                f"no {label} reference, which the scorers {', '.join(asking)} need: add some, or "
                "choose scorers that need bona fide references alone, scorer=[live_centre,knn]"
            )


def _require_kept(detector: Detector, fewest: int) -> None:
    """Warn that the thresholds are the checkpoint's own; refuse if it has none."""
    unknown = sorted(name for name, kept in _thresholds(detector).items() if kept["eer"] is None)
    if unknown:
        raise DataError(
            f"{fewest} reference(s) of the rarer class are too few to take thresholds from, and "
            f"the checkpoint has none for {', '.join(unknown)}: give {LEAST} or more of each class"
        )
    _log.warning(
        "the thresholds are the checkpoint's own, for there are fewer than %d references of a "
        "class: scores may have moved against them, so check the decisions",
        LEAST,
    )


def _thresholds(detector: Detector) -> dict[str, dict[str, float | None]]:
    """Return scorer to name to threshold, None where it was never taken."""
    return {
        scorer: {
            name: None if (value := detector.threshold(scorer, name)) != value else value
            for name in detector.threshold_names
        }
        for scorer in detector.scorers
    }


def _write(
    output: Path, content: dict[str, Any], settings: dict[str, Any], detector: Detector
) -> None:
    """Write a checkpoint's content with another config and detector."""
    import torch

    from anomaly_fas.files import atomic_path
    from anomaly_fas.models.checkpoint import FACTS

    prefix = "detector."
    state = {n: v for n, v in content["state_dict"].items() if not n.startswith(prefix)}
    state |= {prefix + name: value for name, value in detector.state_dict().items()}
    with atomic_path(output) as temporary, temporary.open("wb") as file:
        torch.save({"state_dict": state, FACTS: content[FACTS] | {"config": settings}}, file)
