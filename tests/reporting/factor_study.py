"""A study of factors with scores written by hand, without any training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.ablation.arms import Plan
from anomaly_fas.reporting.ablation.factor import Factor
from anomaly_fas.reporting.study import RunFacts, ScoreFile
from anomaly_fas.types import SCORE_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.reporting.study import Config

BASE: Config = {
    "method": "objective",
    "loss.name": "objective",
    "loss.weight": 0.01,
    "head.dim": 512,
    "scorer.few_shot.pairs": 256,
    "scorer.few_shot_1.pairs": 1,
    "epochs": 4,
}

PLAN = Plan(
    factors=(
        Factor("loss", "loss", "objective", ("objective", "plain"), key="method", along=("loss",)),
        Factor(
            "lambda", "λ, weight", 0.01, (0, 0.01, 0.1), key="loss.weight",
            borrowed={0: ("loss", "plain")},
        ),
        Factor("dim", "D, dimensions", 512, (32, 512), key="head.dim"),
        Factor("pairs", "M, pairs", 256, (1, 256), scorers={1: "few_shot_1", 256: "few_shot"}),
    ),
    protocols=("grandtest",),
    seeds=(0, 1),
)  # fmt: skip

PLAIN = {"method": "plain", "loss.name": "plain"}


def config(**changes: Any) -> Config:
    """The base's config without its extra scorer, some keys changed; None takes a key away."""
    own = {key: value for key, value in BASE.items() if key != "scorer.few_shot_1.pairs"}
    own |= {key.replace("__", "."): value for key, value in changes.items()}
    return {key: value for key, value in own.items() if value is not None}


def score_file(
    folder: Path,
    seed: int = 0,
    errors: int = 0,
    scorers: tuple[str, ...] = ("few_shot",),
    **facts: Any,
) -> ScoreFile:
    """A run that rejects some of 10 bona fide test samples, and errs in nothing else.

    Args:
        folder: of the study; nothing is written.
        seed: of the run.
        errors: bona fide test samples of 10, each of a subject of its own, that are rejected by
            the first scorer; further scorers reject one more each.
        scorers: names.
        facts: that differ from the defaults.
    """
    known = {
        "protocol": "grandtest", "lists": "leak_free", "data_kind": "simulated", "seed": seed,
        "method": "objective", "config_hash": "base", "commit": "a" * 40, "version": "0.1.0",
    } | facts  # fmt: skip
    rows = pd.concat(
        [_rows(scorer, errors + more) for more, scorer in enumerate(scorers)], ignore_index=True
    )
    table = ScoreTable(rows, known | {"thresholds": {scorer: {"eer": 0.5} for scorer in scorers}})
    path = folder / known["protocol"] / str(known["config_hash"]) / f"seed={seed}/scores.parquet"
    return ScoreFile(path, table, RunFacts.of_run(table, path))


def _rows(scorer: str, errors: int) -> pd.DataFrame:
    parts = []
    for split, rejected in (("devel", 0), ("test", errors)):
        number = np.arange(20)
        is_attack = number >= 10
        is_high = is_attack | (number < rejected)
        rows = pd.DataFrame("", index=number, columns=list(SCORE_COLUMNS))
        parts.append(
            rows.assign(
                sample_id=[f"{split}{one:02}" for one in number],
                split=split,
                dataset="one",
                subject=[f"s{one % 10}" for one in number],
                label=np.where(is_attack, "attack", "bona_fide"),
                pai=np.where(is_attack, "print", ""),
                scorer=scorer,
                score=np.where(is_high, 0.9, 0.1),
                n_frames=1,
            )
        )
    return pd.concat(parts, ignore_index=True)
