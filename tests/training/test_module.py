"""What the module promises of a step: its loss, its randomness, its decay and its checkpoint."""

from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest
import torch
from lightning import Callback, Trainer
from lightning.pytorch.loggers.logger import DummyLogger
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader

from anomaly_fas.data.dataset import Frame
from anomaly_fas.errors import RunError
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.models.checkpoint import FACTS
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import LogitHead
from anomaly_fas.output import Output
from anomaly_fas.training.module import CIRCUMSTANCES, PadModule

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

LR, DECAY = 0.1, 0.5


class Network(nn.Module):
    """A convolution, a norm and a head, after a convolution that stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 3, 1).requires_grad_(False)
        self.convolution = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.head = LogitHead(4)

    def forward(self, images: Tensor) -> Output:
        features = self.norm(self.convolution(self.stem(images / 255)))
        output: Output = self.head(features.mean(dim=(2, 3)))
        return output


class Scaled(nn.Module):
    """Score = factor * logit."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, output: Output) -> Tensor:
        assert output.logit is not None
        return self.factor * output.logit


class Constant(nn.Module):
    """A loss of one value for any batch; its scale and its proxies learn too."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value
        self.scale = nn.Parameter(torch.ones(()))
        self.proxies = nn.Parameter(torch.ones(2, 4))

    def forward(self, batch: LossInput) -> LossTerms:
        assert batch.logit is not None
        used = self.scale * self.proxies.sum() + batch.logit.sum()
        loss = 0.0 * used + self.value
        return {"loss": loss, "half": loss / 2}


def falling(optimizer: Optimizer, total_steps: int) -> LambdaLR:
    """In equal steps to zero, which is reached at the end of the run."""
    return LambdaLR(optimizer, lambda step: 1 - step / total_steps)


def module(value: float = 1.0, **changes: Any) -> PadModule:
    torch.manual_seed(0)
    scorers = {"plain": Scaled(1.0), "turned": Scaled(-2.0)}
    settings: dict[str, Any] = {
        "optimizer": partial(torch.optim.AdamW, lr=LR),
        "scheduler": falling,
        "weight_decay": DECAY,
        "gather": False,
        "channels_last": False,
        "seed": 3,
        "config": {"lr": LR},
    } | changes
    return PadModule(
        Detector(Network(), scorers, ["eer", "bpcer_5"], 8),  # type: ignore[arg-type]
        Constant(value),
        **settings,
    )


def batch(rows: tuple[int, ...] = (3, 1)) -> Frame:
    images = torch.randint(0, 256, (len(rows), 3, 8, 8), generator=torch.Generator().manual_seed(1))
    numbers = torch.arange(len(rows))
    return Frame(images.to(torch.uint8), torch.tensor(rows), numbers, numbers % 2 == 1)


def place(own: PadModule, **facts: Any) -> PadModule:
    """Give a module what it reads of a trainer."""
    source = SimpleNamespace(annotations=pd.DataFrame({"sample_id": list("abcd")}))
    known: dict[str, Any] = {"global_step": 7, "global_rank": 0, "world_size": 1}
    known["datamodule"] = SimpleNamespace(source=source)
    own.trainer = SimpleNamespace(**(known | facts))  # type: ignore[assignment]
    return own


class Rates(Callback):
    """Notes the learning rate of every step."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def on_train_batch_start(self, trainer: Trainer, *_: Any) -> None:
        self.seen.append(trainer.optimizers[0].param_groups[0]["lr"])


def fit(own: PadModule, steps: int, **changes: Any) -> tuple[Trainer, list[float]]:
    """Some real steps, two an epoch, and their learning rates."""
    rates = Rates()
    settings: dict[str, Any] = {"logger": False} | changes
    trainer = Trainer(
        accelerator="cpu",
        max_steps=steps,
        callbacks=[rates],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **settings,
    )
    frames = [Frame(*parts) for parts in zip(*batch(), strict=True)]
    trainer.fit(own, DataLoader(frames, batch_size=1))  # type: ignore[arg-type]
    return trainer, rates.seen


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_not_finite_names_the_step_and_its_samples(value: float) -> None:
    with pytest.raises(RunError, match=r"not finite at step 7\..* The batch: d, b$"):
        place(module(value)).training_step(batch((3, 1)), 0)


def draws(own: PadModule, **facts: int) -> list[float]:
    torch.rand(5)
    place(own, **facts).on_train_batch_start(batch(), 0)
    drawn: list[float] = torch.rand(4).tolist()
    return drawn


def test_a_step_draws_the_same_in_every_run_of_its_seed() -> None:
    first = draws(module(), global_step=9)
    draws(module(), global_step=8)
    assert draws(module(), global_step=9) == first


def test_another_step_rank_or_seed_draws_differently() -> None:
    drawn = [
        draws(module(seed=seed), global_step=step, global_rank=rank)
        for seed in (3, 4)
        for step in (3, 4)
        for rank in (0, 1)
    ]
    assert len({tuple(one) for one in drawn}) == 8


def test_matrices_and_kernels_alone_decay() -> None:
    own = module()
    before = {name: value.clone() for name, value in own.named_parameters()}
    fit(own, steps=1)
    # There is no gradient: what the step changes, it changes by decay, to 1 - 0.1 * 0.5 of itself.
    decaying = {
        "detector.embedder.convolution.weight",
        "detector.embedder.head.classifier.weight",
        "loss.proxies",
    }
    for name, value in own.named_parameters():
        factor = 1 - LR * DECAY if name in decaying else 1.0
        torch.testing.assert_close(value, factor * before[name], msg=name)


def test_all_that_learns_is_optimised_once_and_nothing_else() -> None:
    own = module()
    trainer, _ = fit(own, steps=1)
    groups = trainer.optimizers[0].param_groups
    optimised = [id(parameter) for group in groups for parameter in group["params"]]
    learning = [id(value) for name, value in own.named_parameters() if "stem" not in name]
    assert sorted(optimised) == sorted(learning)


def test_the_schedule_moves_every_step_and_knows_how_many_there_are() -> None:
    _, rates = fit(module(), steps=4)
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])


def test_every_term_of_the_loss_is_logged_every_few_steps() -> None:
    logger = DummyLogger()
    logger.log_metrics = Mock()  # type: ignore[method-assign]
    fit(module(1.5), steps=7, logger=logger, log_every_n_steps=3)
    logged = [
        (call.kwargs["step"], {k: v for k, v in call.kwargs["metrics"].items() if k != "epoch"})
        for call in logger.log_metrics.call_args_list
    ]
    assert logged == [(step, {"train/loss": 1.5, "train/half": 0.75}) for step in (2, 5)]


def test_without_a_logger_nothing_is_logged() -> None:
    trainer, _ = fit(module(), steps=2, log_every_n_steps=0)
    assert trainer.callback_metrics == {}


def test_scores_are_the_detectors_own_one_column_a_scorer() -> None:
    own = module().eval()
    images = batch((3, 1, 0))
    with torch.no_grad():
        found = own.validation_step(images, 0)
        logit = own.detector(images.image).logit
        again = own.test_step(images, 0, 1)
    assert found["row"].tolist() == [3, 1, 0]
    assert found["number"].tolist() == [0, 1, 2]
    assert found["scores"].dtype == torch.float64
    expected = torch.stack([logit, -2.0 * logit], dim=1).double()
    torch.testing.assert_close(found["scores"], expected)
    assert torch.equal(again["scores"], found["scores"])


def test_a_checkpoint_carries_config_and_names_of_thresholds() -> None:
    checkpoint: dict[str, Any] = {}
    made = place(module(config={"lr": LR, "head": {"dim": 4}}), precision="32-true")
    made.on_save_checkpoint(checkpoint)
    assert checkpoint[CIRCUMSTANCES]["precision"] == "32-true"
    assert checkpoint[FACTS] == {
        "config": {"lr": LR, "head": {"dim": 4}},
        "threshold_names": ["eer", "bpcer_5"],
    }


def test_a_resumed_run_tells_the_sampler_where_it_stood() -> None:
    stood: list[int] = []
    datamodule = SimpleNamespace(resume_at=stood.append)
    fitting = SimpleNamespace(fn="fit")
    made = place(module(), datamodule=datamodule, state=fitting, precision="32-true")
    made.on_load_checkpoint({"global_step": 42})
    assert stood == [42]
