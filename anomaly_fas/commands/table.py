"""`anomaly-fas table study=NAME`: the finished runs of a study as a table."""

from pathlib import Path

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app


def main() -> None:
    """The subcommand."""
    run_app("table", table, aliases={"study": "study_name"})


def table(config: DictConfig) -> None:
    """Write the table in every format, and print it."""
    from anomaly_fas.reporting.published import published_results
    from anomaly_fas.reporting.study import finished_runs
    from anomaly_fas.reporting.study_table import results, study_table
    from anomaly_fas.reporting.tables import markdown

    name = config.study_name
    found = results(finished_runs(Path(config.paths.output_dir) / name))
    protocols = {result.facts.protocol for result in found}
    made = study_table(name, found, published_results(protocols) if config.published else ())
    paths = made.write(Path(config.paths.output_dir) / "tables" / name)
    print(markdown(made.table))
    print("written:", ", ".join(str(path) for path in paths))
