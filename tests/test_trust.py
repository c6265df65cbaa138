"""Configs from elsewhere build what conf/ builds, and run nothing else."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from anomaly_fas.commands.app import config_dir
from anomaly_fas.errors import CheckpointError
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.study import RunFacts, ScoreFile
from anomaly_fas.runs.sample_images import SampleImages
from anomaly_fas.trust import require_trusted
from tests.reporting.studies import scored


@pytest.mark.parametrize(
    "target", ["os.system", "anomaly_fas.files.os.system", "torch.load", "pathlib.Path.write_text"]
)
def test_what_no_file_builds_is_refused_wherever_it_stands(target: str) -> None:
    for config in ({"_target_": target}, {"data": {"list": [{"x": {"_target_": target}}]}}):
        with pytest.raises(CheckpointError, match=f"stranger.yaml asks for {target}"):
            require_trusted(config, "stranger.yaml")
        with pytest.raises(CheckpointError, match="asks for"):
            require_trusted(OmegaConf.create(config), "stranger.yaml")


@pytest.mark.parametrize(
    ("source", "run"), [(Path("a/checkpoints/best.ckpt"), "a"), ("mine.yaml", "RUN")]
)
@pytest.mark.parametrize("name", ["data.gone.Source", "data.source.Gone"])
def test_classes_of_an_earlier_version_are_named_with_what_to_do(
    source: object, run: str, name: str
) -> None:
    message = rf"asks for anomaly_fas\.{name}, .* earlier version.* scores={run}/scores\.parquet`"
    with pytest.raises(CheckpointError, match=message):
        require_trusted({"_target_": f"anomaly_fas.{name}"}, source)


def test_what_our_files_build_is_known() -> None:
    files = sorted(config_dir().rglob("*.yaml"))
    assert len(files) > 40
    for file in files:
        require_trusted(OmegaConf.load(file), file)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "my_heads").mkdir()
    (tmp_path / "my_heads" / "__init__.py").write_text("from my_heads.heads import MyHead\n")
    (tmp_path / "my_heads" / "heads.py").write_text(
        "from pathlib import Path\n\nclass MyHead: pass\n\ndef build(): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return "my_heads"


def test_classes_of_a_trusted_package_are_built(package: str) -> None:
    config = {"head": {"_target_": f"{package}.heads.MyHead"}}
    require_trusted(config, "mine.ckpt", [package])
    require_trusted(config, "mine.ckpt", [f"{package}.heads"])
    require_trusted(config, "mine.ckpt", package)
    require_trusted({"_target_": f"{package}.MyHead"}, "mine.ckpt", [package])
    with pytest.raises(CheckpointError, match=rf"trusted_packages=\[{package}\]"):
        require_trusted(config, "mine.ckpt")
    with pytest.raises(CheckpointError, match="asks for"):
        require_trusted(config, "mine.ckpt", ["my_head", "other"])


@pytest.mark.parametrize("name", ["build", "Path", "absent", "Path.unlink"])
def test_only_classes_that_the_package_defines_are_trusted(package: str, name: str) -> None:
    with pytest.raises(CheckpointError, match=rf"mine\.ckpt asks for .*{name}, .*PYTHONPATH"):
        require_trusted({"_target_": f"{package}.heads.{name}"}, "mine.ckpt", [package])


def test_a_config_beside_scores_runs_no_code(tmp_path: Path) -> None:
    mark = tmp_path / "written"
    touching = (
        f"{{_target_: pathlib.Path.touch, self: {{_target_: pathlib.Path, _args_: [{mark}]}}}}"
    )
    (tmp_path / "config.yaml").write_text(f"data: {touching}")
    table = ScoreTable(scored(0, 0.5, "mine"))
    file = ScoreFile(tmp_path / "scores.parquet", table, RunFacts.of_any(table, "mine"))
    assert SampleImages()(file, ["test0000"]) is None
    assert not mark.exists()
