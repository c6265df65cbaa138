"""The finished runs of a study, their figures, and what is known of older score files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.study import Column, finished_runs, study_runs
from anomaly_fas.reporting.study_table import Result, results, study_table
from anomaly_fas.runs.saved_config import counted
from anomaly_fas.types import SCORE_COLUMNS
from tests.reporting.compared_study import study_run, write

if TYPE_CHECKING:
    from pathlib import Path

TEST = [
    ("bona_fide", "", 0.1),
    ("bona_fide", "", 0.2),
    ("bona_fide", "", 0.3),
    ("bona_fide", "", 0.9),
    ("attack", "print", 0.8),
    ("attack", "print", 0.3),
    ("attack", "print", 0.7),
    ("attack", "mask", 0.6),
]
"""At 0.5 BPCER is 1/4 and APCER 1/3 (print); at 0.65 BPCER is 1/4 and APCER 1 (mask)."""

DEVEL = [("bona_fide", "", 0.99), ("attack", "print", 0.01)]

FACTS: dict[str, Any] = {
    "protocol": "grandtest",
    "lists": "leak_free",
    "data_kind": "simulated",
    "method": "objective",
    "seed": 0,
    "config_hash": "0123abcd",
    "commit": "f" * 40,
    "version": "0.1.0",
}


def rows(scorer: str = "few_shot") -> pd.DataFrame:
    empty = dict.fromkeys(SCORE_COLUMNS, "") | {"n_frames": 1, "scorer": scorer}
    return pd.DataFrame(
        [
            empty | {"split": split, "label": label, "pai": pai, "score": score}
            for split, part in (("devel", DEVEL), ("test", TEST))
            for label, pai, score in part
        ]
    )


def write_scores(
    study: Path, threshold: float = 0.5, *, finished: bool = True, **facts: object
) -> Path:
    """A run with one scorer, as `train` leaves it."""
    known = FACTS | facts | {"thresholds": {"few_shot": {"eer": threshold, "bpcer_5": 0.0}}}
    name = f"{known['method']}-{known['config_hash']}"
    folder = study / str(known["protocol"]) / name / f"seed={known['seed']}"
    ScoreTable(rows(), known).write(folder / "scores.parquet")
    if finished:
        (folder / "metrics.json").write_text("{}")
    return folder


def collect(study: Path) -> list[Result]:
    return results(finished_runs(study))


def test_figures_are_those_of_test_at_the_stored_eer_threshold(tmp_path: Path) -> None:
    write_scores(tmp_path)
    (result,) = collect(tmp_path)
    assert {name: result.figures[name] for name in ("apcer", "bpcer", "acer")} == pytest.approx(
        {"apcer": 1 / 3, "bpcer": 1 / 4, "acer": 7 / 24}
    )
    own = {name: getattr(result.facts, name) for name in FACTS}
    assert own == FACTS
    assert result.scorer == "few_shot"


def test_every_scorer_of_a_run_is_a_result_of_its_own(tmp_path: Path) -> None:
    folder = write_scores(tmp_path)
    facts = FACTS | {"thresholds": {"live_centre": {"eer": 0.65}, "few_shot": {"eer": 0.5}}}
    both = pd.concat([rows("live_centre"), rows("few_shot")])
    ScoreTable(both, facts).write(folder / "scores.parquet")
    assert [(result.scorer, result.figures["apcer"]) for result in collect(tmp_path)] == [
        ("live_centre", 1.0),
        ("few_shot", pytest.approx(1 / 3)),
    ]


def test_unfinished_runs_are_left_out(tmp_path: Path) -> None:
    write_scores(tmp_path, seed=0)
    write_scores(tmp_path, seed=1, finished=False)
    assert [result.facts.seed for result in collect(tmp_path)] == [0]


@pytest.mark.parametrize("started", [False, True])
def test_no_finished_run_is_an_error_that_says_how_to_make_one(
    tmp_path: Path, started: bool
) -> None:
    study = tmp_path / "ablation"
    if started:
        write_scores(study, finished=False)
    with pytest.raises(DataError, match=r"no finished run in .*study_name=ablation"):
        collect(study)


def test_seeds_of_one_config_meet_in_one_cell(tmp_path: Path) -> None:
    write_scores(tmp_path, threshold=0.5, seed=0)
    write_scores(tmp_path, threshold=0.65, seed=1)
    table = study_table("ablation", collect(tmp_path))
    (row,) = table.long.to_dict("records")
    # ACER is 7/24 and 15/24: their mean is 11/24, each is 4/24 away from it.
    assert row["acer"] == pytest.approx(11 / 24)
    assert row["acer_std"] == pytest.approx((2 * (4 / 24) ** 2) ** 0.5)
    assert row["apcer"] == pytest.approx((1 / 3 + 1) / 2)
    assert row["bpcer"] == pytest.approx(0.25)
    assert table.table.header == ("method", "grandtest\n(simulated)")


def test_a_score_file_of_another_system_is_sent_to_evaluate(tmp_path: Path) -> None:
    folder = write_scores(tmp_path)
    ScoreTable(rows(), {"method": "theirs"}).write(folder / "scores.parquet")
    with pytest.raises(DataError, match=r"does not say of its run: protocol, .*evaluate scores="):
        collect(tmp_path)


def test_a_run_has_the_label_and_variant_that_were_stored_with_it() -> None:
    run = study_run("a", label="loss.weight=0.1 epochs=2", variant="lite", changes=("epochs=9",))
    assert (run.label, run.variant) == ("loss.weight=0.1 epochs=2", "lite")
    assert run.settings == ["loss.weight=0.1", "epochs=2"]


def test_older_runs_are_named_by_their_overrides_and_their_saved_config() -> None:
    run = study_run("a", changes=("study=old", "epochs=9"))
    assert (run.label, run.variant) == ("epochs=9", "resnet18 pretrained=True")
    assert study_run("a").label == "a"
    assert study_run("a").settings == []


def test_a_study_has_the_finished_runs_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "rivals"
    runs = [study_run("a", fold, seed, folder=folder) for fold in (0, 1) for seed in (0, 1)]
    for run in runs:
        write(run)
    write(study_run("late", folder=folder)).joinpath("metrics.json").unlink()
    study = study_runs(folder, counted)
    found = [(run.method, run.scores.facts.protocol, run.scores.facts.seed) for run in study]
    assert found == [("a", f"folds_{fold}", seed) for fold in (0, 1) for seed in (0, 1)]
    assert {run.variant for run in study} == {"resnet18 pretrained=True"}
    assert study[0].config["protocol.fold"] == 0


def test_a_study_without_finished_runs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no finished run"):
        study_runs(tmp_path, counted)


def test_a_method_stored_under_its_former_name_has_todays(tmp_path: Path) -> None:
    write(study_run("anomaly", folder=tmp_path, config={"loss.name": "anomaly"}))
    (run,) = study_runs(tmp_path, counted)
    assert run.method == run.config["method"] == "objective"
    assert run.config["loss.name"] == "anomaly"


def test_titles_name_the_lists_unless_they_are_the_default() -> None:
    assert Column("unseen_attack_mask", "leak_free", "real").title == "unseen attack mask"
    assert Column("grandtest", "official", "real").title == "grandtest, official lists"
