"""Sweeps as Hydra runs them, with a task that costs nothing in place of each run's process."""

from __future__ import annotations

import logging
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
from omegaconf import OmegaConf

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import BusyError, DataError
from anomaly_fas.runs.folder import distinguishing
from anomaly_fas.runs.outcome import REPORT, State, of_process
from anomaly_fas.runs.outcome import Outcome as RunOutcome
from anomaly_fas.runs.saved_config import arguments
from tests.sweeps.jobs import in_this_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from omegaconf import DictConfig

CRASHED, MISTAKE, INTERRUPTED = 1, 2, 130


class Outcome(NamedTuple):
    code: int | str | None
    error: str


class Run(Protocol):
    def __call__(
        self,
        task: Callable[[DictConfig], None],
        *arguments: str,
        is_finished: Callable[[DictConfig], bool] | None = None,
        place: Callable[[DictConfig], Path] | None = None,
    ) -> Outcome: ...


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    def run_it(
        task: Callable[[DictConfig], None],
        *arguments: str,
        is_finished: Callable[[DictConfig], bool] | None = None,
        place: Callable[[DictConfig], Path] | None = None,
    ) -> Outcome:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["anomaly-fas", "train", *arguments])
        monkeypatch.setattr("anomaly_fas.sweeps.local.run_jobs", in_this_process(task))
        code: int | str | None = 0
        try:
            run_app("train", task, is_finished=is_finished, place=place)
        except SystemExit as end:
            code = end.code
        return Outcome(code, capsys.readouterr().err)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run_it
    root.handlers[:] = handlers
    root.setLevel(level)


def fails_by_seed(config: DictConfig) -> None:
    if config.seed == 1:
        raise DataError("row 3 is bad:\n  here")
    if config.seed == 2:
        raise ZeroDivisionError("by zero")
    if config.seed == 3:
        sys.exit("a library has had enough")


def test_no_failure_stops_the_others_and_all_are_listed(run: Run, tmp_path: Path) -> None:
    done: list[int] = []

    def task(config: DictConfig) -> None:
        fails_by_seed(config)
        done.append(config.seed)

    outcome = run(task, "-m", "seed=0,1,2,3,4", "study_name=mine")
    assert done == [0, 4]
    assert outcome.code == CRASHED
    assert "Traceback" not in outcome.error
    assert "\n5 runs: 2 finished, 3 failed\n" in outcome.error
    listed = (tmp_path / "outputs/multirun/mine/failures.txt").read_text()
    assert listed in outcome.error
    assert re.sub(r"\w{8}\.log", "LOG", listed) == "\n".join(
        f"{reason}\n  log:   outputs/multirun/mine/LOG\n"
        f"  again: anomaly-fas train seed={seed} study_name=mine hydra.mode=RUN\n"
        for seed, reason in (
            (1, "row 3 is bad:"),
            (2, "ZeroDivisionError: by zero"),
            (3, "SystemExit: a library has had enough"),
        )
    )
    assert len(re.findall(r"log: +(.*)", listed)) == 3


def test_mistakes_alone_are_exit_code_2(run: Run) -> None:
    assert run(fails_by_seed, "-m", "seed=0,1").code == MISTAKE


def test_a_sweep_without_failures_leaves_no_list(run: Run, tmp_path: Path) -> None:
    run(fails_by_seed, "-m", "seed=0,1")
    assert (tmp_path / "outputs/multirun/single/failures.txt").exists()
    outcome = run(fails_by_seed, "-m", "seed=0,4")
    assert outcome.code == 0
    assert outcome.error.endswith("\n\n2 runs: 2 finished\n")
    assert not (tmp_path / "outputs/multirun/single/failures.txt").exists()


def test_the_command_that_is_given_repeats_the_run(run: Run) -> None:
    seen: list[object] = []

    def task(config: DictConfig) -> None:
        config.overrides = []  # which run of a sweep it was, is told there alone
        seen.append(OmegaConf.to_container(config, resolve=True))
        raise DataError("x")

    odd = ["study_name=a b; c=$HOME", "+trainer.callbacks=[a, 'b,c']", "logger=csv"]
    outcome = run(task, "study=embedded", "loss=objective", "seed=7", *odd)
    swept = list(seen)
    assert len(swept) == 3
    for command in re.findall(r"again: anomaly-fas train (.*)", outcome.error):
        assert run(task, *shlex.split(command)) == Outcome(MISTAKE, "error: x\n")
    assert seen[3:] == swept


def test_finished_runs_are_not_begun(run: Run) -> None:
    begun: list[int] = []
    outcome = run(
        lambda config: begun.append(config.seed),
        "-m",
        "seed=0,1,2,3",
        is_finished=lambda config: config.seed % 2 == 1,
    )
    assert begun == [0, 2]
    assert outcome.code == 0
    assert outcome.error.endswith("\n\n4 runs: 2 finished, 2 were finished already\n")


def test_a_run_that_another_process_has_finished_meanwhile_is_not_begun(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    report = tmp_path / "outcome.json"
    monkeypatch.setenv(REPORT, str(report))
    outcome = run(lambda config: begun.append(config.seed), is_finished=lambda config: True)
    assert (outcome, begun) == (Outcome(0, ""), [])
    log = tmp_path / "a.log"
    assert of_process(0, report, log) == RunOutcome(State.ALREADY, log=log)


def test_of_runs_that_would_write_to_one_place_the_first_is_made(run: Run) -> None:
    begun: list[tuple[int, int]] = []
    outcome = run(
        lambda config: begun.append((config.seed, config.epochs)),
        "-m",
        "seed=0,1",
        "epochs=3,4",
        place=lambda config: Path(f"seed={config.seed}"),
    )
    assert begun == [(0, 3), (1, 3)]
    assert "2 runs: 2 finished" in outcome.error


def test_a_run_named_twice_is_made_once(run: Run) -> None:
    begun: list[int] = []
    outcome = run(lambda config: begun.append(config.seed), "-m", "seed=0,1,0")
    assert begun == [0, 1]
    assert "2 runs: 2 finished" in outcome.error


def test_a_value_of_the_wrong_kind_fails_its_run_alone(run: Run) -> None:
    begun: list[int] = []
    outcome = run(lambda config: begun.append(config.epochs), "-m", "epochs=1,soon,2")
    assert begun == [1, 2]
    assert outcome.code == MISTAKE
    assert "epochs=soon: a whole number of 1 or more is needed" in outcome.error


def test_a_config_that_cannot_be_made_is_said_before_anything_begins(run: Run) -> None:
    begun: list[int] = []
    outcome = run(lambda config: begun.append(1), "-m", "seed=0,1", "loss=objective,triplet_vocal")
    assert not begun
    assert outcome.code == MISTAKE
    assert outcome.error.startswith("error: ")
    assert "triplet_vocal" in outcome.error


def test_what_changes_in_the_configs_meanwhile_does_not_count(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "conf" / "experiment" / "mine.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# @package _global_\nepochs: 3\n")
    seen: list[tuple[int, int]] = []

    def task(config: DictConfig) -> None:
        seen.append((config.seed, config.epochs))
        mine.write_text("# @package _global_\nepochs: 4\n")

    assert run(task, "-m", f"--config-dir={mine.parent.parent}", "experiment=mine", "seed=0,1")
    assert seen == [(0, 3), (1, 3)]


@pytest.mark.parametrize("given", ["--config-dir={}", "hydra.searchpath=['file://{}']"])
def test_the_command_that_is_given_finds_configs_of_ones_own(
    run: Run, tmp_path: Path, given: str
) -> None:
    mine = tmp_path / "my conf" / "experiment" / "mine.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# @package _global_\nepochs: 3\n")
    seen: list[int] = []

    def task(config: DictConfig) -> None:
        seen.append(config.epochs)
        raise DataError("x")

    outcome = run(task, "-m", given.format(mine.parent.parent), "experiment=mine", "seed=0")
    (command,) = re.findall(r"again: anomaly-fas train (.*)", outcome.error)
    assert run(task, *shlex.split(command)) == Outcome(MISTAKE, "error: x\n")
    assert seen == [3, 3]


def test_interrupted_it_says_how_much_is_kept(run: Run) -> None:
    done: set[int] = set()

    def task(config: DictConfig) -> None:
        if config.seed == 2:
            raise KeyboardInterrupt
        done.add(config.seed)

    outcome = run(task, "-m", "seed=0,1,2,3", is_finished=lambda config: config.seed in done)
    assert outcome.code == INTERRUPTED
    assert "\n\n2 of 4 runs are finished\n\ninterrupted: " in outcome.error


def test_a_run_that_another_process_is_at_has_not_failed(run: Run, tmp_path: Path) -> None:
    def task(config: DictConfig) -> None:
        if config.seed == 1:
            raise BusyError("seed=1 is being trained by another process")

    outcome = run(task, "-m", "seed=0,1")
    assert "2 runs: 1 finished, 1 in progress elsewhere" in outcome.error
    assert outcome.code == 0
    assert not list(tmp_path.glob("outputs/multirun/*/failures.txt"))


def test_interrupted_it_lists_what_has_failed_so_far(run: Run, tmp_path: Path) -> None:
    def task(config: DictConfig) -> None:
        if config.seed == 3:
            raise KeyboardInterrupt
        if config.seed == 1:
            raise DataError("no such face")

    outcome = run(task, "-m", "seed=0,1,2,3")
    assert outcome.code == INTERRUPTED
    (listed,) = tmp_path.glob("outputs/multirun/*/failures.txt")
    text = listed.read_text()
    assert text in outcome.error
    assert text.startswith("no such face\n")
    assert re.findall(r"again: .*(seed=\d)", text) == ["seed=1"]

    def stopped_at_once(config: DictConfig) -> None:
        raise KeyboardInterrupt

    run(stopped_at_once, "-m", "seed=0,1,2,3")
    assert listed.read_text() == text


def test_without_our_sweeper_mistakes_are_exit_code_2_as_well(run: Run) -> None:
    assert run(fails_by_seed, "-m", "hydra/sweeper=basic", "seed=0,1").code == MISTAKE


def test_a_launcher_that_makes_no_processes_is_refused(run: Run) -> None:
    outcome = run(fails_by_seed, "-m", "hydra/launcher=basic", "seed=0,1")
    assert outcome.code == MISTAKE
    assert outcome.error.startswith("error: hydra/launcher=basic makes no processes")


def test_each_run_knows_what_it_was_told_and_has_a_command_line_of_its_own(
    run: Run, tmp_path: Path
) -> None:
    told: list[list[str]] = []
    task = lambda config: told.append(list(config.overrides))  # noqa: E731
    run(task, "-m", "study=embedded", "seed=1,2", "protocol=grandtest", "loss=objective")
    assert told == [
        ["protocol=grandtest", "loss=objective", "study=embedded", f"seed={seed}"]
        for seed in (1, 2)
    ]
    assert told[0] == distinguishing(told[0])
    names = {path.stem for path in tmp_path.glob("outputs/multirun/embedded/*.yaml")}
    assert len(names) == 2
    lines = [arguments(tmp_path / f"{name}.yaml") for name in names]
    assert not any("study=embedded" in line or "-m" in line for line in lines)
    assert lines[0] != lines[1]
