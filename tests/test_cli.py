"""The console script seen from outside: what it prints, how it ends, what it imports."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from anomaly_fas import __version__
from anomaly_fas.cli import COMMANDS

SCRIPT = [str(Path(sysconfig.get_path("scripts")) / "anomaly-fas")]
MODULE = [sys.executable, "-m", "anomaly_fas"]
REPORT = """
import sys
sys.argv = ["anomaly-fas", *sys.argv[1:]]
from anomaly_fas.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
sys.stderr.write(" ".join(sorted(sys.modules)))
"""


def run(command: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def shown_and_imported(*arguments: str) -> tuple[str, set[str]]:
    done = run([sys.executable, "-c", REPORT], *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout, set(done.stderr.split())


def test_help_lists_every_command_and_no_argument_is_help() -> None:
    shown = run(SCRIPT, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    listed = [line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ")]
    assert listed == [
        "train", "search", "manifest", "prepare", "evaluate", "adapt", "shots", "predict", "runs",
        "table", "report", "compare", "ablation", "protocols", "simulate",
    ]  # fmt: skip
    for arguments in ([], ["-h"], ["help"]):
        other = run(SCRIPT, *arguments)
        assert (other.returncode, other.stdout, other.stderr) == (0, shown.stdout, "")


def test_the_version_is_the_packages() -> None:
    shown = run(SCRIPT, "--version")
    assert (shown.returncode, shown.stdout) == (0, f"anomaly-fas {__version__}\n")


def test_an_unknown_command_is_named_on_stderr_with_the_help() -> None:
    shown = run(SCRIPT, "trian", "seed=1")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("anomaly-fas: unknown command 'trian'\n")
    assert run(SCRIPT).stdout in shown.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["trian"]])
def test_the_module_is_the_console_script(arguments: list[str]) -> None:
    script, module = run(SCRIPT, *arguments), run(MODULE, *arguments)
    assert module.returncode == script.returncode
    assert (module.stdout, module.stderr) == (script.stdout, script.stderr)


def test_help_imports_nothing_heavy() -> None:
    _, loaded = shown_and_imported("--help")
    assert "anomaly_fas.cli" in loaded
    assert not loaded & {"torch", "torchvision", "lightning", "hydra", "pandas", "numpy"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commands_help_shows_its_config_without_importing_torch(command: str) -> None:
    shown, loaded = shown_and_imported(command, "--help")
    assert shown.startswith(f"{command} is powered by Hydra.")
    assert "output_dir: outputs" in shown
    assert f"anomaly_fas.commands.{command}" in loaded
    assert "torch" not in loaded
