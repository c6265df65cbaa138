"""Rebuilds `anomaly_fas/reporting/published/gradgpad_v2.csv` from the scores in gradgpad's wheel.

    python experiments/published/build.py gradgpad-2.1.0-py3-none-any.whl

The scores of three methods that GRAD-GPAD's authors published are evaluated under every protocol:
in correct mode and in gradgpad mode with the official lists that the methods were trained with, and
in correct mode again on what is left of devel and test without leaks. There devel loses the samples
and known subjects that stand in train, and test those that stand in train or devel; the methods
themselves have still been trained on all of train.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.gradgpad.species_analysis import devel_threshold, species_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.metrics.score_file import read_gradgpad_scores
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.selection import official_selection, subject_keys
from anomaly_fas.reporting.published import GRADGPAD_V2
from anomaly_fas.runs.config_classes import families
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.protocols.selection import Selection

METHODS: Final = ("auxiliary", "quality_rbf", "quality_linear")
FIGURES: Final = ("acer", "apcer", "bpcer", "acer_fine", "apcer_fine", "hter", "eer", "auc")
_COUNTS: Final = ("devel", "test", "devel_unscored", "test_unscored")


def main(wheel: Path) -> None:
    """Write the table."""
    annotations = gradgpad_annotations()
    protocols = [protocol for family in families() for protocol in family.family(annotations)]
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("gradgpad/data/scores/") and ".." not in name:
                archive.extract(name, folder)
        scores = Path(folder) / "gradgpad" / "data" / "scores"
        rows = [
            row
            for protocol in protocols
            for method in METHODS
            for row in _rows(scores / method, method, protocol, annotations)
        ]
    with GRADGPAD_V2.open("w", newline="") as file:
        columns = ["method", "protocol", "mode", "lists", *FIGURES, *_COUNTS, "fault"]
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"wrote {len(rows)} rows to {GRADGPAD_V2.name}")


def _rows(
    folder: Path, method: str, protocol: PadProtocol, annotations: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    selection = official_selection(protocol, annotations)
    ids = annotations["sample_id"].to_numpy()
    paths = {
        split: folder / f"{method}_{protocol.name}_{split}.json"
        for split in (Split.DEVEL, Split.TEST)
    }
    if not all(path.exists() for path in paths.values()):
        return
    tables = {
        split: read_gradgpad_scores(path, split, annotations, ids[selection[split]].tolist())
        for split, path in paths.items()
    }
    place = {"method": method, "protocol": protocol.name}
    yield place | {"mode": "correct", "lists": "official"} | _correct(tables)
    yield place | {"mode": "gradgpad", "lists": "official"} | _as_gradgpad(tables, annotations)
    kept = _without_leaks(selection, annotations)
    left = {split: rows[rows["sample_id"].isin(kept[split])] for split, rows in tables.items()}
    yield place | {"mode": "correct", "lists": "without_leaks"} | _correct(left)


def _correct(tables: dict[Split, pd.DataFrame]) -> dict[str, Any]:
    devel, test = tables[Split.DEVEL], tables[Split.TEST]
    counts = {
        "devel": len(devel),
        "test": len(test),
        "devel_unscored": int(devel["score"].isna().sum()),
        "test_unscored": int(test["score"].isna().sum()),
    }
    try:
        figures = error_figures(test, devel_thresholds(devel)[HEADLINE])
    except DataError as error:
        return counts | {"fault": str(error).split(". ", 1)[0]}
    return counts | {name: figures[name] for name in FIGURES}


def _as_gradgpad(tables: dict[Split, pd.DataFrame], annotations: pd.DataFrame) -> dict[str, Any]:
    subsets = {}
    for split, rows in tables.items():
        scored = rows[rows["score"].notna()]
        scores = dict(zip(scored["sample_id"], scored["score"], strict=True))
        subsets[split] = GradgpadSubset.from_scores(scores, annotations)
    threshold = devel_threshold(subsets[Split.DEVEL])
    figures = species_figures(subsets[Split.TEST], threshold)
    coarse, fine = (figures[f"{grain}_grained_pai"] for grain in ("coarse", "fine"))
    worst, worst_fine = (max(own["apcer_per_pai"].values()) for own in (coarse, fine))
    percents = {
        "acer": coarse["acer"],
        "apcer": worst,
        "bpcer": coarse["bpcer"],
        "acer_fine": fine["acer"],
        "apcer_fine": worst_fine,
        "hter": figures["hter_fine_grained_pai"],
    }
    return {name: value / 100 for name, value in percents.items()} | {
        "devel": len(subsets[Split.DEVEL].scores),
        "test": len(subsets[Split.TEST].scores),
    }


def _without_leaks(selection: Selection, annotations: pd.DataFrame) -> dict[Split, set[str]]:
    """Ids of devel without what stands in train, and of test without what stands in either."""
    ids, subjects = annotations["sample_id"].to_numpy(), subject_keys(annotations)
    kept = {}
    earlier = selection[Split.TRAIN]
    for split in (Split.DEVEL, Split.TEST):
        rows = selection[split]
        known = set(subjects[earlier]) - {""}
        leaks = np.isin(rows, earlier) | np.isin(subjects[rows], list(known))
        kept[split] = set(ids[rows[~leaks]])
        earlier = np.union1d(earlier, rows)
    return kept


if __name__ == "__main__":
    main(Path(sys.argv[1]))
