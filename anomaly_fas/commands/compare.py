"""`anomaly-fas compare study=NAME`: the methods of a study against each other."""

import logging
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import ConfigError
from anomaly_fas.reporting.compare.groups import Runs

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("compare", compare, aliases={"study": "study_name"})


def compare(config: DictConfig) -> None:
    """Write the page, its tables and pictures, and print the place."""
    from anomaly_fas.console import tracked
    from anomaly_fas.reporting.compare.blocks import missing
    from anomaly_fas.reporting.compare.figures import compared
    from anomaly_fas.reporting.compare.groups import Rules, grouped
    from anomaly_fas.reporting.compare.judging import Bootstrap
    from anomaly_fas.reporting.compare.page import write_comparison
    from anomaly_fas.reporting.compare.scorer_matrix import scorer_matrix
    from anomaly_fas.reporting.study import study_runs
    from anomaly_fas.runs.saved_config import counted

    bootstrap = Bootstrap(config.replicates, config.seed)
    name = config.study_name
    rules = Rules(*(tuple(config[key] or ()) for key in ("variants", "apart", "everywhere")))
    runs = grouped(study_runs(Path(config.paths.output_dir) / name, counted), rules)
    _require(config.reference, runs)
    for group, methods in runs.items():
        if config.reference not in (None, *methods):
            _log.warning("%s: no %s to compare with", group.title, config.reference)
    found = compared(runs, config.reference, bootstrap, partial(tracked, title="Evaluating"))
    gaps = [gap for group, methods in runs.items() for gap in missing(group, methods)]
    page = write_comparison(
        study=name,
        blocks=found,
        matrices=[scorer_matrix(own.block) for own in found] if config.scorers == "all" else [],
        missing=gaps,
        reference=config.reference,
        replicates=config.replicates,
        folder=Path(config.output or Path(config.paths.output_dir) / "compare" / name),
    )
    for gap in gaps:
        _log.warning("missing: %s", gap)
    _log.info("written to %s", page)


def _require(reference: str | None, runs: Runs) -> None:
    methods = sorted({name for own in runs.values() for name in own})
    if reference is not None and reference not in methods:
        raise ConfigError(
            f"reference={reference}: no such method in the study; choose one of "
            f"{', '.join(methods)}, or reference=null"
        )
