"""How a command treats its command line, mistakes and Ctrl-C, with a task that costs nothing."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.commands.app import config_dir, run_app
from anomaly_fas.errors import ConfigError, DataError, RunError
from tests.sweeps.jobs import in_this_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MISTAKE, INTERRUPTED = 2, 130


class Outcome(NamedTuple):
    code: int | str | None
    error: str


class Run(Protocol):
    def __call__(
        self, task: Callable[[DictConfig], None], *arguments: str, config: str = "table"
    ) -> Outcome: ...


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    def run_it(
        task: Callable[[DictConfig], None], *arguments: str, config: str = "table"
    ) -> Outcome:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["anomaly-fas", config, *arguments])
        monkeypatch.setattr("anomaly_fas.sweeps.local.run_jobs", in_this_process(task))
        code: int | str | None = 0
        try:
            run_app(config, task, aliases={"study": "study_name"})
        except SystemExit as end:
            code = end.code
        return Outcome(code, capsys.readouterr().err)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run_it
    root.handlers[:] = handlers
    root.setLevel(level)


def value_of(run: Run, key: str, *arguments: str, config: str = "table") -> object:
    seen: list[object] = []
    outcome = run(lambda made: seen.append(OmegaConf.select(made, key)), *arguments, config=config)
    assert outcome == Outcome(0, "")
    (value,) = seen
    return value


def broken(node: str) -> None:
    raise DataError(f"row {node} is bad")


@pytest.mark.parametrize("kind", [ConfigError, DataError, RunError])
def test_a_mistake_is_one_message_and_exit_code_2(run: Run, kind: type[Exception]) -> None:
    def task(config: DictConfig) -> None:
        raise kind("the cat sat on it:\n  row 3")

    assert run(task) == Outcome(MISTAKE, "error: the cat sat on it:\n  row 3\n")


def test_a_mistake_inside_an_instantiated_class_keeps_its_own_words(run: Run) -> None:
    target = {"_target_": f"{__name__}.broken", "node": "7"}

    def task(config: DictConfig) -> None:
        instantiate({"_target_": "builtins.dict", "inner": {"deeper": target}})

    assert run(task) == Outcome(MISTAKE, "error: row 7 is bad\n")


def test_a_missing_mandatory_value_is_named(run: Run) -> None:
    outcome = run(lambda config: config.checkpoint, "input=x", config="predict")
    assert outcome.code == MISTAKE
    assert outcome.error.startswith("error: Missing mandatory value: checkpoint")
    assert "Traceback" not in outcome.error


@pytest.mark.parametrize(
    ("config", "argument", "named"),
    [("table", "studdy=x", "studdy"), ("train", "optimizer.learning_rate=1", "learning_rate"),
     ("train", "loss=triplet_vocal", "triplet_vocal"), ("train", "experiment=none", "none"),
     ("train", "lists", "lists"), ("train", "seed=[1", "[1")],
)  # fmt: skip
def test_a_command_line_that_makes_no_config_is_a_mistake_too(
    run: Run, config: str, argument: str, named: str
) -> None:
    called: list[DictConfig] = []
    outcome = run(called.append, argument, config=config)
    assert not called
    assert "Traceback" not in outcome.error
    assert named in outcome.error
    assert outcome.code == MISTAKE
    assert outcome.error.startswith("error: ")
    assert "HYDRA_FULL_ERROR" not in outcome.error


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("optimizer.lr=abc", "optimizer.lr=abc: a number is needed"),
        ("epochs=soon", "epochs=soon: a whole number of 1 or more is needed"),
        ("module.gather=perhaps", "module.gather=perhaps: true or false is needed"),
        ("trainer.gradient_clip_val=x", "trainer.gradient_clip_val=x: a number is needed"),
        ("loss.margin=true", "loss.margin=True: a number is needed"),
        ("data.extent.train=few", "data.extent.train=few: a whole number is needed"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_mistake(run: Run, argument: str, expected: str) -> None:
    outcome = run(lambda config: None, argument, "loss=triplet_margin", config="train")
    assert outcome == Outcome(MISTAKE, f"error: {expected}\n")


def test_a_number_of_another_kind_is_none(run: Run) -> None:
    arguments = ("optimizer.lr=1", "init_from=7", "data.extent.seed=3", "experiment=quickstart")
    assert run(lambda config: None, *arguments, config="train") == Outcome(0, "")


def test_a_fault_of_the_program_keeps_its_traceback(run: Run) -> None:
    def task(config: DictConfig) -> None:
        raise ZeroDivisionError("not the user's")

    with pytest.raises(ZeroDivisionError, match="not the user's"):
        run(task)


def test_ctrl_c_says_what_is_kept_and_exits_130(run: Run) -> None:
    def task(config: DictConfig) -> None:
        raise KeyboardInterrupt

    message = "interrupted: what was finished is kept, and the same command goes on from there"
    assert run(task) == Outcome(INTERRUPTED, f"\n{message}\n")


def test_ctrl_c_ends_a_sweep(run: Run) -> None:
    started: list[str] = []

    def task(config: DictConfig) -> None:
        started.append(config.study_name)
        raise KeyboardInterrupt

    assert run(task, "-m", "study=a,b,c").code == INTERRUPTED
    assert started == ["a"]


def test_a_failing_job_does_not_stop_the_others(run: Run) -> None:
    done: list[int] = []

    def task(config: DictConfig) -> None:
        if config.runtime.workers % 2:
            raise DataError(f"{config.runtime.workers} is odd")
        done.append(config.runtime.workers)

    outcome = run(task, "-m", "runtime.workers=1,2,3,4")
    assert done == [2, 4]
    assert outcome.code == MISTAKE
    assert re.findall(r"failed after \d+ s: .*: (.*)", outcome.error) == ["1 is odd", "3 is odd"]
    assert "\n\n4 runs: 2 finished, 2 failed\n" in outcome.error


def test_a_sweep_without_failures_succeeds(run: Run) -> None:
    done: list[tuple[str, int]] = []
    task = lambda config: done.append((config.study_name, config.runtime.workers))  # noqa: E731
    outcome = run(task, "-m", "study=a,b", "runtime.workers=1,2")
    assert outcome.code == 0
    assert outcome.error.endswith("\n\n4 runs: 4 finished\n")
    assert done == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


def test_values_may_hold_an_equals_sign(run: Run) -> None:
    path = "outputs/single/grandtest/objective-1a2b/seed=0"
    assert value_of(run, "run", f"run={path}", config="evaluate") == path
    assert value_of(run, "run", f"run='{path}'", config="evaluate") == path
    assert value_of(run, "study_name", "study_name=a=b=c") == "a=b=c"


def test_a_sweep_over_values_with_an_equals_sign_runs_each(run: Run) -> None:
    paths: list[str] = []
    task = lambda config: paths.append(config.run)  # noqa: E731
    assert run(task, "-m", "run=a/seed=0,a/seed=1", config="evaluate").code == 0
    assert paths == ["a/seed=0", "a/seed=1"]


def test_lists_and_mappings_are_left_to_hydra(run: Run) -> None:
    assert value_of(run, "study_name", "study_name=[a,b]") == ["a", "b"]
    assert value_of(run, "extra.a", "+extra={a:1,b:'x=y'}") == 1
    assert value_of(run, "extra.b", "+extra={a:1,b:'x=y'}") == "x=y"


def test_an_alias_stands_for_its_key_alone(run: Run) -> None:
    assert value_of(run, "study_name", "study=mine") == "mine"
    assert value_of(run, "study_name", "study=mine=1") == "mine=1"
    assert value_of(run, "paths.output_dir", "paths.output_dir=study") == "study"


@pytest.mark.parametrize("error", [None, DataError("x"), KeyboardInterrupt()])
def test_the_command_line_is_as_it_was_for_the_task_and_afterwards(
    run: Run, error: BaseException | None
) -> None:
    seen: list[list[str]] = []

    def task(config: DictConfig) -> None:
        seen.append(list(sys.argv))
        if error:
            raise error

    run(task, "study=a=b", "runtime.workers=3")
    assert seen == [["anomaly-fas", "table", "study=a=b", "runtime.workers=3"]]
    assert sys.argv == seen[0]


def test_the_command_line_is_restored_when_no_config_could_be_made(run: Run) -> None:
    run(lambda config: None, "studdy=x=y")
    assert sys.argv == ["anomaly-fas", "table", "studdy=x=y"]


def test_the_configs_are_found_from_anywhere(run: Run, tmp_path: Path) -> None:
    assert (config_dir() / "train.yaml").is_file()
    assert value_of(run, "paths.output_dir") == "outputs"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/data/josé/名前",
        "/data/SiW M",
        "/data/copy (1)",
        "/data/it's",
        "~/faces & more",
        "/data/x;y#1!",
        "outputs/grandtest/seed=0",
        "plain",
    ],
)
def test_a_path_may_have_any_letters(run: Run, path: str) -> None:
    assert value_of(run, "paths.output_dir", f"paths.output_dir={path}") == path


def test_what_hydra_reads_is_left_to_it(run: Run) -> None:
    assert value_of(run, "formats", "+formats=[a,b]") == ["a", "b"]
    assert value_of(run, "formats", "+formats={a:1}") == {"a": 1}
    assert run(lambda made: None, "+formats=[a").code == MISTAKE
