"""`anomaly-fas report study=NAME`: a study's figures, pictures and tables on one page."""

from __future__ import annotations

import logging
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import track

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omegaconf import DictConfig

    from anomaly_fas.reporting.entries import Settings

_log = logging.getLogger(__name__)

_T = TypeVar("_T")


def main() -> None:
    """The subcommand."""
    run_app("report", report, aliases={"study": "study_name"})


def report(config: DictConfig) -> None:
    """Write the report."""
    from anomaly_fas.commands.sample_images import SampleImages
    from anomaly_fas.reporting.collect import finished_runs
    from anomaly_fas.reporting.entries import entries
    from anomaly_fas.reporting.page import Report
    from anomaly_fas.reporting.published import published_results

    name = config.study_name
    settings = bootstrap_settings(config)
    found = entries(finished_runs(Path(config.output_dir) / name), settings, evaluating)
    protocols = {entry.column.protocol for entry in found}
    made = Report(
        title=f"Study {name}",
        entries=found,
        settings=settings,
        published=published_results(protocols) if config.published else (),
        images=SampleImages() if config.images else None,
    )
    folder = Path(config.output or Path(config.output_dir) / "reports" / name)
    _log.info("written to %s", made.write(folder, drawing))


def bootstrap_settings(config: DictConfig) -> Settings:
    """How scores are evaluated, from the command line.

    Raises:
        ConfigError: no such threshold, or a negative number of replicates.
    """
    from anomaly_fas.metrics.analysis import THRESHOLDS
    from anomaly_fas.reporting.entries import Settings

    threshold = config.threshold
    if isinstance(threshold, str) and threshold not in THRESHOLDS:
        raise ConfigError(
            f"threshold={threshold}: choose one of {', '.join(THRESHOLDS)}, or give a value"
        )
    if threshold is None or (not isinstance(threshold, str) and isnan(threshold)):
        raise ConfigError(
            f"threshold={threshold}: choose one of {', '.join(THRESHOLDS)}, or a value"
        )
    for key in ("replicates", "seed"):
        if not isinstance(config[key], int) or config[key] < 0:
            raise ConfigError(f"{key}={config[key]}: a whole number is expected, 0 or more")
    return Settings(
        threshold if isinstance(threshold, str) else float(threshold),
        config.replicates,
        config.seed,
    )


def evaluating(items: list[_T]) -> Iterable[_T]:
    """Progress over the methods that are evaluated."""
    return _progress(items, "Evaluating")


def drawing(items: list[_T]) -> Iterable[_T]:
    """Progress over the protocols that are drawn."""
    return _progress(items, "Drawing")


def _progress(items: list[_T], what: str) -> Iterable[_T]:
    console = Console(stderr=True)
    return track(items, what, transient=True, console=console, disable=not console.is_terminal)
