"""`anomaly-fas ablation study=NAME`: what each factor of a study does, against its base."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import ConfigError
from anomaly_fas.reporting.ablation.arms import Plan
from anomaly_fas.runs.folder import plain
from anomaly_fas.runs.saved_config import counted

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("ablation", ablation, aliases={"study": "study_name"})


def ablation(config: DictConfig) -> None:
    """Write a table and a picture a factor, an overview, and the page that joins them."""
    from anomaly_fas.console import tracked
    from anomaly_fas.reporting.ablation.arms import place
    from anomaly_fas.reporting.ablation.figures import factor_figures
    from anomaly_fas.reporting.ablation.page import write_ablation
    from anomaly_fas.reporting.compare.judging import Bootstrap
    from anomaly_fas.reporting.study import study_runs

    bootstrap = Bootstrap(config.replicates, config.seed)
    name = config.study_name
    placed = place(study_runs(Path(config.paths.output_dir) / name, counted), plan(config))
    found = factor_figures(placed.arms, bootstrap, partial(tracked, title="Evaluating"))
    folder = Path(config.output or Path(config.paths.output_dir) / "factors" / name)
    page = write_ablation(name, placed, found, config.replicates, folder)
    for missing in placed.missing:
        _log.warning("missing: %s", missing)
    for elsewhere in placed.elsewhere:
        _log.warning("differs from the base in more than one factor: %s", elsewhere)
    _log.info("written to %s", page)


def plan(config: DictConfig) -> Plan:
    """What the study is to consist of.

    Raises:
        ConfigError: a factor is not declared as it should be.
    """
    from anomaly_fas.reporting.ablation.arms import Plan
    from anomaly_fas.reporting.ablation.factor import Factor

    settings = plain(config)
    factors = [Factor.of_config(str(name), own) for name, own in settings["factors"].items()]
    known = {(factor.name, level) for factor in factors for level in factor.levels}
    for factor in factors:
        for level, source in factor.borrowed.items():
            if source not in known:
                raise ConfigError(f"factors.{factor.name}.borrowed.{level}: no such level {source}")
    return Plan(tuple(factors), tuple(settings["protocols"]), tuple(settings["seeds"]))
