"""The loop of a search, with a stand-in for training that does as it is told."""

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
from anomaly_fas.search import loop as search_loop
from anomaly_fas.search import work as search_work
from anomaly_fas.search.loop import SearchLoop
from anomaly_fas.search.plan import PlannedRun
from anomaly_fas.search.space import Values, distributions
from anomaly_fas.search.trials import Trials
from anomaly_fas.search.work import devel_acer

STAND_IN = """
import os, pathlib, signal, sys, time, yaml

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
        sys.exit(2)
    if order == "stopped" and len((folder / "begun").read_text()) <= config["times"]:
        sys.exit(130)
    if order == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    while order == "stay" and len((folder / "begun").read_text()) == 1:
        time.sleep(0.01)
    while order == "meet" and len(list(folder.parent.glob("*/begun"))) < 2:
        time.sleep(0.01)
    (folder / "device").write_text(os.environ.get("DEVICE", ""))
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
        self._known: dict[str, int] = {}

    def runs(self, values: Values) -> list[PlannedRun]:
        number = self._known.setdefault(str(values), len(self._known))
        return [
            PlannedRun(
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
    monkeypatch.setattr(search_work, "TRAIN", (str(script),))
    monkeypatch.setattr(search_loop, "_POLL", 0.02)


def search(plan: Orders, total: int, slots: list[dict[str, str]] | None = None) -> Trials:
    trials = Trials(plan.folder)
    space = distributions({"lr": {"low": 0.0, "high": 1.0}})
    take = partial(trials.claim_next, space, total, RandomSampler, 0)
    SearchLoop(trials, plan, take).run(slots or [{}])  # type: ignore[arg-type]
    return trials


def well(*devel: float, test: float = 0.5, order: str = "") -> list[dict[str, Any]]:
    return [{"figures": figures(acer, test), "order": order} for acer in devel]


def fails(says: str) -> list[dict[str, Any]]:
    return [{"order": "fail", "says": says}]


def test_a_trial_is_worth_the_mean_devel_acer_of_its_runs(tmp_path: Path) -> None:
    plan = Orders(tmp_path, [well(0.1, 0.3, test=0.9), well(0.2, 0.4, test=0.1)])
    outcomes = search(plan, 2).outcomes()
    assert [outcome.devel_acer for outcome in outcomes] == pytest.approx([0.2, 0.3])
    assert list(outcomes[1].runs.values()) == ["train 1-0", "train 1-1"]
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
    outcomes = search(plan, 4).outcomes()
    assert [outcome.state for outcome in outcomes] == ["complete", "fail", "fail", "complete"]
    assert outcomes[1].error == "no luck"
    assert "SIGKILL" in outcomes[2].error
    assert "trial 1 failed: no luck" in caplog.text
    assert "train 1-0" in caplog.text
    assert "error: no luck" in (tmp_path / "search/logs/trial-1.log").read_text()


def test_a_trial_that_somebody_has_stopped_goes_on_but_not_for_ever(tmp_path: Path) -> None:
    stopped = [[{**well(0.1)[0], "order": "stopped", "times": times}] for times in (2, 9)]
    outcomes = search(Orders(tmp_path, stopped), 2).outcomes()
    assert [outcome.state for outcome in outcomes] == ["complete", "fail"]


def test_the_second_run_is_not_begun_when_the_first_fails(tmp_path: Path) -> None:
    search(Orders(tmp_path, [fails("no luck") + well(0.1)]), 1)
    assert not (tmp_path / "runs/0-1").exists()


def test_the_same_failure_three_times_in_a_row_ends_the_search(tmp_path: Path) -> None:
    trials = [fails("x"), well(0.1), *(fails(f"in run-{n}: disk full") for n in range(3)), []]
    with pytest.raises(RunError, match=r"3 trials in a row failed .* disk full"):
        search(Orders(tmp_path, trials), 6)
    outcomes = Trials(tmp_path / "search").outcomes()
    assert [outcome.state for outcome in outcomes] == ["fail", "complete", *["fail"] * 3]


def test_different_failures_do_not(tmp_path: Path) -> None:
    plan = Orders(tmp_path, [fails("a"), fails("a"), fails("b"), fails("a"), well(0.3)])
    assert search(plan, 5).outcomes()[4].devel_acer == 0.3


def test_trials_run_at_a_time_each_in_its_slot(tmp_path: Path) -> None:
    plan = Orders(tmp_path, [well(0.1, order="meet"), well(0.2, order="meet"), well(0.3)])
    trials = search(plan, 3, [{"DEVICE": "first"}, {"DEVICE": "second"}])
    assert [outcome.devel_acer for outcome in trials.outcomes()] == [0.1, 0.2, 0.3]
    assert (tmp_path / "runs/0-0/device").read_text() == "first"
    assert (tmp_path / "runs/1-0/device").read_text() == "second"


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
    assert [outcome.state for outcome in Trials(plan.folder).outcomes()] == ["complete", "running"]
    (tmp_path / "runs/1-1").mkdir()
    (tmp_path / "runs/1-1/begun").write_text("x")  # so that its second run does not stay
    outcomes = search(plan, 3).outcomes()
    assert "trial 1, taken up" in caplog.text
    assert [outcome.devel_acer for outcome in outcomes] == pytest.approx([0.1, 0.3, 0.3])
    begun = {path.parent.name: path.read_text() for path in tmp_path.glob("runs/*/begun")}
    assert begun == {"0-0": "x", "1-0": "xx", "1-1": "xx", "2-0": "x"}
