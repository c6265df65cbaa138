"""Evaluate scores of any system: `anomaly-fas evaluate scores=FILE`."""

import json
import logging
from dataclasses import replace
from functools import partial
from math import inf, nextafter
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.console import tracked
from anomaly_fas.errors import ConfigError
from anomaly_fas.files import write_text
from anomaly_fas.metrics.score_file import read_scores
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.report.entries import Entry, Settings
from anomaly_fas.types import Split

_log = logging.getLogger(__name__)

_IMAGE_SIZE = 112  # size of the pictures of errors


def evaluate_scores(config: DictConfig) -> None:
    """Evaluate a score file, and write the report."""
    path = Path(config.scores)
    table = _table(config, path)
    kind = "gradgpad" if config.mode == "gradgpad" else "evaluation"
    folder = Path(config.output or path.with_name(f"{path.stem}-{kind}"))
    if config.mode == "gradgpad":
        _evaluate_as_gradgpad(table, folder)
    else:
        _evaluate(config, table, path, folder)


def bootstrap_settings(config: DictConfig) -> Settings:
    """Read the threshold and bootstrap settings of a command."""
    is_named = isinstance(config.threshold, str)
    return Settings(
        config.threshold if is_named else float(config.threshold), config.replicates, config.seed
    )


def _table(config: DictConfig, path: Path) -> ScoreTable:
    if path.suffix.lower() == ".json":
        from anomaly_fas.runs.gradgpad_scores import gradgpad_table

        table = gradgpad_table(config)
    else:
        table = _with_devel(config, read_scores(path))
    if config.higher_is == "attack":
        return table
    return _rescored(table, table.rows.assign(score=-table.rows["score"]))


def _rescored(table: ScoreTable, rows: pd.DataFrame) -> ScoreTable:
    """Replace the scores of a table, and drop the thresholds, which belong to the former ones."""
    return ScoreTable(rows, {key: fact for key, fact in table.facts.items() if key != "thresholds"})


def _with_devel(config: DictConfig, table: ScoreTable) -> ScoreTable:
    for key in ("lists", "protocol"):
        if OmegaConf.select(config, key) is not None:
            raise ConfigError(
                f"{key}=… is for the JSON files of gradgpad: CSV and Parquet say it all"
            )
    if config.devel is None:
        return table
    devel = read_scores(Path(config.devel)).rows
    if devel["scorer"].nunique() == 1 == table.rows["scorer"].nunique():
        devel = devel.assign(scorer=table.scorers[0])
    test = table.rows[table.rows["split"] == Split.TEST]
    devel = devel[devel["split"] == Split.DEVEL]
    return _rescored(table, pd.concat([devel, test], ignore_index=True))


def _evaluate(config: DictConfig, table: ScoreTable, path: Path, folder: Path) -> None:
    from anomaly_fas.reporting.report.entries import entries
    from anomaly_fas.reporting.report.page import Report
    from anomaly_fas.reporting.study import RunFacts, ScoreFile
    from anomaly_fas.runs.sample_images import SampleImages

    settings = bootstrap_settings(config)
    if config.higher_is == "bona_fide" and isinstance(settings.threshold, float):
        # Theirs accepts at or above it; of the turned scores, ours rejects from just beyond.
        settings = replace(settings, threshold=nextafter(-settings.threshold, inf))
    if config.image_size is None:
        config.image_size = _IMAGE_SIZE
    file = ScoreFile(path, table, RunFacts.of_any(table, path.stem))
    found = entries([file], settings, partial(tracked, title="Evaluating"))
    report = Report(
        title=f"Evaluation of {path.name}",
        entries=found,
        settings=settings,
        images=SampleImages(OmegaConf.select(config, "data"), config.trusted_packages),
    )
    page = report.write(folder, partial(tracked, title="Drawing"))
    for entry in found:
        _show(entry)
    _log.info("written to %s", page)


def _show(entry: Entry) -> None:
    for text in entry.remarks:
        _log.warning("%s: %s", entry.name, text)
    headline = entry.evaluation.headline
    shown = ", ".join(
        f"{name.upper()} {entry.cell(name).full}"
        for name in ("acer", "apcer", "bpcer", "hter", "eer", "auc")
    )
    _log.info(
        "%s, %s, threshold %s: %s (percent, 95 %% bootstrap interval); worst species %s",
        entry.name,
        entry.column.title,
        headline,
        shown,
        entry.evaluation.worst[headline]["apcer"],
    )


def _evaluate_as_gradgpad(table: ScoreTable, folder: Path) -> None:
    from anomaly_fas.metrics.gradgpad.figures import gradgpad_figures
    from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
    from anomaly_fas.protocols.gradgpad import gradgpad_annotations

    content: dict[str, Any] = {"facts": table.facts, "mode": "gradgpad", "figures": {}}
    for scorer in table.scorers:
        devel, test = (
            GradgpadSubset.from_scores(
                dict(rows.loc[rows["score"].notna(), ["sample_id", "score"]].to_numpy().tolist()),
                gradgpad_annotations(),
            )
            for rows in (table.of(scorer, split) for split in (Split.DEVEL, Split.TEST))
        )
        figures = content["figures"][scorer] = gradgpad_figures(devel, test)
        coarse, fine = (
            figures["results"][f"{grain}_grained_pai"]["acer"] for grain in ("coarse", "fine")
        )
        _log.info(
            "%s, by gradgpad's rules: HTER %.2f, ACER coarse %.2f, fine %.2f, BPCER %.2f (percent)",
            scorer,
            figures["results"]["hter_fine_grained_pai"],
            coarse,
            fine,
            figures["results"]["fine_grained_pai"]["bpcer"],
        )
    write_text(folder / "metrics.json", json.dumps(content, indent=2) + "\n")
    _log.info("written to %s", folder / "metrics.json")
