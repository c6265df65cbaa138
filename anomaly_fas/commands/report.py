"""`anomaly-fas report study=NAME`: a study's figures, pictures and tables on one page."""

import logging
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.console import tracked

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("report", report, aliases={"study": "study_name"})


def report(config: DictConfig) -> None:
    """Write the report."""
    from anomaly_fas.reporting.published import published_results
    from anomaly_fas.reporting.report.entries import entries
    from anomaly_fas.reporting.report.page import Report
    from anomaly_fas.reporting.study import finished_runs
    from anomaly_fas.runs.evaluate_scores import bootstrap_settings
    from anomaly_fas.runs.sample_images import SampleImages

    name = config.study_name
    settings = bootstrap_settings(config)
    found = entries(
        finished_runs(Path(config.paths.output_dir) / name),
        settings,
        partial(tracked, title="Evaluating"),
    )
    protocols = {entry.column.protocol for entry in found}
    made = Report(
        title=f"Study {name}",
        entries=found,
        settings=settings,
        published=published_results(protocols) if config.published else (),
        images=SampleImages(trusted_packages=config.trusted_packages) if config.images else None,
    )
    folder = Path(config.output or Path(config.paths.output_dir) / "reports" / name)
    _log.info("written to %s", made.write(folder, partial(tracked, title="Drawing")))
