"""What names a run's folder, what does not, and who may use it."""

import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import anomaly_fas
from anomaly_fas.errors import RunError
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import RunFolder, git_commit, plain, run_folder


def config(*overrides: str) -> dict[str, Any]:
    return plain(composed("train", list(overrides)))


def digest(*overrides: str) -> str:
    return run_folder(config(*overrides), "grandtest")[1]


@pytest.fixture(scope="module")
def default() -> str:
    return digest()


def manifest(path: Path, text: str = "path,label\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return f"data.manifest={path}"


def test_the_folder_is_study_protocol_method_and_seed(tmp_path: Path) -> None:
    made = config(f"paths.output_dir={tmp_path}", "study_name=mine", "loss=triplet_focal", "seed=7")
    folder, found = run_folder(made, "lodo_siw")
    assert folder.path == tmp_path / "mine" / "lodo_siw" / f"triplet_focal-{found}" / "seed=7"
    assert len(found) == 8
    assert int(found, 16) >= 0


def test_lists_stand_in_the_name_only_where_they_are_not_the_default() -> None:
    names = [
        run_folder(config(f"lists={lists}"), "grandtest")[0].path.parts[-3]
        for lists in ("leak_free", "official")
    ]
    assert names == ["grandtest", "grandtest-official"]


@pytest.mark.parametrize(
    "change",
    ["paths.output_dir=/a", "paths.cache_dir=/b", "runtime.workers=7", "runtime.cache_workers=7",
     "logger=csv", "logger=[]", "runtime=ddp", "runtime.strategy=ddp", "runtime.num_nodes=2",
     "+callbacks.mine={_target_:builtins.dict}", "+logger.mine={_target_:builtins.dict}",
     "seed=3", "study_name=other", "runtime.accelerator=cpu", "runtime.devices=4",
     "callbacks.figures.every_epochs=1", "checkpoint.every_steps=7",
     "logger=tensorboard", "logger.wandb.log_faces_and_subjects=true", "~callbacks.epoch_lines",
     "~callbacks.scores_to_loggers",
     "~callbacks.progress", "~callbacks", "+callbacks.mine._target_=my.Own"],
)  # fmt: skip
def test_places_machine_and_looks_do_not_change_the_hash(default: str, change: str) -> None:
    assert digest(change) == default


@pytest.mark.parametrize(
    "change",
    ["optimizer.lr=0.002", "epochs=31", "epoch_steps=100", "optimizer.weight_decay=0", "scale=2",
     "image_size=112", "model=resnet18", "model.frozen_stages=1", "head.dim=64",
     "sampler.batch_size=32", "transform=none", "loss.weight=0", "loss=metric_softmax",
     "scorer=live_centre", "data.extent.seed=1", "protocol=grandtest_type_i", "lists=official",
     "trainer.precision=32-true", "module.gather=false", "scheduler.warmup=0",
     "trainer.gradient_clip_val=0", "checkpoint.monitor=devel_eer"],
)  # fmt: skip
def test_what_is_computed_changes_the_hash(default: str, change: str) -> None:
    assert digest(change) != default


def test_a_manifest_counts_by_its_content_and_not_by_its_place(tmp_path: Path) -> None:
    def found(manifest: str, root: str) -> str:
        return digest("data=manifest", manifest, f"paths.root={root}")

    first = found(manifest(tmp_path / "a" / "m.csv"), "here")
    assert found(manifest(tmp_path / "b" / "other.csv"), "there") == first
    assert found(manifest(tmp_path / "a" / "m.csv", "path,label\nx,attack\n"), "here") != first


def test_joined_sources_count_as_they_would_alone(tmp_path: Path) -> None:
    def found(folder: str, *changes: str, text: str = "path,label\n") -> str:
        path = manifest(tmp_path / folder / "m.csv", text).removeprefix("data.")
        real = [f"data.sources.real.{path}", f"paths.root={folder}"]
        return digest("data=joined", *real, *changes)

    first = found("a")
    assert found("b", "runtime.cache_workers=7", "paths.cache_dir=/c") == first
    assert found("a", "data.sources.real.split_seed=1") != first
    assert found("a", text="path,label\nx,attack\n") != first


def test_a_source_below_simulated_attacks_counts_as_it_would_alone(tmp_path: Path) -> None:
    def found(folder: str, *changes: str, text: str = "path,label\n") -> str:
        path = manifest(tmp_path / folder / "m.csv", text).removeprefix("data.")
        source = "data.source.sources.real"
        data = ["data=simulated_attacks", "data@data.source=joined"]
        return digest(*data, f"{source}.{path}", f"paths.root={folder}", *changes)

    first = found("a")
    assert found("b", "paths.cache_dir=/c") == first
    assert found("a", "data.source.sources.real.split_seed=1") != first
    assert found("a", "data.share=0.25") != first
    assert found("a", text="path,label\nx,attack\n") != first


@pytest.mark.parametrize("key", ["model.weights", "init_from"])
def test_weights_count_by_their_content_and_not_by_their_place(
    default: str, tmp_path: Path, key: str
) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (digest(f"{key}={tmp_path / name}") for name in "abc")
    assert a == b
    assert len({a, c, default}) == 3


def test_claim_saves_the_config_and_knows_it_again(tmp_path: Path) -> None:
    folder, made = RunFolder(tmp_path / "run"), config("seed=4")
    folder.claim(made)
    saved = (folder.path / "config.yaml").read_bytes()
    folder.claim(
        made | {"seed": 5, "paths": {"output_dir": "elsewhere"}, "run_name": "x", "runtime": {}}
    )
    assert (folder.path / "config.yaml").read_bytes() == saved
    assert [path.name for path in folder.path.iterdir()] == ["config.yaml"]


def test_claim_refuses_another_config_and_shows_each_difference(tmp_path: Path) -> None:
    made = config("optimizer.lr=0.25", "head.dim=16", "scale=2.0")
    folder = RunFolder(tmp_path / "run")
    folder.claim(made)
    other = deepcopy(made)
    other["scale"] = 4.0
    other["optimizer"]["lr"] = 0.5
    del other["head"]["dim"]
    with pytest.raises(RunError) as error:
        folder.claim(other)
    first, *differences = str(error.value).splitlines()
    assert str(folder.path) in first
    assert "study_name=" in first
    assert [line.strip() for line in differences] == [
        "head.dim: 16 there, None here",
        "optimizer.lr: 0.25 there, 0.5 here",
        "scale: 2.0 there, 4.0 here",
    ]


def test_claim_knows_a_run_again_whose_manifest_was_moved(tmp_path: Path) -> None:
    def made(path: Path, *overrides: str) -> dict[str, Any]:
        return config("data=manifest", f"data.manifest={path}", "paths.root=.", *overrides)

    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    manifest(first)
    folder = RunFolder(tmp_path / "run")
    folder.claim(made(first))
    first.rename(second)
    folder.claim(made(second))
    with pytest.raises(RunError) as error:
        folder.claim(made(second, "scale=3"))
    assert "scale: 1.0 there, 3 here" in str(error.value)
    assert "data.manifest" not in str(error.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"cannot write .*file.run.config\.yaml.*output_dir"):
        RunFolder(tmp_path / "file" / "run").claim(config())


def test_a_run_is_finished_once_its_figures_are_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert (folder.is_finished, folder.last) == (False, None)
    folder.checkpoints.mkdir()
    (folder.checkpoints / "last.ckpt").touch()
    folder.best.touch()
    assert not folder.is_finished
    assert folder.last == tmp_path / "checkpoints" / "last.ckpt"
    (tmp_path / "metrics.json").touch()
    assert folder.is_finished


def test_the_commit_is_that_of_the_checkout_and_marked_where_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> str:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(tmp_path), *author, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    source = tmp_path / "anomaly_fas" / "__init__.py"
    source.parent.mkdir()
    source.touch()
    monkeypatch.setattr(anomaly_fas, "__file__", str(source))
    assert git_commit() == ""
    git("init")
    assert git_commit() == ""
    git("add", ".")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")
    (tmp_path / "notes.txt").touch()
    assert git_commit() == commit
    source.write_text("changed")
    assert git_commit() == commit + "+"
    installed = tmp_path / "venv" / "site-packages" / "anomaly_fas"
    installed.mkdir(parents=True)
    monkeypatch.setattr(anomaly_fas, "__file__", str(installed / "__init__.py"))
    assert git_commit() == ""
