"""Each launcher, from the command line: every run is a process, and none stops another."""

import re
from pathlib import Path

import pytest

from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow

LAUNCHERS = {
    "local": ("hydra.launcher.jobs=2",),
    "submitit": ("hydra.launcher.cluster=local",),
    "ray": (),
}


@pytest.mark.parametrize("name", LAUNCHERS)
def test_runs_are_processes_of_their_own_and_none_stops_another(
    name: str, cli: Cli, tmp_path: Path
) -> None:
    pytest.importorskip({"submitit": "submitit", "ray": "ray"}.get(name, "hydra"))
    (tmp_path / "scores.csv").write_text("sample_id\n")
    sweep = ["scores=missing.csv,scores.csv", f"hydra/launcher={name}", *LAUNCHERS[name]]
    done = cli("evaluate", "-m", *sweep, cwd=tmp_path, exit_code=2)
    assert "2 runs: 2 failed" in done.stderr
    assert "Traceback" not in done.stderr
    (listed,) = tmp_path.glob("outputs/multirun/*/failures.txt")
    text = listed.read_text()
    assert text in done.stderr
    again = re.findall(r"again: anomaly-fas evaluate (scores=\S+) .*hydra.mode=RUN", text)
    assert again == ["scores=missing.csv", "scores=scores.csv"]
    for path in re.findall(r"log: +(.*)", text):
        log = (tmp_path / path).read_text()
        assert log.startswith("# ")
        assert "error: " in log
