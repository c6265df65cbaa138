"""What the module promises of a step: its loss, its randomness, its decay and its checkpoint."""

from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
import torch
from lightning import Callback, Trainer
from lightning.pytorch.loggers.logger import DummyLogger
from lightning.pytorch.plugins import Precision
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader

from anomaly_fas.data.datamodule import PadDataModule, datamodule_of
from anomaly_fas.data.dataset import Frame
from anomaly_fas.errors import RunError
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.checkpoint import FACTS
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import LogitHead
from anomaly_fas.output import Output
from anomaly_fas.training.module import CIRCUMSTANCES, PadModule
from anomaly_fas.types import ANNOTATION_COLUMNS, Split
from tests.nonempty import nonempty
from tests.training.two_processes import two_processes, whole_batch

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

    bona_fide_needed = attacks_needed = 0

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
    known: dict[str, Any] = {"global_step": 7, "global_rank": 0, "world_size": 1}
    known["datamodule"] = datamodule()
    own.trainer = SimpleNamespace(**(known | facts))  # type: ignore[assignment]
    return own


def datamodule() -> Any:
    """A data module of four annotated samples."""
    rows = pd.DataFrame("", index=range(4), columns=list(ANNOTATION_COLUMNS))
    labels, species = ["bona_fide", "bona_fide", "attack", "attack"], ["", "", "mask", "print"]
    rows = rows.assign(sample_id=list("abcd"), label=labels, pai=species)
    return Mock(spec=PadDataModule, annotations=rows, scored_splits=[Split.DEVEL, Split.TEST])


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
    for name, value in nonempty(own.named_parameters()):
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
    fitting = SimpleNamespace(fn="fit")
    made = place(module(), state=fitting, precision="32-true")
    made.on_load_checkpoint({"global_step": 42})
    datamodule_of(made.trainer).resume_at.assert_called_once_with(42)  # type: ignore[attr-defined]


class Given(nn.Module):
    """A network whose logit is the first pixel."""

    head = LogitHead(4)

    def forward(self, images: Tensor) -> Output:
        logit = images[:, 0, 0, 0].float()
        return Output(logit[:, None], logit)


def scored(own: PadModule, logits: list[int], *, is_test: bool = False) -> dict[str, float]:
    """A pass over four samples of one frame, two samples a batch; what is logged."""
    logged: dict[str, float] = {}
    own.log = lambda name, value, **_: logged.update({name: value})  # type: ignore[method-assign,misc,assignment]
    own.log_dict = logged.update  # type: ignore[method-assign,assignment]
    start, step, end = (
        (own.on_test_epoch_start, own.test_step, own.on_test_epoch_end)
        if is_test
        else (own.on_validation_epoch_start, own.validation_step, own.on_validation_epoch_end)
    )
    start()
    for split in range(1 + is_test):
        for rows in (torch.tensor([0, 1]), torch.tensor([2, 3])):
            images = torch.tensor(logits, dtype=torch.uint8)[rows].view(2, 1, 1, 1)
            frames = Frame(images.expand(2, 3, 8, 8), rows, torch.zeros(2).long(), rows > 1)
            step(frames, 0, *([split] if is_test else []))
    end()
    return logged


def scoring(**scorers: float) -> PadModule:
    own = place(module(config={"run_facts": {"seed": 3}}))
    named = {name: Scaled(factor) for name, factor in scorers.items()}
    own.detector = Detector(Given(), named, THRESHOLDS, 8)  # type: ignore[arg-type]
    return own


def test_thresholds_and_figures_of_every_scorer_by_hand() -> None:
    own = scoring(few_shot=1.0, live_centre=-1.0)
    logged = scored(own, [1, 3, 2, 4])
    # Of few_shot 1 < 3 are bona fide and 2 < 4 attacks: at 2.5 it rejects one of the former and
    # misses one of the latter, the mask.
    assert own.detector.threshold("few_shot", "eer") == 2.5
    assert own.detector.threshold("few_shot", "bpcer_10") == pytest.approx(3.0)
    figures = {name: logged[f"devel/few_shot/{name}"] for name in ("apcer", "bpcer", "acer")}
    assert figures == {"apcer": 1.0, "bpcer": 0.5, "acer": 0.75}
    assert logged["devel/few_shot/apcer/mask"] == 1.0
    assert logged["devel/few_shot/apcer/print"] == 0.0
    logged = scored(own, [0, 1, 2, 3])
    assert own.detector.threshold("few_shot", "eer") == 1.5
    assert own.detector.threshold("live_centre", "eer") == -1.5
    assert logged["devel/few_shot/acer"] == 0.0
    assert logged["devel/live_centre/acer"] == 1.0


def test_the_best_checkpoint_is_chosen_by_the_headline_scorer() -> None:
    logged = scored(scoring(few_shot=1.0, live_centre=-1.0), [1, 3, 2, 4])
    assert logged["devel_acer"] == logged["devel/few_shot/acer"] == 0.75


def test_each_devel_pass_starts_afresh() -> None:
    own = scoring(few_shot=1.0, live_centre=2.0)
    scored(own, [5, 6, 0, 1])
    logged = scored(own, [0, 1, 2, 3])
    assert own.devel_rows["score"].tolist() == [0.0, 1.0, 2.0, 3.0, 0.0, 2.0, 4.0, 6.0]
    assert own.devel_rows["n_frames"].eq(1).all()
    assert set(own.devel_rows["split"]) == {"devel"}
    assert own.detector.threshold("few_shot", "eer") == 1.5
    assert own.detector.threshold("live_centre", "eer") == 3.0
    assert logged["devel_acer"] == 0.0


def test_scorers_are_fitted_before_a_devel_pass_to_the_first_references() -> None:
    own = scoring(few_shot=1.0)
    scorer: Any = own.detector.scorers["few_shot"]
    scorer.bona_fide_needed, scorer.attacks_needed, scorer.fit = 3, 2, Mock()
    own.trainer.precision_plugin = Precision()  # type: ignore[misc]
    images = torch.tensor([7, 9], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 3, 8, 8)
    reference = Frame(images, torch.tensor([1, 2]), torch.zeros(2).long(), torch.tensor([0, 1]))
    loader: Any = datamodule_of(own.trainer).reference_dataloader
    loader.return_value = [reference]
    scored(own, [0, 1, 2, 3])
    loader.assert_called_once_with(3, 2)
    (gallery,) = scorer.fit.call_args.args
    assert (gallery.bona_fide.tolist(), gallery.attack.tolist()) == ([[7.0]], [[9.0]])


def test_results_hold_all_splits_the_thresholds_and_the_facts_of_the_run() -> None:
    own = scoring(few_shot=1.0)
    scored(own, [0, 1, 2, 3])
    logged = scored(own, [0, 2, 1, 3], is_test=True)
    rows = own.results.rows.groupby("split", sort=False)["score"].apply(list)
    assert rows.to_dict() == {"devel": [0.0, 2.0, 1.0, 3.0], "test": [0.0, 2.0, 1.0, 3.0]}
    assert own.results.facts["seed"] == 3
    assert own.results.facts["thresholds"]["few_shot"]["eer"] == 1.5
    assert logged["step"] == 7
    assert logged["test/few_shot/acer"] == own.summary["few_shot"]["test"]["eer"]["acer"] == 0.75


def test_two_processes_take_the_step_of_one_with_the_whole_batch() -> None:
    expected = whole_batch()
    for found in nonempty(two_processes(gather=True)):
        for name, value in nonempty(expected.items()):
            np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-6, err_msg=name)


def test_without_gather_each_process_sees_its_own_batch_alone() -> None:
    first, second = two_processes(gather=False)
    name = "projection.weight"
    np.testing.assert_array_equal(first[name], second[name])
    assert np.abs(first[name] - whole_batch()[name]).max() > 1e-3
