"""Evaluation settings from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.reporting.report.entries import Settings
from anomaly_fas.runs.command_configs import BootstrapConfig, check_values

if TYPE_CHECKING:
    from omegaconf import DictConfig


def bootstrap_settings(config: DictConfig) -> Settings:
    """How scores are evaluated, from the command line.

    Raises:
        ConfigError: no such threshold, or a negative number of replicates.
    """
    check_values(config, BootstrapConfig)
    is_named = isinstance(config.threshold, str)
    return Settings(
        config.threshold if is_named else float(config.threshold), config.replicates, config.seed
    )
