"""Each launcher, from the command line: every run is a process, and none stops another."""

import re
from pathlib import Path

import pytest

from anomaly_fas.commands.app import config_dir
from tests.integration.conftest import Cli
from tests.nonempty import nonempty

pytestmark = pytest.mark.slow

LAUNCHERS = sorted(
    {path.stem for path in (config_dir() / "hydra" / "launcher").glob("*.yaml")} - {"serial"}
)
"""All but the default, which other tests use."""

SETTINGS = {
    "local": ("hydra.launcher.jobs=2",),
    "submitit": ("hydra.launcher.cluster=local",),
}

FINE = """sample_id,split,label,score
a,devel,bona_fide,0.1
b,devel,attack,0.9
c,test,bona_fide,0.2
d,test,attack,0.8
e,test,attack,0.3
"""
"""Half of the attacks on test score below the threshold of devel."""


@pytest.mark.parametrize("name", LAUNCHERS)
def test_runs_are_processes_of_their_own_and_none_stops_another(
    name: str, cli: Cli, tmp_path: Path
) -> None:
    pytest.importorskip({"submitit": "submitit", "ray": "ray"}.get(name, "hydra"))
    (tmp_path / "scores.csv").write_text("sample_id\n")
    (tmp_path / "fine.csv").write_text(FINE)
    sweep = [
        "scores=missing.csv,scores.csv,fine.csv",
        f"hydra/launcher={name}",
        *SETTINGS.get(name, ()),
    ]
    done = cli("evaluate", "-m", *sweep, cwd=tmp_path, exit_code=2)
    assert "3 runs: 1 finished, 2 failed" in done.stderr
    assert "Traceback" not in done.stderr
    (listed,) = tmp_path.glob("outputs/multirun/*/failures.txt")
    text = listed.read_text()
    assert text in done.stderr
    again = re.findall(r"again: anomaly-fas evaluate (scores=\S+) .*hydra.mode=RUN", text)
    assert again == ["scores=missing.csv", "scores=scores.csv"]
    for path in nonempty(re.findall(r"log: +(.*)", text)):
        log = (tmp_path / path).read_text()
        assert log.startswith("# ")
        assert "error: " in log
    said = [path.read_text() for path in tmp_path.glob("outputs/multirun/*/*.log")]
    assert sum("APCER 50.0" in log and "BPCER 0.0" in log for log in said) == 1
    assert (tmp_path / "fine-evaluation/report.html").exists()
