"""Evaluation settings from the command line."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from anomaly_fas.errors import ConfigError
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.reporting.report.entries import Settings

if TYPE_CHECKING:
    from omegaconf import DictConfig


def bootstrap_settings(config: DictConfig) -> Settings:
    """How scores are evaluated, from the command line.

    Raises:
        ConfigError: no such threshold, or a negative number of replicates.
    """
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
