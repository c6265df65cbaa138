"""`anomaly-fas search` as a user types it, killed on the way."""

import csv
import shlex
import signal
import time
from pathlib import Path

import pytest
import yaml
from hydra.utils import instantiate

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import plain, run_folder
from anomaly_fas.types import Split
from tests import forked
from tests.integration.conftest import QUICK, Cli
from tests.nonempty import nonempty

FAST = (*QUICK, "epochs=1")
SPACE = "search.space={optimizer.lr:{low:1e-4,high:1e-1,log:true},loss.main.anchors:[both]}"


@pytest.fixture(scope="module")
def searched(cli: Cli, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search of two trials; its worker was killed when the first one had saved."""
    place = tmp_path_factory.mktemp("search")
    arguments = [*FAST, SPACE, "search.name=lr", "search.trials=2"]
    arguments += ["checkpoint.every_steps=2"]
    command = ["search", *arguments, f"paths.cache_dir={cache_dir}"]
    worker = forked.Command(command, place, place / "worker.txt")
    patience = time.monotonic() + 200
    while not list(place.glob("outputs/search-lr/*/*/*/checkpoints/last.ckpt")):
        assert worker.wait(0) is None
        assert time.monotonic() < patience
        time.sleep(0.01)
    worker.send(signal.SIGKILL)
    worker.wait()
    done = cli("search", *arguments, cwd=place)
    assert "trial 0, taken up" in done.stderr
    return place


@pytest.mark.slow
def test_a_trial_whose_worker_was_killed_is_resumed_and_none_is_run_twice(searched: Path) -> None:
    log = (searched / "outputs/search/lr/logs/trial-0.log").read_text()
    assert "resuming outputs/search-lr" in log
    rows = list(csv.DictReader((searched / "outputs/search/lr/trials.csv").open()))
    assert [(row["number"], row["state"]) for row in rows] == [("0", "complete"), ("1", "complete")]
    folders = {row["run_folders"] for row in rows}
    made = searched.glob("outputs/search-lr/*/*/seed=0/metrics.json")
    assert {str(path.parent.relative_to(searched)) for path in made} == folders
    assert len(folders) == 2


@pytest.mark.slow
def test_the_best_trial_is_that_of_the_least_devel_acer(searched: Path) -> None:
    rows = list(csv.DictReader((searched / "outputs/search/lr/trials.csv").open()))
    for row in nonempty(rows):
        table = ScoreTable.read(searched / row["run_folders"] / "scores.parquet")
        devel = table.of("few_shot", Split.DEVEL)
        called = devel["score"] >= table.facts["thresholds"]["few_shot"]["eer"]
        bona_fide = devel["label"] == "bona_fide"
        missed = (~called)[~bona_fide].groupby(devel["pai"]).mean().max()
        assert float(row["devel_acer"]) == pytest.approx((missed + called[bona_fide].mean()) / 2)
    first = min(rows, key=lambda row: (float(row["devel_acer"]), int(row["number"])))
    best = yaml.safe_load((searched / "outputs/search/lr/best.yaml").read_text())
    assert str(best["trial"]) == first["number"]
    assert best["overrides"] == [f"optimizer.lr={first['optimizer.lr']}", "loss.main.anchors=both"]


@pytest.mark.slow
def test_the_command_of_the_best_trial_trains_just_that(searched: Path) -> None:
    best = yaml.safe_load((searched / "outputs/search/lr/best.yaml").read_text())
    (command,), (folder,) = best["commands"], best["run_folders"]
    program, subcommand, *overrides = shlex.split(command)
    assert (program, subcommand) == ("anomaly-fas", "train")
    config = composed("train", overrides)
    again, _ = run_folder(plain(config), instantiate(config.protocol).name)
    assert again.path.relative_to("outputs/quickstart") == Path(folder).relative_to(
        "outputs/search-lr"
    )


@pytest.mark.slow
def test_the_runs_of_a_search_are_a_study(searched: Path, cli: Cli) -> None:
    cli("table", "study=search-lr", "published=false", cwd=searched)
    rows = list(csv.DictReader((searched / "outputs/tables/search-lr/table.csv").open()))
    assert len({row["config_hashes"] for row in rows}) == 2


@pytest.mark.slow
def test_a_search_that_is_done_shows_its_table_and_trains_nothing(searched: Path, cli: Cli) -> None:
    picture = searched / "outputs/search/lr/search.png"
    assert picture.stat().st_size > 10_000
    again = cli("search", *FAST, SPACE, "search.name=lr", "search.trials=2",
                "checkpoint.every_steps=2", cwd=searched)  # fmt: skip
    shown = cli("search", "show", "name=lr", cwd=searched)
    assert again.stdout == shown.stdout
    assert "2 trial(s): 2 complete" in shown.stdout
    assert len(list(searched.glob("outputs/search/lr/logs/*.log"))) == 2


def test_another_space_or_objective_is_refused_with_the_difference(
    cli: Cli, tmp_path: Path
) -> None:
    none = "search.trials=0"
    cli("search", *FAST, "search.space=learning_rate", none, cwd=tmp_path)
    cli("search", *FAST, none, "search.workers=1", "search.seed=3", cwd=tmp_path)
    refused = cli("search", *FAST, none, SPACE, "search.seeds=[0,1]", "epochs=3",
                  cwd=tmp_path, exit_code=2)  # fmt: skip
    assert "search.name" in refused.stderr
    assert "search.seeds: [0] there, [0, 1] here" in refused.stderr
    assert "search.space.loss.main.anchors: nothing there, ['both'] here" in refused.stderr
    assert "\n  epochs: 1 there, 3 here" in refused.stderr
    assert "optimizer.lr" not in refused.stderr
    assert not list(tmp_path.glob("outputs/search/*/logs"))


def test_two_workers_are_processes_and_one_table_is_printed(cli: Cli, tmp_path: Path) -> None:
    arguments = ["search.space=learning_rate", "search.trials=0", "search.workers=2"]
    done = cli("search", *FAST, *arguments, cwd=tmp_path)
    assert done.stdout.count("0 trial(s): none yet") == 1
    logs = sorted(tmp_path.glob("outputs/search/default/logs/*.log"))
    assert [log.name for log in logs] == ["worker-0.log", "worker-1.log"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search.space={optimizer.lrr:[1]}"], "Could not override 'optimizer.lrr'"),
        (["search.space={optimizer.lr:1}"], "search.space: optimizer.lr: a list of choices"),
        (["search.space=no_such_file"], "learning_rate"),
        (["-m", "seed=0,1"], "a search is no multirun"),
        (["show"], "there is no search outputs/search/default"),
    ],
)
def test_mistakes_are_told_before_anything_is_begun(
    cli: Cli, tmp_path: Path, arguments: list[str], message: str
) -> None:
    told = cli("search", *arguments, cwd=tmp_path, exit_code=2)
    assert message in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "outputs/search").exists()


def test_a_study_gives_its_settings_and_not_its_sweep(cli: Cli, tmp_path: Path) -> None:
    shown = cli("search", "--cfg", "job", "study=embedded", "search.space=objective", cwd=tmp_path)
    config = yaml.safe_load(shown.stdout)
    assert (config["epoch_steps"], config["scale"]) == (30, 1.0)
    assert "loss.weight" in config["search"]["space"]
    cli("search", "study=embedded", "search.trials=0", cwd=tmp_path)
    assert not (tmp_path / "outputs/multirun").exists()


def test_without_optuna_it_says_how_to_get_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "optuna.py").write_text("raise ImportError('not here')")
    told = cli("search", cwd=tmp_path, exit_code=2, PYTHONPATH=str(tmp_path))
    assert "pip install 'anomaly-fas[search]'" in told.stderr
