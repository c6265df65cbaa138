"""A worker of a search, with a stand-in for training that does as it is told."""

import json
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from optuna.samplers import RandomSampler

from anomaly_fas.errors import RunError
from anomaly_fas.runs.folder import RunFolder
from anomaly_fas.runs.outcome import State
from anomaly_fas.runs.session import held
from anomaly_fas.search import trial as search_trial
from anomaly_fas.search.space import Values, distributions
from anomaly_fas.search.study import SearchStudy
from anomaly_fas.search.trial import TrialRun, devel_acer, train
from anomaly_fas.search.worker import work

STAND_IN = """
import os, pathlib, signal, sys, time, yaml
from anomaly_fas.runs.outcome import Outcome, State, report

signal.signal(signal.SIGTERM, signal.default_int_handler)
place, name, *_ = [word.partition("=")[2] for word in sys.argv[1:]]
config = yaml.safe_load((pathlib.Path(place) / f"{name}.yaml").read_text())
folder = pathlib.Path(config["run_folder"])
folder.mkdir(parents=True, exist_ok=True)
try:
    with (folder / "begun").open("a") as file:
        file.write("x")
    order = config["order"]
    if order == "fail":
        print(f"error: {config['says']}")
        report(Outcome(State.MISTAKE, config["says"]))
        sys.exit(2)
    if order == "stopped" and len((folder / "begun").read_text()) <= config["times"]:
        sys.exit(130)
    if order == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    while order == "stay" and len((folder / "begun").read_text()) == 1:
        time.sleep(0.01)
    while order == "meet" and len(list(folder.parent.glob("*/begun"))) < 2:
        time.sleep(0.01)
    (folder / "metrics.json").write_text(config["figures"])
except KeyboardInterrupt:
    (folder / "saved").touch()
    sys.exit(130)
"""


def figures(devel: float, test: float = 0.5) -> str:
    """`metrics.json` of a run with two scorers."""
    first = {"devel": {"eer": {"acer": devel}}, "test": {"eer": {"acer": test}}}
    return json.dumps({"figures": {"few_shot": first, "live_centre": {"devel": 0, "test": 0}}})


class Orders:
    """A plan whose trials are ordered what to do: each a list of runs."""

    def __init__(self, folder: Path, trials: list[list[dict[str, Any]]]) -> None:
        self.folder = folder / "search"
        self._runs = folder / "runs"
        self._trials = trials
        self.known: dict[str, int] = {}

    def runs(self, values: Values) -> list[TrialRun]:
        number = self.known.setdefault(str(values), len(self.known))
        return [
            TrialRun(
                OmegaConf.create({"order": "", **run, "run_folder": f"{self._runs}/{number}-{at}"}),
                RunFolder(self._runs / f"{number}-{at}"),
                f"train {number}-{at}",
            )
            for at, run in enumerate(self._trials[number])
        ]


@pytest.fixture(autouse=True)
def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "train.py"
    script.write_text(STAND_IN)
    monkeypatch.setattr(search_trial, "TRAIN", (str(script),))
    monkeypatch.setattr(search_trial, "_POLL", 0.02)


def search(plan: Orders, total: int) -> SearchStudy:
    study = SearchStudy(plan.folder)
    space = distributions({"lr": {"low": 0.0, "high": 1.0}})
    take = partial(study.claim_next, space, total, RandomSampler, 0)
    work(study, plan.folder, plan.runs, take)
    return study


def states(study: SearchStudy) -> list[str]:
    return [trial.state.name.lower() for trial in study.trials]


def acers(study: SearchStudy) -> list[float | None]:
    return [trial.value for trial in study.trials]


def well(*devel: float, test: float = 0.5, order: str = "") -> list[dict[str, Any]]:
    return [{"figures": figures(acer, test), "order": order} for acer in devel]


def fails(says: str) -> list[dict[str, Any]]:
    return [{"order": "fail", "says": says}]


def test_a_trial_is_worth_the_mean_devel_acer_of_its_runs(tmp_path: Path) -> None:
    plan = Orders(tmp_path, [well(0.1, 0.3, test=0.9), well(0.2, 0.4, test=0.1)])
    study = search(plan, 2)
    assert acers(study) == pytest.approx([0.2, 0.3])
    assert list(study.trials[1].user_attrs["runs"].values()) == ["train 1-0", "train 1-1"]
    assert {path.read_text() for path in tmp_path.glob("runs/*/begun")} == {"x"}
    assert len(list(tmp_path.glob("runs/*"))) == 4


def test_test_figures_are_not_even_read(tmp_path: Path) -> None:
    content = json.loads(figures(0.25))
    del content["figures"]["few_shot"]["test"]
    (tmp_path / "metrics.json").write_text(json.dumps(content))
    assert devel_acer(tmp_path) == 0.25


def test_a_trial_that_fails_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = Orders(tmp_path, [well(0.1), fails("no luck"), [{"order": "die"}], well(0.2)])
    study = search(plan, 4)
    assert states(study) == ["complete", "fail", "fail", "complete"]
    assert study.trials[1].user_attrs["error"] == "no luck"
    assert "SIGKILL" in study.trials[2].user_attrs["error"]
    assert "trial 1 failed: no luck" in caplog.text
    assert "train 1-0" in caplog.text
    assert "error: no luck" in (tmp_path / "search/logs/trial-1.log").read_text()


def test_a_trial_that_somebody_has_stopped_goes_on_but_not_for_ever(tmp_path: Path) -> None:
    stopped = [[{**well(0.1)[0], "order": "stopped", "times": times}] for times in (2, 9)]
    assert states(search(Orders(tmp_path, stopped), 2)) == ["complete", "fail"]


def test_the_second_run_is_not_begun_when_the_first_fails(tmp_path: Path) -> None:
    search(Orders(tmp_path, [fails("no luck") + well(0.1)]), 1)
    assert not (tmp_path / "runs/0-1").exists()


def test_the_same_failure_three_times_in_a_row_ends_the_search(tmp_path: Path) -> None:
    trials = [fails("x"), well(0.1), *(fails(f"in run-{n}: disk full") for n in range(3)), []]
    with pytest.raises(RunError, match=r"3 trials in a row failed .* disk full"):
        search(Orders(tmp_path, trials), 6)
    assert states(SearchStudy(tmp_path / "search")) == ["fail", "complete", *["fail"] * 3]


def test_different_failures_do_not(tmp_path: Path) -> None:
    plan = Orders(tmp_path, [fails("a"), fails("a"), fails("b"), fails("a"), well(0.3)])
    assert acers(search(plan, 5))[4] == 0.3


def test_two_workers_share_the_trials(tmp_path: Path) -> None:
    plans = [
        Orders(tmp_path, [well(0.1, order="meet"), well(0.2, order="meet"), well(0.3)])
        for _ in range(2)
    ]
    plans[1].known = plans[0].known
    workers = [threading.Thread(target=search, args=(plan, 3)) for plan in plans]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert acers(SearchStudy(plans[0].folder)) == [0.1, 0.2, 0.3]
    assert {path.read_text() for path in tmp_path.glob("runs/*/begun")} == {"x"}


def test_equal_values_are_never_worked_on_at_once(tmp_path: Path) -> None:
    """They are one run folder, which the second trial waits for."""
    plan = Orders(tmp_path, [well(0.1)])
    run = plan.runs({"lr": 0.5})[0]
    run.folder.path.mkdir(parents=True)
    outcomes = []
    arguments = (run, tmp_path / "config.yaml", tmp_path / "a.log")
    with held(run.folder.path):
        waiting = threading.Thread(target=lambda: outcomes.append(train(*arguments)))
        waiting.start()
        time.sleep(0.2)
        (run.folder.path / "metrics.json").write_text(figures(0.1))
    waiting.join()
    assert [outcome.state for outcome in outcomes] == [State.FINISHED]
    assert not (run.folder.path / "begun").exists()


@pytest.mark.usefixtures("ctrl_c_allowed")
def test_ctrl_c_lets_the_run_save_and_the_search_can_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    plan = Orders(tmp_path, [well(0.1), well(0.2, 0.4, order="stay"), well(0.3)])

    def ctrl_c() -> None:
        while not (tmp_path / "runs/1-0/begun").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=ctrl_c).start()
    with pytest.raises(KeyboardInterrupt):
        search(plan, 3)
    assert (tmp_path / "runs/1-0/saved").exists()
    assert states(SearchStudy(plan.folder)) == ["complete", "running"]
    (tmp_path / "runs/1-1").mkdir()
    (tmp_path / "runs/1-1/begun").write_text("x")  # so that its second run does not stay
    study = search(plan, 3)
    assert "trial 1, taken up" in caplog.text
    assert acers(study) == pytest.approx([0.1, 0.3, 0.3])
    begun = {path.parent.name: path.read_text() for path in tmp_path.glob("runs/*/begun")}
    assert begun == {"0-0": "x", "1-0": "xx", "1-1": "xx", "2-0": "x"}
