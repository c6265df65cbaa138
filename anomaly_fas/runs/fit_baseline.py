"""What a run of a classical method does once it is known not to be finished."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from hydra.utils import instantiate
from omegaconf import open_dict

from anomaly_fas.callbacks.figures import score_figures
from anomaly_fas.callbacks.score_frames import sample_scores
from anomaly_fas.data.fabricated import Fabricated
from anomaly_fas.data.fabricated_rows import is_fabricated, within_share
from anomaly_fas.data.feature_cache import cached_features
from anomaly_fas.loggers.views import TakesPictures, TakesScores
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import summarise, write_summary
from anomaly_fas.plots.style import save
from anomaly_fas.runs.fit import build_datamodule, report
from anomaly_fas.runs.folder import plain
from anomaly_fas.types import Label, Split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lightning.pytorch.loggers.logger import Logger
    from omegaconf import DictConfig

    from anomaly_fas.baselines.support_vectors import SupportVectorMachine, SupportVectors
    from anomaly_fas.data.source import Source
    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.runs.folder import RunFolder

SCORER: Final = "svm"
"""What the scores are called."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Frames:
    """Frames of some samples.

    Attributes:
        rows: positions of their samples in the annotations, shape [N].
        features: shape [N, dim].
        is_attack: bool, shape [N].
    """

    rows: np.ndarray
    features: np.ndarray
    is_attack: np.ndarray


def fit_baseline(config: DictConfig, protocol: PadProtocol, folder: RunFolder) -> None:
    """Measure all frames, choose the classifier's settings on devel, score devel and test.

    Args:
        config: the run's config, with `run_folder`, `run_name` and `run_facts` filled in.
        protocol: who trains, who tunes, who is tested.
        folder: where everything goes.
    """
    datamodule = build_datamodule(config, protocol)
    datamodule.prepare_data()
    folder.tidy()
    annotations = datamodule.source.annotations
    frames = _measured(config, datamodule)
    loggers: list[Logger] = [instantiate(logger) for logger in config.logger.values()]
    for logger in loggers:
        logger.log_hyperparams(plain(config))
    with wandb_closed_after(loggers):
        best, facts = _chosen(config, frames, annotations, loggers)
        with open_dict(config):
            config.run_facts.update(datamodule.facts | facts)
        splits = datamodule.scored_splits
        rows = [_scored(best, frames[split], annotations, split) for split in splits]
        thresholds = devel_thresholds(rows[splits.index(Split.DEVEL)])
        facts = plain(config)["run_facts"] | {"thresholds": {SCORER: thresholds}}
        step = len(config.classifier.C) * len(config.classifier.gamma)
        _write(ScoreTable(pd.concat(rows, ignore_index=True), facts), folder, loggers, step)
    for logger in loggers:
        logger.finalize("success")
    report(folder.path)


def _measured(config: DictConfig, datamodule: Any) -> dict[Split, _Frames]:
    """The frames of each split, of train those that may be trained on."""
    source, selection = datamodule.source, datamodule.selection
    parts: list[tuple[Source, list[Split]]] = [(source, list(Split))]
    if isinstance(source, Fabricated):
        parts = [(source.for_training(), [Split.TRAIN]), (source, [Split.DEVEL, Split.TEST])]
    found: dict[int, np.ndarray] = {}
    for images, splits in parts:
        found |= cached_features(
            images,
            np.concatenate([selection[split] for split in splits]),
            instantiate(config.baseline),
            Path(config.paths.cache_dir),
            config.runtime.workers,
        )
    attacks = (source.annotations["label"] == Label.ATTACK).to_numpy()
    frames = {}
    for split in Split:
        counts = datamodule.train_counts if split is Split.TRAIN else source.frame_counts
        own = selection[split]
        rows = np.repeat(own, counts[own])
        features = [found[row][: counts[row]] for row in own.tolist()]
        frames[split] = _Frames(rows, np.concatenate(features).astype(np.float64), attacks[rows])
    return frames


def _chosen(
    config: DictConfig,
    frames: Mapping[Split, _Frames],
    annotations: pd.DataFrame,
    loggers: Sequence[Logger],
) -> tuple[SupportVectors, dict[str, Any]]:
    """The machine of least devel ACER, of those the one of least EER; what is known of it."""
    classifier: SupportVectorMachine = instantiate(config.classifier, _convert_="all")
    train = frames[Split.TRAIN]
    fabricated = is_fabricated(annotations)[train.rows]
    if fabricated.any():
        share, rng = config.transform.share, np.random.default_rng([config.seed, 43])
        kept = within_share(train.is_attack, fabricated, share, rng)
        train = _Frames(train.rows[kept], train.features[kept], train.is_attack[kept])
    used = classifier.chosen(train.is_attack, config.seed)
    _log.info("%d of %d train frames are trained on", len(used), len(train.rows))
    best: tuple[tuple[float, float], SupportVectors] | None = None
    machines = classifier.fits(train.features[used], train.is_attack[used])
    for step, machine in enumerate(machines):
        devel = _scored(machine, frames[Split.DEVEL], annotations, Split.DEVEL)
        figures = error_figures(devel, devel_thresholds(devel)[HEADLINE])
        logged = {f"devel/{SCORER}/{name}": rate for name, rate in figures.items()}
        settings = {"svm/C": machine.C, "svm/gamma": machine.gamma}
        for logger in loggers:
            logger.log_metrics(logged | settings | {"devel_acer": figures["acer"]}, step)
        _log.info("C %g, gamma %g: devel ACER %.2f %%", *settings.values(), 100 * figures["acer"])
        errors = (figures["acer"], figures["eer"])
        if best is None or errors < best[0]:
            best = errors, machine
    assert best is not None
    machine = best[1]
    facts = {"C": machine.C, "gamma": machine.gamma, "vectors": len(machine.vectors)}
    return machine, {"classifier": facts | {"train_frames": len(used)}}


def _scored(
    machine: SupportVectors, frames: _Frames, annotations: pd.DataFrame, split: Split
) -> pd.DataFrame:
    """Score rows of a split: the mean over each sample's frames."""
    scores = machine.score(frames.features)
    numbers = np.zeros(len(scores))  # a mean does not ask which frame is which
    order = np.argsort(frames.rows, kind="stable")
    table = np.column_stack([frames.rows, numbers, scores])[order]
    return sample_scores(table, annotations, split, [SCORER])


def _write(table: ScoreTable, folder: RunFolder, loggers: Sequence[Logger], step: int) -> None:
    """Write scores and figures, and last of all what says that the run is finished."""
    table.write(folder.path / "scores.parquet")
    summary = summarise(table)
    figures = summary[SCORER][Split.TEST][HEADLINE]
    for logger in loggers:
        named = {f"test/{SCORER}/{name}": rate for name, rate in figures.items()}
        logger.log_metrics(named, step)
    thresholds = {SCORER: table.facts["thresholds"][SCORER][HEADLINE]}
    for name, figure in score_figures(table.rows, thresholds):
        path = folder.path / "figures" / f"{name}.png"
        save(figure, path)
        for logger in loggers:
            if isinstance(logger, TakesPictures):
                logger.log_picture(f"figures/{name}", path, step)
    for logger in loggers:
        if isinstance(logger, TakesScores):
            logger.log_scores(table, summary, step)
    write_summary(table, summary, folder.path / "metrics.json")
