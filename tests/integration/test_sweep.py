"""Multirun, one run at a time, and the table made from what it leaves."""

from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import Split
from tests.integration.conftest import QUICK, Cli
from tests.nonempty import nonempty

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sweep")
    sweep = ["seed=0,1", "loss=objective,binary_cross_entropy", "optimizer.lr=0.001,0.01"]
    cli("train", "-m", *QUICK, *sweep, cwd=place)
    return place


def test_no_run_overwrites_another(place: Path) -> None:
    scores = sorted(place.glob("outputs/quickstart/grandtest/*/seed=*/scores.parquet"))
    assert len(scores) == 8
    facts = [ScoreTable.read(path).facts for path in scores]
    assert len({(fact["config_hash"], fact["seed"]) for fact in facts}) == 8
    assert {fact["method"] for fact in facts} == {"objective", "binary_cross_entropy"}
    assert len({fact["config_hash"] for fact in facts}) == 4


def test_the_table_has_a_row_for_each_method_scorer_and_config(place: Path, cli: Cli) -> None:
    done = cli("table", "study=quickstart", "published=false", cwd=place)
    folder = place / "outputs/tables/quickstart"
    assert {path.name for path in folder.iterdir()} == {
        f"table.{suffix}" for suffix in ("md", "csv", "tex", "html")
    }
    assert (folder / "table.md").read_text() in done.stdout
    rows = pd.read_csv(folder / "table.csv")
    names = rows.groupby(["method", "scorer"]).size().to_dict()
    assert names == {
        ("objective", "few_shot"): 2,
        ("objective", "live_centre"): 2,
        ("binary_cross_entropy", "logit"): 2,
    }
    assert (rows["seeds"] == "0 1").all()
    assert (rows["data_kind"] == "simulated").all()


def test_the_table_holds_what_the_score_files_say(place: Path, cli: Cli) -> None:
    cli("table", "study=quickstart", "published=false", cwd=place)
    rows = pd.read_csv(place / "outputs/tables/quickstart/table.csv")
    for _, row in nonempty(rows.iterrows()):
        runs = place.glob(f"outputs/quickstart/*/{row['method']}-{row['config_hashes']}/seed=*")
        acers = []
        for run in runs:
            table = ScoreTable.read(run / "scores.parquet")
            test = table.of(row["scorer"], Split.TEST)
            called = test["score"] >= table.facts["thresholds"][row["scorer"]]["eer"]
            bona_fide = test["label"] == "bona_fide"
            missed = (~called)[~bona_fide].groupby(test["pai"]).mean().max()
            acers.append((missed + called[bona_fide].mean()) / 2)
        assert row["acer"] == pytest.approx(sum(acers) / len(acers))
        assert row["acer_std"] == pytest.approx(pd.Series(acers).std())


def test_published_figures_of_the_protocol_stand_beside_them(place: Path, cli: Cli) -> None:
    done = cli("table", "study=quickstart", cwd=place)
    rows = pd.read_csv(place / "outputs/tables/quickstart/table.csv")
    others = rows[rows["data_kind"] == "published"]
    assert set(others["protocol"]) == {"grandtest"}
    assert set(others["source"]) == {"GRAD-GPAD v1", "GRAD-GPAD v2"}
    assert len(rows) - len(others) == 6
    assert "grandtest, GRAD-GPAD v2, official lists<br>(published)" in done.stdout
