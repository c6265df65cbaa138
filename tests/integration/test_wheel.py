"""The wheel, built and installed elsewhere, without the repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import QUICK

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", place, ROOT], check=True)
    (wheel,) = place.glob("anomaly_fas-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", place / "site", wheel], check=True)
    return place / "site"


def run(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(site), "WANDB_MODE": "disabled"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_holds_the_package_the_configs_and_the_licences(installed: Path) -> None:
    conf = {str(path.relative_to(ROOT / "conf")) for path in (ROOT / "conf").rglob("*.yaml")}
    shipped = installed / "anomaly_fas/conf"
    assert {str(path.relative_to(shipped)) for path in shipped.rglob("*.yaml")} == conf
    assert (installed / "hydra_plugins/anomaly_fas/study_sweeper.py").is_file()
    licences = installed.glob("anomaly_fas-*.dist-info/licenses/**/LICENSE")
    assert len(list(licences)) == 2
    assert not (installed / "tests").exists()


def test_quickstart_works_from_an_empty_folder(
    installed: Path, cache_dir: Path, tmp_path: Path
) -> None:
    where = run(installed, tmp_path, "-c", "import anomaly_fas; print(anomaly_fas.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(installed)
    program, cache = ["-m", "anomaly_fas"], f"paths.cache_dir={cache_dir}"
    done = run(installed, tmp_path, *program, "train", *QUICK, cache)
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.glob("outputs/quickstart/grandtest/objective-*/seed=0")
    assert (folder / "metrics.json").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"outputs"}
    listed = run(installed, tmp_path, *program, "table", "study=quickstart")
    assert "objective (few_shot)" in listed.stdout
