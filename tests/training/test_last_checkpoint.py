"""When last.ckpt is saved in a real fit, and what a run that goes on from it does again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader

from anomaly_fas.interruption import ENDING
from anomaly_fas.training.last_checkpoint import LastCheckpoint

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

EPOCH = 10


class Counting(LightningModule):
    """Notes the steps that it takes and the steps at which devel passes are made."""

    def __init__(
        self,
        stop_in_devel_at: int | None = None,
        signal_at: int | None = None,
        number: signal.Signals = signal.SIGINT,
        where: str = "optimizer_step",
    ) -> None:
        super().__init__()
        self.signal_at, self.number, self.where = signal_at, number, where
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.stop_in_devel_at = stop_in_devel_at
        self.steps: list[int] = []
        self.devel: list[int] = []

    def training_step(self, batch: torch.Tensor, batch_idx: int) -> torch.Tensor:
        self.steps.append(self.global_step)
        self.stop("training_step")
        return ((self.weight - batch) ** 2).mean()

    def validation_step(self, batch: torch.Tensor, batch_idx: int) -> None:
        if self.global_step == self.stop_in_devel_at:
            raise InterruptedError
        self.stop("validation_step")
        self.devel.append(self.global_step)
        self.log("error", float(self.global_step))  # ever worse

    def stop(self, where: str) -> None:
        if where == self.where and self.global_step == self.signal_at:
            self.signal_at = None
            os.kill(os.getpid(), self.number)

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        super().optimizer_step(*args, **kwargs)
        self.stop("optimizer_step")  # the schedule's step is yet to come

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.stop("on_save_checkpoint")

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)
        schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def trainer(folder: Path, every: int, **changes: Any) -> tuple[Trainer, list[int]]:
    """A trainer, and the steps at which it saves."""
    settings: dict[str, Any] = {"num_sanity_val_steps": 0, "max_epochs": 2} | changes
    made = Trainer(
        accelerator="cpu",
        callbacks=[LastCheckpoint(str(folder), every)],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **settings,
    )
    saved: list[int] = []
    save = made.save_checkpoint

    def noted(path: Path) -> None:
        assert path == folder / "last.ckpt"
        save(path)
        saved.append(torch.load(path, weights_only=True)["global_step"])

    made.save_checkpoint = noted  # type: ignore[method-assign,assignment]
    return made, saved


def loaders() -> tuple[DataLoader[Any], DataLoader[Any]]:
    return DataLoader(torch.ones(EPOCH, 1)), DataLoader(torch.ones(1, 1))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """As the command sets them; whatever happens they are left like that."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in ENDING}
    yield
    after = {number: signal.signal(number, handler) for number, handler in before.items()}
    assert set(after.values()) == {signal.default_int_handler}


@pytest.mark.parametrize(
    ("every", "expected"),
    [(4, [4, 8, 9, 10, 12, 16, 19, 20]), (5, [5, 9, 10, 15, 19, 20]), (100, [9, 10, 19, 20])],
)
def test_it_saves_every_so_many_steps_and_once_after_each_devel_pass(
    tmp_path: Path, every: int, expected: list[int]
) -> None:
    made, saved = trainer(tmp_path, every)
    made.fit(Counting(), *loaders())
    assert saved == expected


def test_devel_passes_outside_training_save_nothing(tmp_path: Path) -> None:
    made, saved = trainer(tmp_path, 100, num_sanity_val_steps=1, max_epochs=1)
    module = Counting()
    made.fit(module, *loaders())
    made.validate(module, loaders()[1], verbose=False)
    assert module.devel == [0, 10, 10]
    assert saved == [9, 10]


def test_a_run_stopped_in_a_devel_pass_makes_it_up(tmp_path: Path) -> None:
    made, saved = trainer(tmp_path, 3)
    with pytest.raises(InterruptedError):
        made.fit(Counting(stop_in_devel_at=10), *loaders())
    assert saved == [3, 6, 9]
    resumed, undisturbed = Counting(), Counting()
    trainer(tmp_path, 3)[0].fit(resumed, *loaders(), ckpt_path=str(tmp_path / "last.ckpt"))
    trainer(tmp_path / "other", 3)[0].fit(undisturbed, *loaders())
    assert resumed.steps == list(range(9, 20))
    assert resumed.devel == undisturbed.devel == [10, 20]
    assert torch.equal(resumed.weight, undisturbed.weight)


@pytest.mark.parametrize(
    ("signal_at", "where", "saved_last"),
    [
        (0, "training_step", 1),
        (3, "training_step", 4),
        (3, "optimizer_step", 4),
        (8, "training_step", 9),
        (4, "on_save_checkpoint", 5),
        (9, "training_step", 9),  # repeated, so that the devel pass after it is not left out
        (10, "validation_step", 9),
        (10, "on_save_checkpoint", 10),
        (10, "training_step", 11),
        (19, "on_save_checkpoint", 19),
        (20, "on_save_checkpoint", 20),
    ],
)
@pytest.mark.parametrize("number", ENDING)
def test_a_signal_stops_at_the_end_of_the_step_and_saves_it(
    tmp_path: Path, signal_at: int, where: str, saved_last: int, number: signal.Signals
) -> None:
    stopped, resumed, undisturbed = Counting(None, signal_at, number, where), Counting(), Counting()
    with pytest.raises(SystemExit):  # Lightning's way out after Ctrl-C
        trainer(tmp_path, 4)[0].fit(stopped, *loaders())
    last = torch.load(tmp_path / "last.ckpt", weights_only=True)
    assert last["global_step"] == saved_last
    assert last["lr_schedulers"][0]["last_epoch"] == saved_last
    trainer(tmp_path, 4)[0].fit(resumed, *loaders(), ckpt_path=str(tmp_path / "last.ckpt"))
    trainer(tmp_path / "other", 4)[0].fit(undisturbed, *loaders())
    assert resumed.steps == list(range(saved_last, 20))
    assert (stopped.devel if saved_last >= 10 else []) + resumed.devel == [10, 20]
    assert torch.equal(resumed.weight, undisturbed.weight)
    ends = [torch.load(path / "last.ckpt") for path in (tmp_path, tmp_path / "other")]
    assert ends[0]["loops"] == ends[1]["loops"]
    assert ends[0]["lr_schedulers"] == ends[1]["lr_schedulers"]


def test_a_signal_before_the_first_step_saves_nothing(tmp_path: Path) -> None:
    class Early(Counting):
        def on_train_epoch_start(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    module = Early()
    with pytest.raises(SystemExit):
        trainer(tmp_path, 4)[0].fit(module, *loaders())
    assert module.steps == []
    assert not (tmp_path / "last.ckpt").exists()


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda number, frame: None])
def test_signals_that_are_ignored_or_handled_by_others_stop_nothing(
    tmp_path: Path, handler: Any
) -> None:
    signal.signal(signal.SIGINT, handler)
    module = Counting(None, 3)
    trainer(tmp_path, 4)[0].fit(module, *loaders())
    assert module.steps == list(range(20))
    assert signal.signal(signal.SIGINT, signal.default_int_handler) is handler


def test_a_second_ctrl_c_ends_a_step_that_does_not_end(tmp_path: Path) -> None:
    hanging = """
import sys, time
import anomaly_fas
from tests.training.test_last_checkpoint import Counting, Path, loaders, trainer
class Hanging(Counting):
    def training_step(self, batch, batch_idx):
        print("hanging", flush=True)
        while True:
            time.sleep(1)
trainer(Path(sys.argv[1]), 4)[0].fit(Hanging(), *loaders())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", hanging, str(tmp_path)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    while "Ctrl-C ends at once" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT
    assert "Traceback" not in process.communicate()[1]


def test_a_run_folder_may_be_moved_before_the_run_goes_on(tmp_path: Path) -> None:
    def best(folder: Path) -> ModelCheckpoint:
        return ModelCheckpoint(
            folder, "best", "error", save_on_train_epoch_end=False, enable_version_counter=False
        )

    for folder, epochs in ((tmp_path / "here", 1), (tmp_path / "there", 2)):
        last = folder / "last.ckpt"
        made, _ = trainer(folder, 100, max_epochs=epochs)
        del made.save_checkpoint  # which notes what `LastCheckpoint` alone saves
        made.callbacks.insert(0, best(folder))  # type: ignore[attr-defined]
        made.fit(Counting(), *loaders(), ckpt_path=str(last) if last.exists() else None)
        kept = torch.load(folder / "best.ckpt", weights_only=True)
        assert kept["global_step"] == EPOCH
        if epochs == 1:
            folder.rename(tmp_path / "there")
    best_path = next(
        state["best_model_path"]
        for state in torch.load(tmp_path / "there/last.ckpt")["callbacks"].values()
    )
    assert best_path == str(tmp_path / "there/best.ckpt")
