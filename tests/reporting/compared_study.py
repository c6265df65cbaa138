"""Studies of methods over folds with scores drawn at random, without any training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.study import RunFacts, ScoreFile, StudyRun
from anomaly_fas.types import SCORE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBJECTS = 4
"""On test and on devel, of each fold."""


def rows(
    method: str, protocol: str, seed: int, apart: float, scorers: Sequence[str] = ("logit",)
) -> pd.DataFrame:
    """Scores of 10 bona fide samples and 10 attacks of each subject.

    All runs of a protocol score the same samples, on which they err alike; `apart` is how many
    standard deviations attacks are above bona fide samples.
    """
    parts = []
    for split in ("devel", "test"):
        number = np.arange(20 * SUBJECTS)
        is_attack = number % 2 == 1
        names = [f"{protocol}-{split}{one % SUBJECTS}" for one in number // 2]
        ours = np.random.default_rng([crc32(f"{protocol} {split}".encode())])
        own = np.random.default_rng([crc32(f"{method} {protocol} {split}".encode()), seed])
        common = (
            ours.normal(size=number.size) + 0.5 * ours.normal(size=SUBJECTS)[number // 2 % SUBJECTS]
        )
        for scorer in scorers:
            made = pd.DataFrame("", index=number, columns=list(SCORE_COLUMNS))
            noise = common + 0.7 * own.normal(size=number.size)
            parts.append(
                made.assign(
                    sample_id=[f"{protocol}-{split}{one:03}" for one in number],
                    split=split,
                    dataset="one",
                    subject=names,
                    label=np.where(is_attack, "attack", "bona_fide"),
                    pai=np.where(is_attack, np.where(number % 4 == 1, "print", "replay"), ""),
                    scorer=scorer,
                    score=noise + apart * is_attack,
                    n_frames=1,
                )
            )
    return pd.concat(parts, ignore_index=True)


def study_run(
    method: str = "rival",
    fold: int = 0,
    seed: int = 0,
    apart: float = 2.0,
    scorers: Sequence[str] = ("logit",),
    changes: Sequence[str] = (),
    folder: Path = Path("study"),
    config: dict[str, Any] | None = None,
    **facts: Any,
) -> StudyRun:
    """A finished run; nothing is written.

    Args:
        method: its name.
        fold: of its protocol, the subjects of which no other has.
        seed: of the run.
        apart: see `rows`.
        scorers: names, the first one deciding.
        changes: what the command line changed.
        folder: of the study.
        config: flat keys that differ from the defaults.
        facts: that differ from the defaults.
    """
    digest = crc32(repr((method, config, changes)).encode())
    known = {
        "study": folder.name,
        "protocol": f"folds_{fold}",
        "lists": "leak_free",
        "data_kind": "real",
        "method": method,
        "seed": seed,
        "config_hash": f"{digest:08x}",
        "commit": "a" * 40,
        "version": "0.1.0",
        "overrides": list(changes),
    } | facts
    made = rows(method, known["protocol"], seed, apart, scorers)
    thresholds = {
        scorer: devel_thresholds(made[(made["scorer"] == scorer) & (made["split"] == "devel")])
        for scorer in scorers
    }
    table = ScoreTable(made, known | {"thresholds": thresholds})
    path = folder / known["protocol"] / f"{method}-{known['config_hash']}" / f"seed={seed}"
    flat = {
        "method": method,
        "loss.name": method,
        "model.backbone": "resnet18",
        "model.pretrained": True,
        "protocol._target_": "anomaly_fas.protocols.folds.Folds",
        "protocol.fold": fold,
    } | (config or {})
    file = ScoreFile(path / "scores.parquet", table, RunFacts.of_run(table, path))
    return StudyRun.of(file, flat)


def write(run: StudyRun) -> Path:
    """Write a run as training leaves it; its folder."""
    folder = run.scores.path.parent
    run.scores.table.write(run.scores.path)
    config = OmegaConf.create()
    for key, value in run.config.items():
        OmegaConf.update(config, key, value)
    OmegaConf.save(config, folder / "config.yaml")
    (folder / "metrics.json").write_text("{}", encoding="utf-8")
    return folder
