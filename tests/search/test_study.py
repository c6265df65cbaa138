"""Which trial comes next: as many as wanted, none twice, the same however often interrupted."""

import multiprocessing
import os
import signal
import subprocess
import sys
from datetime import datetime
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from optuna.samplers import RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from anomaly_fas.errors import RunError
from anomaly_fas.search.space import Values, distributions
from anomaly_fas.search.study import SearchStudy

SPACE = distributions(
    {
        "lr": {"low": 1e-4, "high": 0.1, "log": True},
        "anchors": ["bona_fide", "both"],
        "layers": {"low": 1, "high": 4},
    }
)
TPE = partial(TPESampler, n_startup_trials=4)

HOLD = """
import sys, pathlib
from optuna.samplers import RandomSampler
from anomaly_fas.search.space import distributions
from anomaly_fas.search.study import SearchStudy
study = SearchStudy(pathlib.Path(sys.argv[1]))
print(study.claim_next(distributions({"a": [1]}), 1, RandomSampler, 0).number, flush=True)
sys.stdin.read()
"""


def objective(values: Values) -> float:
    lr = values["lr"]
    assert isinstance(lr, float)
    return abs(lr - 0.01) + 0.05 * (values["anchors"] == "both")


def claim(study: SearchStudy, total: int, seed: int = 0) -> FrozenTrial | None:
    return study.claim_next(SPACE, total, TPE, seed)


def work(folder: Path, total: int, most: int = 99) -> SearchStudy:
    study = SearchStudy(folder)
    for _ in range(most):
        if (trial := claim(study, total)) is None:
            break
        study.tell(trial.number, {}, objective(trial.params))
    return study


def values(study: SearchStudy) -> list[Values]:
    return [trial.params for trial in study.trials]


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
        study = work(tmp_path, 40, most=4)
    tried = values(study)
    assert len({each["lr"] for each in tried}) == 40
    late = [objective(each) for each in tried[20:]]
    early = [objective(each) for each in tried[:8]]
    assert sorted(late)[10] < sorted(early)[4]


def test_another_seed_tries_other_values(tmp_path: Path) -> None:
    first, second = (claim(SearchStudy(tmp_path / str(seed)), 1, seed=seed) for seed in (0, 1))
    assert first is not None
    assert second is not None
    assert first.params["lr"] != second.params["lr"]


def test_a_trial_in_progress_is_left_alone_and_one_left_half_way_is_taken_up(
    tmp_path: Path,
) -> None:
    mine, others = SearchStudy(tmp_path), SearchStudy(tmp_path)
    first, second = claim(mine, 2), claim(others, 2)
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (0, 1)
    assert claim(SearchStudy(tmp_path), 2) is None
    mine.release()  # as when its process dies
    again = claim(SearchStudy(tmp_path), 2)
    assert again is not None
    assert (again.number, again.params) == (0, first.params)


def test_a_killed_process_has_no_claims(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    take = partial(SearchStudy(tmp_path).claim_next, distributions({"a": [1]}), 1, RandomSampler, 0)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"0\n"
        assert take() is None
        process.kill()
    assert take() is not None


def test_a_training_process_does_not_inherit_the_claim(tmp_path: Path) -> None:
    study = SearchStudy(tmp_path)
    assert claim(study, 1) is not None
    with subprocess.Popen(["sleep", "60"]) as training:
        study.release()
        assert claim(SearchStudy(tmp_path), 1) is not None
        training.kill()


def _work_or_die(folder: Path, ready: Barrier, die: bool) -> None:
    study = SearchStudy(folder)
    if die:
        assert claim(study, 30)
    ready.wait()
    if die:
        os.kill(os.getpid(), signal.SIGKILL)
    while trial := claim(study, 30):
        with (folder / f"done-{trial.number}").open("a") as file:
            file.write("x")
        study.tell(trial.number, {}, objective(trial.params))


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
    trials = SearchStudy(tmp_path).trials
    assert [trial.number for trial in trials] == list(range(30))
    assert {trial.state for trial in trials} == {TrialState.COMPLETE}
    done = {path.name: path.read_text() for path in tmp_path.glob("done-*")}
    assert done == {f"done-{number}": "x" for number in range(30)}


def test_failed_trials_count_and_say_why(tmp_path: Path) -> None:
    study = SearchStudy(tmp_path)
    assert claim(study, 2) is not None
    study.tell(0, {"run": "command"}, None, "out of memory")
    first, second = work(tmp_path, 2).trials
    assert (first.state, first.value) == (TrialState.FAIL, None)
    assert first.user_attrs == {"runs": {"run": "command"}, "error": "out of memory"}
    assert (second.state, second.user_attrs["error"]) == (TrialState.COMPLETE, "")
    assert second.value == objective(second.params)


def test_the_last_errors_are_those_since_a_time(tmp_path: Path) -> None:
    study = work(tmp_path, 1)
    since = datetime.now()
    for error in ("a", "", "b"):
        trial = claim(study, 9)
        assert trial is not None
        study.tell(trial.number, {}, None if error else 0.5, error)
    assert study.last_errors(since, 2) == ["", "b"]
    assert study.last_errors(since, 9) == ["a", "", "b"]
    assert study.last_errors(datetime.now(), 9) == []


def test_settings_are_those_of_the_beginning(tmp_path: Path) -> None:
    assert SearchStudy(tmp_path).settle({"a": 1}) == {"a": 1}
    assert SearchStudy(tmp_path).settle({"a": 2}) == {"a": 1}


@pytest.mark.parametrize("torn", [b'{"op_code":4,"wor', b"\xff" * 10_000, b""])
def test_a_torn_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    work(tmp_path, 1)
    with (tmp_path / "journal.log").open("ab") as file:
        file.write(torn)
    first = work(tmp_path, 2)
    assert values(SearchStudy(tmp_path)) == values(first)
    assert len(values(first)) == 2


def test_a_file_without_a_whole_line_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "journal.log").write_bytes(b"x" * 9000)
    SearchStudy(tmp_path)
    assert SearchStudy(tmp_path).trials == []


def test_the_lock_may_be_taken_twice_by_its_holder(tmp_path: Path) -> None:
    study = SearchStudy(tmp_path)
    with study.lock, study.lock:
        pass
    taken = False
    with SearchStudy(tmp_path).lock:  # hangs if one of them was not given back
        taken = True
    assert taken


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        SearchStudy(tmp_path / "file")
