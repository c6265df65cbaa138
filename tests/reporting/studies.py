"""Studies for the tests of this folder: score files as runs leave them, without the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.metrics.embedding_table import EmbeddingTable
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import summarise, write_summary
from tests.metrics.samples import score_rows

if TYPE_CHECKING:
    from pathlib import Path


HISTORY = "step,train/loss,devel/few_shot/acer,lr-AdamW\n0,1.0,,0.1\n10,0.5,,0.1\n10,,0.3,\n"


def scored(seed: int, apart: float, scorer: str) -> pd.DataFrame:
    """Devel and test rows; every seed scores the same samples."""
    parts = []
    for split, samples in (("devel", 90), ("test", 120)):
        rows = score_rows(len(split), samples, prefix=split)
        generator = np.random.default_rng([seed, samples])
        rows["score"] += 0.3 * generator.normal(size=samples) + apart * (rows["label"] == "attack")
        parts.append(rows.assign(split=split, session="", n_frames=1, scorer=scorer))

    return pd.concat(parts, ignore_index=True)


def write_run(study: Path, **facts: Any) -> Path:
    """A finished run with the scorers few_shot and live_centre.

    Args:
        study: its folder.
        facts: what differs from the defaults; `apart` is how well it separates the classes.
    """
    apart = facts.pop("apart", 0.5)
    known = {
        "study": study.name,
        "protocol": "grandtest",
        "lists": "leak_free",
        "data_kind": "simulated",
        "method": "objective",
        "seed": 0,
        "config_hash": "0123abcd",
        "commit": "f" * 40,
        "version": "0.1.0",
    } | facts

    scorers = ("few_shot", "live_centre")
    rows = pd.concat([scored(known["seed"], apart, scorer) for scorer in scorers])
    rows = rows.reset_index(drop=True)
    own = {scorer: rows[rows["scorer"] == scorer] for scorer in scorers}
    thresholds = {
        scorer: devel_thresholds(part[part["split"] == "devel"]) for scorer, part in own.items()
    }
    table = ScoreTable(rows, known | {"thresholds": thresholds})
    folder = (
        study
        / str(known["protocol"])
        / f"{known['method']}-{known['config_hash']}"
        / f"seed={known['seed']}"
    )
    table.write(folder / "scores.parquet")
    first = own["few_shot"]
    generator = np.random.default_rng(0)
    EmbeddingTable(
        first["sample_id"].to_numpy(dtype=str),
        first["split"].to_numpy(dtype=str),
        generator.normal(size=(len(first), 4)).astype(np.float32),
        np.zeros(4, np.float32),
    ).write(folder / "embeddings.npz")
    (folder / "metrics.csv").write_text(HISTORY)
    write_summary(table, summarise(table), folder / "metrics.json")
    return folder
