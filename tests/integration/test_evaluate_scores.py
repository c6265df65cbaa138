"""`anomaly-fas evaluate scores=…` as a user of any system meets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.analysis import devel_thresholds, error_figures
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.one_dataset import CrossDataset
from anomaly_fas.protocols.selection import official_selection
from tests.nonempty import nonempty
from tests.reporting.studies import scored

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow

QUICK = ("replicates=50",)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """The scores of another system, as CSV."""
    path = tmp_path / "theirs.csv"
    scored(0, 1.0, "theirs").drop(columns="scorer").to_csv(path, index=False)
    return path


def metrics(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    return found


def test_a_csv_of_any_system_becomes_a_report(cli: Cli, theirs: Path) -> None:
    done = cli("evaluate", f"scores={theirs}", *QUICK, cwd=theirs.parent)
    folder = theirs.parent / "theirs-evaluation"
    assert (folder / "report.html").stat().st_size > 10_000
    (entry,) = metrics(folder)["entries"].values()
    rows = scored(0, 1.0, "theirs")
    devel, test = (rows[rows["split"] == split] for split in ("devel", "test"))
    thresholds = devel_thresholds(devel)
    assert {name: own[0] for name, own in entry["thresholds"].items()} == pytest.approx(thresholds)
    for name, threshold in nonempty(thresholds.items()):
        expected = error_figures(test, threshold)
        own = {key: one["value"] for key, one in entry["figures"][name]["all"].items()}
        assert own == pytest.approx(expected)
    acer = entry["figures"]["eer"]["all"]["acer"]
    low, high = (100 * bound for bound in acer["bootstrap"])
    assert f"ACER {100 * acer['value']:.1f} [{low:.1f}, {high:.1f}]" in done.stdout + done.stderr


def test_the_same_command_gives_the_same_numbers(cli: Cli, theirs: Path) -> None:
    found = []
    for name in ("first", "second"):
        cli("evaluate", f"scores={theirs}", f"output={name}", *QUICK, cwd=theirs.parent)
        found.append(metrics(theirs.parent / name))
    assert found[0] == found[1]


def test_scores_that_run_the_other_way_are_noticed_and_can_be_turned(
    cli: Cli, theirs: Path
) -> None:
    cli("evaluate", f"scores={theirs}", "output=right", *QUICK, cwd=theirs.parent)
    rows = pd.read_csv(theirs)
    rows.assign(score=-rows["score"]).to_csv(theirs, index=False)
    done = cli("evaluate", f"scores={theirs}", "output=wrong", *QUICK, cwd=theirs.parent)
    assert "higher_is=bona_fide" in done.stdout + done.stderr
    turned = ("higher_is=bona_fide", "output=turned")
    cli("evaluate", f"scores={theirs}", *turned, *QUICK, cwd=theirs.parent)
    right, other = (metrics(theirs.parent / name) for name in ("right", "turned"))
    assert other["entries"] == right["entries"]


def test_a_threshold_may_be_given(cli: Cli, theirs: Path) -> None:
    cli("evaluate", f"scores={theirs}", "threshold=0.8", *QUICK, cwd=theirs.parent)
    (entry,) = metrics(theirs.parent / "theirs-evaluation")["entries"].values()
    assert entry["headline"] == "given"
    assert entry["thresholds"]["given"] == [0.8]
    test = scored(0, 1.0, "theirs").query("split == 'test'")
    bpcer = (test.loc[test["label"] == "bona_fide", "score"] >= 0.8).mean()
    assert entry["figures"]["given"]["all"]["bpcer"]["value"] == pytest.approx(bpcer)


def test_a_given_threshold_turns_with_the_scores(cli: Cli, theirs: Path) -> None:
    rows = pd.read_csv(theirs).round({"score": 1})
    rows.to_csv(theirs, index=False)
    cli("evaluate", f"scores={theirs}", "threshold=0.8", "output=as_is", *QUICK, cwd=theirs.parent)
    rows.assign(score=-rows["score"]).to_csv(theirs, index=False)
    turned = ("higher_is=bona_fide", "threshold=-0.7", "output=turned")
    cli("evaluate", f"scores={theirs}", *turned, *QUICK, cwd=theirs.parent)
    # Accepting -0.7 and above is rejecting 0.8 and above: scores have one digit.
    as_is, other = (
        next(iter(metrics(theirs.parent / name)["entries"].values()))["figures"]["given"]["all"]
        for name in ("as_is", "turned")
    )
    for name in ("apcer", "bpcer", "acer"):
        assert as_is[name]["value"] == other[name]["value"]


def test_devel_may_stand_in_a_file_of_its_own(cli: Cli, theirs: Path) -> None:
    rows = pd.read_csv(theirs, keep_default_na=False)
    cli("evaluate", f"scores={theirs}", "output=one", *QUICK, cwd=theirs.parent)
    for split in ("devel", "test"):
        rows[rows["split"] == split].to_csv(theirs.parent / f"{split}.csv", index=False)
    both = ("scores=test.csv", "devel=devel.csv", "output=two")
    cli("evaluate", *both, *QUICK, cwd=theirs.parent)
    one, two = (
        next(iter(metrics(theirs.parent / name)["entries"].values()))["figures"]
        for name in ("one", "two")
    )
    assert one == two


def test_our_own_score_file_keeps_the_thresholds_of_its_run(cli: Cli, finished_run: Path) -> None:
    path = finished_run / "scores.parquet"
    output = "output=again"
    cli("evaluate", f"scores={path}", output, *QUICK, cwd=finished_run.parent)
    figures = metrics(finished_run.parent / "again")["entries"]
    trained = json.loads((finished_run / "metrics.json").read_text())["figures"]
    for entry in nonempty(figures.values()):
        own = entry["figures"]["eer"]["all"]
        for name, value in nonempty(trained[entry["scorer"]]["test"]["eer"].items()):
            assert own[name]["value"] == value
        assert entry["data_kind"] == "simulated"


@pytest.fixture
def gradgpad(tmp_path: Path) -> Path:
    """Scores as the gradgpad package writes them, shuffled, some samples missing."""
    annotations = gradgpad_annotations()
    selection = official_selection(CrossDataset("msu-mfsd"), annotations)
    generator = np.random.default_rng(0)
    for split in ("devel", "test"):
        rows = annotations.iloc[generator.permutation(selection[split])]  # type: ignore[index]
        score = generator.normal(size=len(rows)) + 2 * (rows["label"] == "attack")
        found = dict(zip(rows["sample_id"], score.round(3), strict=True))
        kept = dict(list(found.items())[4:]) if split == "test" else found
        path = tmp_path / f"mine_cross_dataset_msu_mfsd_{split}.json"
        path.write_text(json.dumps(kept))
    return path


def test_gradgpad_files_are_labelled_by_id_and_their_gaps_are_counted(
    cli: Cli, gradgpad: Path
) -> None:
    done = cli("evaluate", f"scores={gradgpad}", "output=made", *QUICK, cwd=gradgpad.parent)
    assert "4 of 120 test samples have no score (msu-mfsd 4;" in done.stdout + done.stderr
    (entry,) = metrics(gradgpad.parent / "made")["entries"].values()
    assert (entry["protocol"], entry["lists"]) == ("cross_dataset_msu_mfsd", "official")
    assert entry["method"] == "mine"
    annotations = gradgpad_annotations().set_index("sample_id")
    scores = {
        split: pd.Series(
            json.loads((gradgpad.parent / gradgpad.name.replace("test", split)).read_text())
        )
        for split in ("devel", "test")
    }
    tables = {s: annotations.loc[own.index].assign(score=own) for s, own in scores.items()}
    expected = error_figures(tables["test"], devel_thresholds(tables["devel"])["eer"])
    figures = entry["figures"]["eer"]["all"]
    for name in ("acer", "apcer", "bpcer", "hter", "eer", "auc"):
        assert figures[name]["value"] == pytest.approx(expected[name]), name
    unscored = figures["apnrr"]["errors"] + figures["bpnrr"]["errors"]
    assert unscored == 4


def test_gradgpad_mode_has_the_rules_of_the_package(cli: Cli, gradgpad: Path) -> None:
    cli("evaluate", f"scores={gradgpad}", "mode=gradgpad", "output=made", cwd=gradgpad.parent)
    content = metrics(gradgpad.parent / "made")
    results = content["figures"]["mine"]["results"]
    # Fault (c): the coarse species are grouped twice, so that print holds every print and replay.
    coarse = results["coarse_grained_pai"]["num_samples_per_pai"]
    fine = results["fine_grained_pai"]["num_samples_per_pai"]
    assert coarse["print"] == sum(fine.values())
    assert coarse["replay"] == coarse["mask"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scores=none.csv"], "no score file at none.csv"),
        (["scores=none.json"], "there is no|no score file|devel=FILE"),
        (["scores={}", "mode=ours"], "mode=ours: choose one of correct, gradgpad"),
        (["scores={}", "higher_is=up"], "higher_is=up: choose one of attack, bona_fide"),
        (["scores={}", "threshold=bpcer_2"], "threshold=bpcer_2: choose one of eer, bpcer_1"),
        (["scores={}", "replicates=-1"], "replicates=-1"),
        (["scores={}", "replicates=1.5"], "replicates=1.5: a whole number"),
        (["scores={}", "threshold=null"], "threshold=None: choose one of"),
        (["scores={}", "lists=official"], "lists=… is for the JSON files"),
        (["scores={}", "run=there"], "name one of a score file"),
        ([], "name one of a score file"),
        (["scores={}", "mode=gradgpad"], "not annotated by GRAD-GPAD"),
    ],
)
def test_a_mistake_is_one_clear_message(
    cli: Cli, theirs: Path, arguments: list[str], message: str
) -> None:
    import re

    given = [argument.format(theirs) for argument in arguments]
    done = cli("evaluate", *given, cwd=theirs.parent, exit_code=2)
    assert re.search(message, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 5


BAD_ROWS = {
    "infinite": lambda rows: rows.assign(score=rows["score"].where(rows.index != 3, np.inf)),
    "has a score already": lambda rows: pd.concat([rows, rows.iloc[:1]]),
    "label 'spoof'": lambda rows: rows.assign(label=rows["label"].replace("attack", "spoof")),
    "lacks the column": lambda rows: rows.drop(columns="label"),
    "no attack scores on devel": lambda rows: rows[
        (rows["split"] == "test") | (rows["label"] == "bona_fide")
    ],
    "no bona fide devel scores": lambda rows: rows[rows["split"] == "test"],
}


@pytest.mark.parametrize("message", BAD_ROWS)
def test_scores_that_cannot_be_used_are_refused(cli: Cli, theirs: Path, message: str) -> None:
    BAD_ROWS[message](pd.read_csv(theirs, keep_default_na=False)).to_csv(theirs, index=False)
    done = cli("evaluate", f"scores={theirs}", cwd=theirs.parent, exit_code=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


ODD_ROWS = {
    "have no score": lambda rows: rows.assign(score=rows["score"].where(rows.index % 7 > 0)),
    "scores are equal": lambda rows: rows.assign(score=0.5),
    "Only 3 test sample(s) of makeup": lambda rows: rows.drop(
        rows[(rows["pai"] == "makeup") & (rows["split"] == "test")].index[3:]
    ),
}


@pytest.mark.parametrize("message", ODD_ROWS)
def test_scores_that_mislead_are_remarked_on(cli: Cli, theirs: Path, message: str) -> None:
    ODD_ROWS[message](pd.read_csv(theirs)).to_csv(theirs, index=False)
    done = cli("evaluate", f"scores={theirs}", *QUICK, cwd=theirs.parent)
    assert message in done.stdout + done.stderr
    page = (theirs.parent / "theirs-evaluation" / "report.html").read_text()
    assert message in page
