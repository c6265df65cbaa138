"""The journal: what was killed half-way through a line costs that line alone."""

import multiprocessing
from pathlib import Path

import optuna
import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.search.journal import open_journal


def study(path: Path) -> optuna.Study:
    storage, _ = open_journal(path)
    return optuna.create_study(study_name="a", storage=storage, load_if_exists=True)


@pytest.mark.parametrize("torn", [b'{"op_code":4,"wor', b"\xff" * 10_000, b""])
def test_a_torn_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "journal.log"
    study(path).add_trial(optuna.trial.create_trial(value=1.0))
    with path.open("ab") as file:
        file.write(torn)
    study(path).add_trial(optuna.trial.create_trial(value=2.0))
    assert [trial.value for trial in study(path).trials] == [1.0, 2.0]


def test_a_file_without_a_whole_line_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    path.write_bytes(b"x" * 9000)
    study(path)
    assert study(path).trials == []


def _add(path: Path) -> None:
    mine = study(path)
    for _ in range(10):
        mine.add_trial(optuna.trial.create_trial(value=1.0))


def test_processes_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add, args=(path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [trial.number for trial in study(path).trials] == list(range(30))


def test_the_lock_may_be_taken_twice_by_its_holder(tmp_path: Path) -> None:
    _, lock = open_journal(tmp_path / "journal.log")
    with lock, lock:
        pass
    taken = False
    with open_journal(tmp_path / "journal.log")[1]:  # hangs if one of them was not given back
        taken = True
    assert taken


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        open_journal(tmp_path / "file" / "journal.log")
