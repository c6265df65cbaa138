"""Fit a classical method: features of frames, and a classifier whose settings devel decides."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from hydra.utils import instantiate
from lightning.pytorch.loggers.logger import Logger
from omegaconf import DictConfig, open_dict

from anomaly_fas.baselines.support_vectors import SupportVectorMachine, SupportVectors
from anomaly_fas.callbacks.figures import draw_scores
from anomaly_fas.callbacks.scores_to_loggers import hand_scores_over
from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.fabricated_rows import is_fabricated, within_share
from anomaly_fas.data.feature_cache import cached_features
from anomaly_fas.data.scoring import FrameScores, score_split
from anomaly_fas.data.source import AttackSource, Source
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import headline_figures, summarise
from anomaly_fas.random_streams import Stream
from anomaly_fas.runs.folder import RunFolder, plain
from anomaly_fas.runs.results import write_results
from anomaly_fas.types import Label, Split

SCORER: Final = "svm"
"""Name of the scores."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Frames:
    """Frames of some samples, by the positions of the samples in the annotations."""

    rows: np.ndarray  # shape [N]
    features: np.ndarray  # shape [N, dim]
    is_attack: np.ndarray  # bool, shape [N]

    def __getitem__(self, chosen: np.ndarray) -> _Frames:
        return _Frames(self.rows[chosen], self.features[chosen], self.is_attack[chosen])


def fit_baseline(config: DictConfig, datamodule: PadDataModule, folder: RunFolder) -> None:
    """Measure all frames, choose the classifier's settings on devel, score devel and test.

    The config has `run_folder`, `run_name` and `run_facts` filled in.
    """
    datamodule.prepare_data()
    folder.tidy()
    annotations = datamodule.annotations
    frames = _measure(config, datamodule)
    loggers: list[Logger] = [instantiate(logger) for logger in config.logger.values()]
    for logger in loggers:
        logger.log_hyperparams(plain(config))
    with wandb_closed_after(loggers):
        frames[Split.TRAIN] = _train_frames(config, frames[Split.TRAIN], datamodule)
        machine = _best_machine(config, frames, annotations, loggers)
        facts = {"C": machine.C, "gamma": machine.gamma, "vectors": len(machine.vectors)}
        facts |= {"train_frames": len(frames[Split.TRAIN].rows)}
        with open_dict(config):
            config.run_facts.update(datamodule.facts | {"classifier": facts})
        rows = {
            split: _score(machine, frames[split], annotations, split)
            for split in datamodule.scored_splits
        }
        thresholds = {SCORER: devel_thresholds(rows[Split.DEVEL])}
        table = ScoreTable(
            pd.concat(rows.values(), ignore_index=True),
            plain(config)["run_facts"] | {"thresholds": thresholds},
        )
        summary = summarise(table)
        step = len(config.classifier.C) * len(config.classifier.gamma)
        for logger in loggers:
            logger.log_metrics(headline_figures(summary), step)
        limits = {SCORER: thresholds[SCORER][HEADLINE]}
        draw_scores(table.rows, limits, folder.path, loggers, step)
        hand_scores_over(table, summary, loggers, step)
        write_results(table, summary, folder.path)
    for logger in loggers:
        logger.finalize("success")


def _measure(config: DictConfig, datamodule: PadDataModule) -> dict[Split, _Frames]:
    """Measure the frames of each split, of train those that may be trained on."""
    source, selection = datamodule.source, datamodule.selection
    parts: list[tuple[Source, list[Split]]] = [(source, list(Split))]
    if isinstance(source, AttackSource):
        parts = [(source.for_training(), [Split.TRAIN]), (source, [Split.DEVEL, Split.TEST])]
    measured: dict[int, np.ndarray] = {}
    for images, splits in parts:
        measured |= cached_features(
            images,
            np.concatenate([selection[split] for split in splits]),
            instantiate(config.baseline),
            Path(config.paths.cache_dir),
            config.runtime.workers,
        )
    attacks = (datamodule.annotations["label"] == Label.ATTACK).to_numpy()
    frames = {}
    for split in Split:
        counts = datamodule.train_counts if split is Split.TRAIN else source.frame_counts
        samples = selection[split]
        rows = np.repeat(samples, counts[samples])
        features = [measured[row][: counts[row]] for row in samples.tolist()]
        frames[split] = _Frames(rows, np.concatenate(features).astype(np.float64), attacks[rows])
    return frames


def _train_frames(config: DictConfig, train: _Frames, datamodule: PadDataModule) -> _Frames:
    """Choose the frames that the classifier is trained on."""
    total, source = len(train.rows), datamodule.source
    fabricated = is_fabricated(datamodule.annotations)[train.rows]
    if isinstance(source, AttackSource) and fabricated.any():
        rng = np.random.default_rng([config.seed, Stream.CLASSIFIER_ATTACKS])
        train = train[within_share(train.is_attack, fabricated, source.share, rng)]
    classifier: SupportVectorMachine = instantiate(config.classifier, _convert_="all")
    train = train[classifier.chosen(train.is_attack, config.seed)]
    _log.info("%d of %d train frames are trained on", len(train.rows), total)
    return train


def _best_machine(
    config: DictConfig,
    frames: Mapping[Split, _Frames],
    annotations: pd.DataFrame,
    loggers: Sequence[Logger],
) -> SupportVectors:
    """Fit the machine of least devel ACER, on ties of least EER."""
    classifier: SupportVectorMachine = instantiate(config.classifier, _convert_="all")
    train = frames[Split.TRAIN]
    best: tuple[tuple[float, float], SupportVectors] | None = None
    for step, machine in enumerate(classifier.fits(train.features, train.is_attack)):
        devel = _score(machine, frames[Split.DEVEL], annotations, Split.DEVEL)
        figures = error_figures(devel, devel_thresholds(devel)[HEADLINE])
        settings = {"svm/C": machine.C, "svm/gamma": machine.gamma}
        logged: dict[str, Any] = {f"devel/{SCORER}/{name}": r for name, r in figures.items()}
        for logger in loggers:
            logger.log_metrics(logged | settings | {"devel_acer": figures["acer"]}, step)
        _log.info("C %g, gamma %g: devel ACER %.2f %%", *settings.values(), 100 * figures["acer"])
        errors = (figures["acer"], figures["eer"])
        if best is None or errors < best[0]:
            best = errors, machine
    assert best is not None
    return best[1]


def _score(
    machine: SupportVectors, frames: _Frames, annotations: pd.DataFrame, split: Split
) -> pd.DataFrame:
    scores = machine.score(frames.features)[:, None]
    numbers = np.zeros(len(scores))  # a mean does not ask which frame is which
    return score_split([FrameScores(frames.rows, numbers, scores)], annotations, split, [SCORER])
