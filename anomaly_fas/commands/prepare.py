"""`anomaly-fas prepare`: fill the crop store from captures and report on every sample."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from omegaconf import DictConfig

from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.console import ProgressBar, print_table, tracked
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.prepared_source import PreparedSource
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Split

_log = logging.getLogger(__name__)

_WORDS: Final = {"full": "in full", "part": "in part", "none": "no"}


def main() -> None:
    """The subcommand."""
    run_app("prepare", prepare, aliases=FACE_GROUPS)


def prepare(config: DictConfig) -> None:
    """Show what is there, fill the store and write the report; or check the store."""
    from hydra.utils import instantiate

    from anomaly_fas.data.prepared_source import PreparedSource

    source = instantiate(config.data)
    if not isinstance(source, PreparedSource):
        raise ConfigError(
            "this data needs no preparation: data=gradgpad and data=captures are cut from captures"
        )
    if config.verify:
        _verify(source)
    else:
        _prepare(source, config)


def _prepare(source: PreparedSource, config: DictConfig) -> None:
    from anomaly_fas.data.preparation.filling import (
        Filling,
        lost_share,
        outcome_counts,
        prepare_report,
    )
    from anomaly_fas.files import write_text

    captures = source.captures()
    processes = os.cpu_count() or 1 if config.processes is None else config.processes
    filling = Filling(source.folder, source.settings, source.cutter, processes)
    held = filling.entries().items()
    _print_coverage(source.listed, captures, prepared={name for name, entry in held if entry.crops})
    _warn_of_empty_datasets(captures)
    with ProgressBar("Cutting faces") as bar:
        filling.run(captures, bar.update)
    report = prepare_report(source.listed, captures, filling.entries())
    folder = Path(config.report_dir)
    path = folder / "prepare_report.csv"
    write_text(path, report.to_csv(index=False))
    _log.info("what came of each sample: %s", path)
    _show_crops(source, folder / "contact_sheets", config.contact_sheet_columns)
    counts = outcome_counts(report).reset_index()
    if len(counts) > 1:
        counts.loc[len(counts)] = ["all", *counts.iloc[:, 1:].sum()]
    print_table(counts.columns, counts.itertuples(index=False), title="What came of the samples")
    _log.info("the crops are in %s", source.folder)
    share = lost_share(report)
    if share > config.tolerated_losses:
        raise DataError(
            f"{share:.1%} of the captures found gave no crop, more than tolerated_losses="
            f"{config.tolerated_losses}: {path} says why. What was cut is kept; mend the captures "
            "and prepare again, or accept it with a larger tolerated_losses."
        )


def _print_coverage(
    rows: pd.DataFrame, captures: Sequence[Capture], prepared: Collection[str]
) -> None:
    """Print how many samples of each dataset and split are there, and which protocols can run."""
    import pandas as pd

    from anomaly_fas.data.locating.coverage import coverage, protocol_coverage
    from anomaly_fas.runs.config_classes import families

    there = {capture.sample_id for capture in captures if capture.path is not None}
    found = rows["sample_id"].isin(there | set(prepared)).to_numpy(dtype=bool)
    counts = coverage(rows, found).replace({"split": {"": "(none)"}})
    total = ("all", "", len(rows), int(found.sum()), int((~found).sum()))
    counts = pd.concat([counts, pd.DataFrame([total], columns=counts.columns)])
    print_table(counts.columns, counts.itertuples(index=False), title="Samples listed and found")
    again = int((rows["split"].str.contains("+", regex=False)).sum())
    if again:
        print(f"{again} samples stand in several splits and are counted in each, but once in all.")
    if (rows["split"] == "").all():
        print("The samples have no splits yet, so no protocol is looked at.")
        return
    shown = _readable(protocol_coverage(families(), rows, found))
    title = "Protocols (lists=leak_free)"
    print_table(shown.columns, shown.itertuples(index=False), title=title)


def _readable(protocols: pd.DataFrame) -> pd.DataFrame:
    """Show `found of listed` per split, and why a protocol cannot run without its name again."""
    columns = {"protocol": protocols["protocol"], "can_run": protocols["state"].map(_WORDS)}
    for split in Split:
        found, listed = (protocols[f"{split}_{part}"].astype(str) for part in ("found", "listed"))
        columns[str(split)] = found + " of " + listed
    columns["why_not"] = protocols["reason"].str.split(": ", n=1).str[-1].str.split(":").str[0]
    return protocols[["protocol"]].assign(**columns)


def _warn_of_empty_datasets(captures: Sequence[Capture]) -> None:
    """Warn of datasets without a capture, whose roots are likely wrong; refuse if all are."""
    there = {capture.dataset for capture in captures if capture.path is not None}
    first = {capture.dataset: capture for capture in reversed(captures)}
    empty = [
        f"nothing of {dataset} was found, such as {capture.source}: {capture.reason}"
        for dataset, capture in sorted(first.items())
        if dataset not in there
    ]
    if not there:
        raise DataError("\n  ".join(["no capture was found; are the folders right?", *empty]))
    for line in empty:
        _log.warning("%s", line)


def _show_crops(source: PreparedSource, folder: Path, columns: int) -> None:
    from anomaly_fas.data.prepared_source import StoredCrops
    from anomaly_fas.plots.contact_sheet import contact_sheet
    from anomaly_fas.plots.style import save

    store = source.open_store()
    if not (store.samples["crops"] > 0).any():
        return
    crops = StoredCrops(source.listed, store, contents="")
    for dataset in sorted(crops.annotations["dataset"].unique()):
        sheet = contact_sheet(crops.examples(dataset, columns), f"{dataset}: crops as prepared")
        save(sheet, folder / f"{dataset.replace('/', '_')}.png")
    _log.info("crops of each dataset: %s", folder)


def _verify(source: PreparedSource) -> None:
    from anomaly_fas.data.store.plan import read_plan
    from anomaly_fas.data.store.verification import table_fault, verify

    source.open_store()
    folder, size = source.folder, source.image_size
    total = len(read_plan(folder, size))
    verdicts = list(tracked(verify(folder, size), "Checking", total))
    faults = [f"{verdict.shard}: {verdict.fault}" for verdict in verdicts if verdict.fault]
    if faults:
        shown = "\n  ".join(faults[:20])
        raise DataError(
            f"{len(faults)} of {total} shards in {folder} are damaged:\n  {shown}\n"
            "Remove the files that begin with their names from its folder `shards`, and prepare "
            "again: only they are cut anew."
        )
    if fault := table_fault(folder, size):
        raise DataError(f"{fault}: prepare again, which writes it anew")
    unfinished = sum(not verdict.finished for verdict in verdicts)
    _log.info(
        "%d shards are as they were written%s: %s",
        total - unfinished,
        f", {unfinished} more are unfinished" if unfinished else "",
        folder,
    )
