"""Which trial comes next: as many as wanted, none twice, the same however often interrupted."""

import csv
import multiprocessing
import os
import signal
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import yaml
from optuna.samplers import RandomSampler, TPESampler

from anomaly_fas.errors import RunError
from anomaly_fas.search.space import Values, distributions
from anomaly_fas.search.trials import Trial, Trials

SPACE = distributions(
    {
        "lr": {"low": 1e-4, "high": 0.1, "log": True},
        "anchors": ["bona_fide", "both"],
        "layers": {"low": 1, "high": 4},
    }
)
TPE = partial(TPESampler, n_startup_trials=4)


def objective(values: Values) -> float:
    lr = values["lr"]
    assert isinstance(lr, float)
    return abs(lr - 0.01) + 0.05 * (values["anchors"] == "both")


def claim(trials: Trials, total: int, seed: int = 0) -> Trial | None:
    return trials.claim_next(SPACE, total, TPE, seed)


def work(folder: Path, total: int, most: int = 99) -> Trials:
    trials = Trials(folder)
    for _ in range(most):
        if (trial := claim(trials, total)) is None:
            break
        trials.complete(trial, objective(trial.values), {})
    return trials


def values(trials: Trials) -> list[Values]:
    return [outcome.values for outcome in trials.outcomes()]


def test_an_interrupted_search_tries_what_an_undisturbed_one_does(tmp_path: Path) -> None:
    whole = work(tmp_path / "whole", 12)
    assert len(values(whole)) == 12
    for part in (3, 1, 5, 99):
        parts = work(tmp_path / "parts", 12, most=part)
    assert values(parts) == values(whole)
    assert values(work(tmp_path / "parts", 14))[:12] == values(whole)


def test_the_sampler_goes_on_learning_after_an_interruption(tmp_path: Path) -> None:
    """Reseeding it the same each time would draw the first values again."""
    for _ in range(12):
        trials = work(tmp_path, 40, most=4)
    tried = [outcome.values["lr"] for outcome in trials.outcomes()]
    assert len(set(tried)) == 40
    late = [objective(outcome.values) for outcome in trials.outcomes()[20:]]
    early = [objective(outcome.values) for outcome in trials.outcomes()[:8]]
    assert sorted(late)[10] < sorted(early)[4]


def test_another_seed_tries_other_values(tmp_path: Path) -> None:
    first, second = (
        claim(Trials(tmp_path / str(seed)), 1, seed=seed) for seed in (0, 1)
    )  # fmt: skip
    assert first is not None
    assert second is not None
    assert first.values["lr"] != second.values["lr"]


def test_a_trial_in_progress_is_left_alone_and_one_left_half_way_is_taken_up(
    tmp_path: Path,
) -> None:
    mine = claim(Trials(tmp_path), 2)
    others = claim(Trials(tmp_path), 2)
    assert mine is not None
    assert others is not None
    assert (mine.number, others.number, mine.is_new) == (0, 1, True)
    assert claim(Trials(tmp_path), 2) is None
    mine.claim.release()  # as when its process dies
    again = claim(Trials(tmp_path), 2)
    assert again is not None
    assert (again.number, again.values, again.is_new) == (0, mine.values, False)


def test_equal_values_are_never_worked_on_at_once(tmp_path: Path) -> None:
    one = distributions({"anchors": ["both"]})
    take = partial(Trials(tmp_path).claim_next, one, 3, RandomSampler, 0)
    first = take()
    assert first is not None
    assert take() is None  # trials 1 and 2 are there by now, with the same values
    Trials(tmp_path).complete(first, 0.5, {})
    later = []
    while trial := take():
        later.append(trial.number)
        Trials(tmp_path).complete(trial, 0.5, {})
    assert later == [1, 2]


def _work_or_die(folder: Path, ready: Barrier, die: bool) -> None:
    trials = Trials(folder)
    if die:
        assert claim(trials, 30)
    ready.wait()
    if die:
        os.kill(os.getpid(), signal.SIGKILL)
    while trial := claim(trials, 30):
        with (folder / f"done-{trial.number}").open("a") as file:
            file.write("x")
        trials.complete(trial, objective(trial.values), {})


def test_several_processes_of_which_some_die_do_each_trial_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(3)
    workers = [
        context.Process(target=_work_or_die, args=(tmp_path, ready, die))
        for die in (True, False, False)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(worker.exitcode or 0 for worker in workers) == [-signal.SIGKILL, 0, 0]
    outcomes = Trials(tmp_path).outcomes()
    assert [outcome.number for outcome in outcomes] == list(range(30))
    assert {outcome.state for outcome in outcomes} == {"complete"}
    done = {path.name: path.read_text() for path in tmp_path.glob("done-*")}
    assert done == {f"done-{number}": "x" for number in range(30)}


def test_failed_trials_count_and_say_why(tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    trial = claim(trials, 2)
    assert trial is not None
    trials.fail(trial, "out of memory", {"run": "command"})
    trials = work(tmp_path, 2)
    assert [(o.state, o.error, o.devel_acer is None) for o in trials.outcomes()] == [
        ("fail", "out of memory", True), ("complete", "", False),
    ]  # fmt: skip


def test_settings_are_those_of_the_beginning(tmp_path: Path) -> None:
    assert Trials(tmp_path).settle({"a": 1}) == {"a": 1}
    assert Trials(tmp_path).settle({"a": 2}) == {"a": 1}


def test_results_are_what_is_known_by_now(tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    trials.settle({"search.space.lr": {"low": 1, "high": 2, "log": True}})
    acers = [0.3, 0.1, None, 0.1]
    for number, acer in enumerate(acers):
        trial = claim(trials, number + 1)
        assert trial is not None
        if acer is None:
            trials.fail(trial, "no luck", {f"run-{number}": "again"})
        else:
            trials.complete(trial, acer, {f"run-{number}": f"train {number}", "b": "train b"})
        trials.write_results()
        rows = list(csv.DictReader((tmp_path / "trials.csv").open()))
        assert [row["number"] for row in rows] == [str(n) for n in range(number + 1)]
    assert [row["state"] for row in rows] == ["complete", "complete", "fail", "complete"]
    assert [row["devel_acer"] for row in rows] == ["0.3", "0.1", "", "0.1"]
    assert [row["run_folders"] for row in rows] == ["run-0 b", "run-1 b", "run-2", "run-3 b"]
    assert rows[2]["error"] == "no luck"
    tried = trials.outcomes()[1].values
    assert float(rows[1]["lr"]) == tried["lr"]
    best = yaml.safe_load((tmp_path / "best.yaml").read_text())
    assert (best["trial"], best["devel_acer"]) == (1, 0.1)
    assert best["commands"] == ["train 1", "train b"]
    assert f"lr={tried['lr']!r}" in best["overrides"]
    assert (tmp_path / "search.png").stat().st_size > 10_000


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        Trials(tmp_path / "file")
