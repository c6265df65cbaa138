"""When last.ckpt is saved in a real fit, and what a run that goes on from it does again."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import LightningModule, Trainer
from torch.utils.data import DataLoader

from anomaly_fas.callbacks.last_checkpoint import LastCheckpoint

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

EPOCH = 10


class Counting(LightningModule):
    """Notes the steps that it takes and the steps at which devel passes are made."""

    def __init__(self, stop_in_devel_at: int | None = None) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.stop_in_devel_at = stop_in_devel_at
        self.steps: list[int] = []
        self.devel: list[int] = []

    def training_step(self, batch: torch.Tensor, batch_idx: int) -> torch.Tensor:
        self.steps.append(self.global_step)
        return ((self.weight - batch) ** 2).mean()

    def validation_step(self, batch: torch.Tensor, batch_idx: int) -> None:
        if self.global_step == self.stop_in_devel_at:
            raise InterruptedError
        self.devel.append(self.global_step)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


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
