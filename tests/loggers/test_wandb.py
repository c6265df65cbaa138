"""What W&B gets of a run, read back from its files, and that nothing there stops a run."""

import json
import logging
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import wandb
from lightning.pytorch.utilities import rank_zero_only
from PIL import Image

from anomaly_fas.loggers.views import TakesPictures, TakesScores
from anomaly_fas.loggers.wandb import RunWandbLogger, run_id, wandb_closed_after
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import summarise
from anomaly_fas.types import SCORE_COLUMNS
from tests.callbacks.offline_run import OfflineRun, read_offline_run

FACTS = {
    "study": "ablation", "config_hash": "0123abcd", "seed": 1,
    "overrides": ["study=ablation", "loss=objective", "seed=1", "init_from=/home/me/best.ckpt"],
}  # fmt: skip
SECRET = "Jane-Doe"
KEY = "0" * 40


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    """Of W&B, a process that those started by later tests would otherwise share."""
    yield
    wandb.teardown()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WANDB_MODE", "WANDB_API_KEY", "WANDB_DATA_DIR", "NETRC", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def logger(folder: Path, **changes: Any) -> RunWandbLogger:
    settings: dict[str, Any] = {
        "folder": str(folder), "facts": FACTS, "run_name": "grandtest/objective-0123abcd/seed=1",
        "project": "faces", "offline": True,
    }  # fmt: skip
    return RunWandbLogger(**(settings | changes))


def runs(folder: Path) -> list[OfflineRun]:
    """What was logged and closed; another process of W&B writes it soon after."""
    paths = sorted(folder.glob("wandb/offline-run-*/*.wandb"))
    patience = time.monotonic() + 30
    while True:
        found = [read_offline_run(path) for path in paths]
        if all(run.exit_code is not None for run in found) or time.monotonic() > patience:
            return found
        time.sleep(0.05)


def score_table() -> ScoreTable:
    generator = np.random.default_rng(0)
    rows = pd.DataFrame("", index=range(40), columns=list(SCORE_COLUMNS))
    rows["sample_id"] = [f"{SECRET}/clip-{number}.mov" for number in range(40)]
    rows["subject"], rows["session"] = SECRET, f"{SECRET}-session"
    rows["dataset"], rows["scorer"], rows["n_frames"] = "mine", "logit", 3
    rows["split"] = np.repeat(["devel", "test"], 20)
    rows["label"] = np.tile(["bona_fide", "attack"], 20)
    rows.loc[rows["label"] == "attack", "pai"] = np.tile(["print", "mask"], 10)
    rows["score"] = generator.normal(rows["label"] == "attack")
    return ScoreTable(rows, {"thresholds": {"logit": {"eer": 0.5, "bpcer_1": 1.5}}})


def log_everything(logger: RunWandbLogger, folder: Path) -> None:
    """What a run of two epochs logs."""
    config = {
        "study_name": "ablation", "run_folder": str(folder), "logger": {"wandb": {"a": 1}},
        "data": {"root": f"/home/{SECRET}/faces", "subjects": [SECRET]},
        "optimizer": {"lr": 0.25}, "overrides": [f"init_from=/home/{SECRET}/best.ckpt"],
    }  # fmt: skip
    logger.log_hyperparams(config)
    logger.log_metrics({"train/loss": 0.5, "epoch": 0}, step=5)
    logger.log_metrics({"devel_acer": 0.5, "devel/logit/apcer/print": 0.25, "epoch": 0}, step=5)
    logger.log_metrics({"devel_acer": 0.375, "devel/logit/apcer/print": 0.125}, step=11)
    Image.new("RGB", (40, 30), "red").save(folder / "det.png")
    logger.log_picture("figures/test_det", folder / "det.png", step=12)
    table = score_table()
    logger.log_scores(table, summarise(table), step=12)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("logged")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WANDB_MODE", raising=False)
        patch.setenv("WANDB_ERROR_REPORTING", "false")
        patch.setenv("HOME", str(folder / "home"))
        patch.setattr(sys, "argv", [f"/home/{SECRET}/bin/anomaly-fas", f"paths.root=/{SECRET}"])
        own = logger(folder)
        log_everything(own, folder)
        own.close(failed=False)
        yield folder


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_run_is_found_by_study_and_by_what_differs(logged: Path) -> None:
    (run,) = runs(logged)
    assert (run.project, run.group) == ("faces", "ablation")
    assert run.name == "loss=objective seed=1 init_from=best.ckpt"
    assert run.id == run_id(FACTS) == logger(logged).version
    assert run.exit_code == 0


def test_a_run_without_overrides_is_named_after_its_folder(tmp_path: Path) -> None:
    own = logger(tmp_path, facts=FACTS | {"overrides": ["study=ablation"]})
    assert own._init["name"] == "grandtest/objective-0123abcd/seed=1"
    assert not (tmp_path / "wandb").exists(), "nothing was logged yet"


def test_the_config_is_there_without_places_and_subjects(logged: Path) -> None:
    (run,) = runs(logged)
    run.config.pop("_wandb")
    assert run.config == {
        "study_name": "ablation", "data": {"root": "faces"}, "optimizer": {"lr": 0.25},
        "overrides": ["init_from=best.ckpt"],
    }  # fmt: skip


def test_figures_of_every_step_are_there(logged: Path) -> None:
    (run,) = runs(logged)
    assert list(run.history) == [5, 11, 12]
    first = run.history[5]
    assert (first["train/loss"], first["devel_acer"], first["epoch"]) == (0.5, 0.5, 0)
    species = [run.history[step]["devel/logit/apcer/print"] for step in (5, 11)]
    assert species == [0.25, 0.125]


def test_pictures_are_those_of_the_run_folder(logged: Path) -> None:
    (run,) = runs(logged)
    (image,) = logged.glob("wandb/offline-run-*/files/media/images/**/*.png")
    assert image.read_bytes() == (logged / "det.png").read_bytes()
    assert run.history[12]["figures/test_det/path"] in run.files
    assert image.as_posix().endswith(run.history[12]["figures/test_det/path"])


def test_the_score_table_names_nobody_and_lacks_no_score(logged: Path) -> None:
    (run,) = runs(logged)
    (path,) = logged.glob("wandb/offline-run-*/files/media/table/*.json")
    assert run.history[12]["scores/path"] in run.files
    table = json.loads(path.read_text())
    assert table["columns"] == ["split", "label", "pai", "pai_fine", "dataset", "scorer", "score"]
    got = pd.DataFrame(table["data"], columns=table["columns"])
    wanted = score_table().rows[table["columns"]]
    order = list(table["columns"])
    pd.testing.assert_frame_equal(
        got.sort_values(order, ignore_index=True), wanted.sort_values(order, ignore_index=True),
        check_dtype=False,
    )  # fmt: skip


def test_the_summary_has_final_figures_and_thresholds(logged: Path) -> None:
    (run,) = runs(logged)
    figures = summarise(score_table())["logit"]
    assert run.summary["threshold/logit/bpcer_1"] == 1.5
    for split in ("devel", "test"):
        for name in ("acer", "apcer/mask", "auc"):
            assert run.summary[f"final/logit/{split}/{name}"] == figures[split]["eer"][name]


def test_no_subject_and_no_place_is_in_any_byte(logged: Path) -> None:
    everything = bytes_below(logged / "wandb") + bytes_below(logged / "home")
    assert b"ablation" in everything
    assert SECRET.encode() not in everything


def test_subjects_are_logged_where_the_user_says_so(tmp_path: Path) -> None:
    own = logger(tmp_path, log_faces_and_subjects=True)
    table = score_table()
    own.log_scores(table, summarise(table), step=12)
    own.close(failed=True)
    (path,) = tmp_path.glob("wandb/offline-run-*/files/media/table/*.json")
    logged = json.loads(path.read_text())
    assert set(logged["columns"]) == set(SCORE_COLUMNS)
    assert sum(row.count(SECRET) for row in logged["data"]) == 40
    assert runs(tmp_path)[0].exit_code == 1


def test_jobs_of_one_process_do_not_mix_and_a_resumed_one_goes_on(tmp_path: Path) -> None:
    for seed, steps in ((1, (5, 11)), (2, (5,)), (1, (17,))):
        own = logger(tmp_path / str(seed), facts=FACTS | {"seed": seed})
        (tmp_path / str(seed)).mkdir(exist_ok=True)
        with wandb_closed_after([own]):
            for step in steps:
                own.log_metrics({"seed": seed, "step": step}, step=step)
        assert wandb.run is None
        assert "WANDB_DATA_DIR" not in os.environ
    first, resumed = runs(tmp_path / "1")
    (second,) = runs(tmp_path / "2")
    assert first.id == resumed.id != second.id
    assert [list(run.history) for run in (first, second, resumed)] == [[5, 11], [5], [17]]
    assert {row["seed"] for row in second.history.values()} == {2}


@pytest.mark.parametrize("change", [{"study": "b"}, {"config_hash": "b"}, {"seed": 2}])
def test_the_id_tells_runs_apart_and_nothing_else(change: dict[str, Any]) -> None:
    assert run_id(FACTS) == run_id(FACTS | {"overrides": [], "version": "2"})
    assert run_id(FACTS | change) != run_id(FACTS)


def test_a_disabled_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    own = logger(tmp_path)
    own.log_metrics({"a": 1.0}, step=1)
    own.close(failed=False)
    assert not own.failed
    assert not list(tmp_path.rglob("*.wandb"))


def test_an_empty_mode_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb.teardown()  # W&B reads the environment once
    monkeypatch.setenv("WANDB_MODE", "")
    own = logger(tmp_path)
    own.log_metrics({"a": 1.0}, step=1)
    own.close(failed=False)
    assert not own.failed
    assert len(runs(tmp_path)) == 1


def test_the_other_processes_of_a_run_log_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank_zero_only, "rank", 1)
    own = logger(tmp_path)
    own.log_metrics({"a": 1.0}, step=1)
    own.close(failed=False)
    assert not list(tmp_path.iterdir())


class FullDisk:
    """A W&B run that takes a first row and then no more."""

    def __init__(self) -> None:
        self.rows = 0
        self.is_finished = False

    def log(self, row: dict[str, float], step: int) -> None:
        if self.rows:
            raise OSError(28, "No space left on device")
        self.rows += 1

    def finish(self, exit_code: int) -> None:
        self.is_finished = True


def log_and_close(own: RunWandbLogger, folder: Path) -> None:
    for step in range(3):
        own.log_metrics({"a": 1.0}, step=step)
    log_everything(own, folder)
    own.close(failed=False)


def test_a_failure_in_the_middle_is_said_once_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wandb, "init", lambda **_: FullDisk())
    log_and_close(logger(tmp_path), tmp_path)
    (message,) = caplog.messages
    assert message.startswith("W&B gets no more of this run (OSError: [Errno 28] No space left")
    assert message.endswith(str(tmp_path))


@pytest.mark.parametrize("offline", [True, False])
def test_without_the_package_a_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, offline: bool
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    monkeypatch.setitem(sys.modules, "wandb", None)
    log_and_close(logger(tmp_path, offline=offline), tmp_path)
    assert len(caplog.messages) == 1
    assert "ModuleNotFoundError" in caplog.messages[0]


def test_without_a_server_a_run_is_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    begin, modes = wandb.init, []

    def init(**settings: Any) -> Any:
        modes.append(settings["mode"])
        if settings["mode"] == "online":
            raise wandb.errors.CommError("no route to host\nand so on")
        return begin(**settings)

    monkeypatch.setattr(wandb, "init", init)
    with caplog.at_level(logging.WARNING):
        log_and_close(logger(tmp_path, offline=False), tmp_path)
    assert modes == ["online", "offline"]
    assert caplog.messages == ["W&B is offline for this run: CommError: no route to host"]
    assert runs(tmp_path)[0].exit_code == 0


def test_nobody_is_asked_for_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    modes = []

    def init(**settings: Any) -> FullDisk:
        modes.append(settings["mode"])
        return FullDisk()

    monkeypatch.setattr(wandb, "init", init)
    logger(tmp_path, offline=False).log_metrics({"a": 1.0}, step=1)
    assert modes == ["offline"]
    assert caplog.messages == [
        "W&B is offline for this run, for nobody is logged in: `wandb login`"
    ]


def test_another_process_gets_the_logger_without_its_run_and_closes_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wandb, "init", lambda **_: FullDisk())
    own = logger(tmp_path)
    own.log_metrics({"a": 1.0}, step=1)
    there = pickle.loads(pickle.dumps(own))
    assert (there._run, there.version) == (None, own.version)
    begun = own._run
    own.finalize("success")
    assert not begun.is_finished, "the test pass follows in this process"
    monkeypatch.setattr(multiprocessing, "parent_process", object)
    own.finalize("success")
    assert begun.is_finished


def test_it_takes_pictures_and_scores(tmp_path: Path) -> None:
    own = logger(tmp_path)
    assert isinstance(own, TakesPictures)
    assert isinstance(own, TakesScores)
