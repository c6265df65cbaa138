"""Runs in processes of their own: side by side, each with its share, none able to stop another."""

import errno
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from anomaly_fas.runs.outcome import State
from anomaly_fas.sweeps.process import run_jobs
from anomaly_fas.sweeps.summary import SweepProgress
from tests.sweeps.jobs import job, reporting

ONE_AT_A_TIME = [{}]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_for(path: Path) -> None:
    patience = time.monotonic() + 30
    while not path.exists() or not path.read_text():
        assert time.monotonic() < patience, path
        time.sleep(0.01)


def test_no_job_stops_another(tmp_path: Path) -> None:
    codes = {
        "well": "print('fine')",
        "mistake": reporting("raise DataError('no such file\\n  of faces')"),
        "crash": reporting("1 / 0"),
        "killed": "import os; os.kill(os.getpid(), 9)",
        "elsewhere": "import sys; sys.exit(75)",
        "left": "import sys; print('half way'); sys.exit(7)",
        "also_well": "pass",
    }
    jobs = [job(tmp_path, name, code) for name, code in codes.items()]
    outcomes = run_jobs(jobs, ONE_AT_A_TIME * 2)
    assert [(outcome.state, outcome.reason) for outcome in outcomes] == [
        (State.FINISHED, ""),
        (State.MISTAKE, "no such file"),
        (State.CRASH, "ZeroDivisionError: division by zero"),
        (State.CRASH, "killed by SIGKILL: out of memory?"),
        (State.ELSEWHERE, ""),
        (State.CRASH, "exit code 7"),
        (State.FINISHED, ""),
    ]
    assert [outcome.log for outcome in outcomes] == [one.log for one in jobs]
    files = [json.loads(one.log.with_suffix(".outcome.json").read_text()) for one in jobs]
    assert [(file["state"], file["reason"]) for file in files] == [
        (outcome.state, outcome.reason) for outcome in outcomes
    ]
    assert [(file["exit_code"], file["signal"]) for file in files] == [
        (0, None), (1, None), (1, None), (None, "SIGKILL"), (75, None), (7, None), (0, None),
    ]  # fmt: skip
    assert "Traceback (most recent call last)" in jobs[2].log.read_text()
    assert jobs[0].log.read_text().splitlines()[1:] == ["fine"]


def test_a_job_that_cannot_be_started_stops_no_other(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    jobs = [job(tmp_path, name, "pass") for name in "abc"]
    jobs[1].log.mkdir(parents=True)
    first, second, third = run_jobs(jobs, ONE_AT_A_TIME, SweepProgress(jobs))
    assert first.state == third.state == State.FINISHED
    assert second.state == State.MISTAKE
    assert second.reason.startswith(f"no process with its output in {jobs[1].log}: ")
    assert "Is a directory" in second.reason
    assert "3/3" in capfd.readouterr().err


def test_the_error_counts_and_not_what_others_say_after_it(tmp_path: Path) -> None:
    code = "import atexit; atexit.register(print, 'bye'); raise RuntimeError('it broke\\nhere')"
    (outcome,) = run_jobs([job(tmp_path, "a", reporting(code))], ONE_AT_A_TIME)
    assert (outcome.state, outcome.reason) == (State.CRASH, "RuntimeError: it broke")


@pytest.mark.parametrize(
    ("number", "reason"),
    [(9, "killed by SIGKILL: ValueError: no"), (11, "killed by SIGSEGV: ValueError: no")],
)
def test_the_first_rank_that_fails_is_heard(tmp_path: Path, number: int, reason: str) -> None:
    """Lightning kills the first process of a run when another one has failed."""
    code = reporting(
        "report(of_error(ValueError('no'))); report(of_error(ValueError('lost'))); "
        f"import os; os.kill(os.getpid(), {number})"
    )
    (outcome,) = run_jobs([job(tmp_path, "a", code)], ONE_AT_A_TIME)
    assert (outcome.state, outcome.reason) == (State.CRASH, reason)


def test_an_outcome_of_an_earlier_attempt_does_not_count(tmp_path: Path) -> None:
    run_jobs([job(tmp_path, "a", reporting("raise ValueError('no')"))], ONE_AT_A_TIME)
    (outcome,) = run_jobs([job(tmp_path, "a", "import sys; sys.exit(7)")], ONE_AT_A_TIME)
    assert outcome.reason == "exit code 7"


def test_output_is_shown_as_well_as_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [job(tmp_path, name, f"print('this is {name}')") for name in "ab"]
    run_jobs(jobs, ONE_AT_A_TIME, show_output=True)
    assert capsys.readouterr().err == "this is a\nthis is b\n"
    assert jobs[1].log.read_text().splitlines()[1:] == ["this is b"]


def test_a_slot_is_one_jobs_at_a_time_and_all_are_used(tmp_path: Path) -> None:
    code = (
        "import os, time; "
        "print(os.environ['SLOT'], time.monotonic()); time.sleep(0.3); print(time.monotonic())"
    )
    jobs = [job(tmp_path, str(number), code) for number in range(5)]
    run_jobs(jobs, [{"SLOT": "a"}, {"SLOT": "b"}])
    spans: dict[str, list[tuple[float, float]]] = {}
    for one in jobs:
        header, begin, end = one.log.read_text().splitlines()
        slot, since = begin.split()
        assert header.startswith(f"# SLOT={slot} ")
        spans.setdefault(slot, []).append((float(since), float(end)))
    assert set(spans) == {"a", "b"}
    for of_slot in spans.values():
        ends = [end for _, end in sorted(of_slot)]
        begins = [begin for begin, _ in sorted(of_slot)]
        assert all(end <= begin for end, begin in zip(ends, begins[1:], strict=False))


def test_a_line_when_a_job_begins_and_when_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [job(tmp_path, "a", "pass"), job(tmp_path, "b", reporting("1 / 0"))]
    run_jobs(jobs, ONE_AT_A_TIME, SweepProgress(jobs))
    assert re.sub(r" \d+ s:", " 0 s:", capsys.readouterr().err).splitlines() == [
        f"1/2 started: name=a, log {jobs[0].log}",
        "1/2 finished in 0 s: name=a",
        f"2/2 started: name=b, log {jobs[1].log}",
        "2/2 failed after 0 s: name=b: ZeroDivisionError: division by zero",
    ]


def test_a_killed_job_leaves_no_rank_behind(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys, pathlib\n"
        "rank = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('rank').write_text(str(rank.pid)); os.kill(os.getpid(), 9)"
    )
    run_jobs([job(tmp_path, "a", code)], ONE_AT_A_TIME)
    patience = time.monotonic() + 5
    while is_alive(int((tmp_path / "rank").read_text())) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not is_alive(int((tmp_path / "rank").read_text()))


def test_the_log_of_a_run_that_another_sweep_is_at_stays_its_own(tmp_path: Path) -> None:
    began, go_on = tmp_path / "began", tmp_path / "go_on"
    code = (
        "import os, pathlib, sys, time\n"
        "began = pathlib.Path('began')\n"
        "if began.exists(): print('error: somebody is at it'); sys.exit(75)\n"
        "began.write_text('yes')\n"
        "print('mine', flush=True)\n"
        "while not pathlib.Path('go_on').exists(): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)"
    )
    same = job(tmp_path, "a", code)
    outcomes = []
    first = threading.Thread(target=lambda: outcomes.extend(run_jobs([same], ONE_AT_A_TIME)))
    first.start()
    wait_for(began)
    (second,) = run_jobs([same], ONE_AT_A_TIME)
    go_on.touch()
    first.join()
    assert second.state is State.ELSEWHERE
    assert outcomes[0].reason == "killed by SIGKILL: out of memory?"
    said = same.log.read_text()
    assert said.splitlines()[-1] == "mine"
    assert said.startswith("# ")
    assert list(same.log.parent.glob("*.log")) == [same.log]
    assert [path.name for path in same.log.parent.glob("*.json")] == ["a.outcome.json"]


def test_a_log_is_that_of_the_last_run_even_if_the_one_before_is_still_ending(
    tmp_path: Path,
) -> None:
    same = job(tmp_path, "a", "print('second')")
    same.log.parent.mkdir()
    with same.log.open("w") as before:
        fcntl.flock(before, fcntl.LOCK_EX)
        print("first", file=before, flush=True)
        (outcome,) = run_jobs([same], ONE_AT_A_TIME)
    assert outcome.log == same.log
    assert same.log.read_text().splitlines()[1:] == ["second"]
    assert {path.name for path in same.log.parent.iterdir()} == {"a.log", "a.outcome.json"}


def test_where_nothing_can_be_locked_the_log_is_used_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    same = job(tmp_path, "a", "print('fine')")
    (outcome,) = run_jobs([same], ONE_AT_A_TIME)
    assert outcome.state is State.FINISHED
    assert same.log.read_text().splitlines()[1:] == ["fine"]
    assert f"{same.log} cannot be locked (No locks available)" in caplog.text


@pytest.mark.usefixtures("ctrl_c_allowed")
def test_ctrl_c_lets_running_jobs_save_and_begins_no_other(tmp_path: Path) -> None:
    code = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "name = pathlib.Path(sys.argv[1])\n"
        "try:\n    name.write_text('on'); time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.2); name.write_text('saved'); sys.exit(130)"
    )
    jobs = [job(tmp_path, name, code.replace("sys.argv[1]", repr(name))) for name in "abc"]

    def press_ctrl_c() -> None:
        for name in "ab":
            wait_for(tmp_path / name)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press_ctrl_c)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        run_jobs(jobs, ONE_AT_A_TIME * 2)
    presser.join()
    assert [(tmp_path / name).read_text() for name in "ab"] == ["saved", "saved"]
    assert not (tmp_path / "c").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_a_job_ends_with_a_sweep_that_is_killed(tmp_path: Path) -> None:
    code = (
        "from anomaly_fas.interruption import end_with_parent\n"
        "import os, pathlib, time\n"
        "end_with_parent(); pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
    )
    sweep = (
        "from pathlib import Path\n"
        "from anomaly_fas.sweeps.job import SweepJob\n"
        "from anomaly_fas.sweeps.process import run_jobs\n"
        f"run_jobs([SweepJob(('-c', {code!r}), Path('.'), Path('log'), '')], [{{}}])"
    )
    process = subprocess.Popen([sys.executable, "-c", sweep], cwd=tmp_path)
    wait_for(tmp_path / "pid")
    pid = int((tmp_path / "pid").read_text())
    assert is_alive(pid)
    process.kill()
    process.wait()
    patience = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not is_alive(pid)
