"""The parts that the configs build fit each other: losses with heads and scorers, and so on."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.commands.app import config_dir
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.models.checkpoint import FACTS, build_detector, build_embedder, load
from anomaly_fas.output import LOGIT, MAP
from anomaly_fas.runs import composition
from anomaly_fas.runs.folder import plain
from anomaly_fas.scorers.scorer import Gallery
from tests.nonempty import nonempty
from tests.scorers.galleries import OF_REFERENCES

CONF = config_dir()


def options(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def from_random_weights() -> list[str]:
    models = [name for name in options("model") if name != "timm"]
    made = {name: OmegaConf.load(CONF / "model" / f"{name}.yaml") for name in models}
    return [
        name
        for name, own in made.items()
        if not (own.get("pretrained", True) or own.get("weights"))
    ]


def composed(*overrides: str) -> DictConfig:
    return composition.composed("train", list(overrides))


@pytest.mark.parametrize("option", options("loss"))
def test_a_loss_brings_a_head_and_scorers_that_it_can_be_trained_and_scored_with(
    option: str,
) -> None:
    torch.manual_seed(0)
    config = composed(f"loss={option}")
    assert config.method == option
    head = instantiate(config.head, features=16)
    is_attack = torch.arange(12) % 2 == 1
    features = torch.randn(12, 16, 3, 3) + 3 * is_attack[:, None, None, None]
    output = head(features if head.reads == "map" else features.mean((2, 3)))
    terms = instantiate(config.loss)(
        LossInput(output.embedding, output.logit, is_attack, torch.arange(12), output.map_logit)
    )
    terms["loss"].backward()
    assert terms["loss"].isfinite()
    assert all(
        part.grad is not None and part.grad.abs().sum() > 0 for part in nonempty(head.parameters())
    )
    for node in nonempty(config.scorer.values()):
        scorer = instantiate(node, dim=head.dim)
        embedding = output.embedding.detach()
        scorer.fit(Gallery(embedding[~is_attack], embedding[is_attack]))
        assert scorer(output._replace(embedding=embedding)).shape == (12,)


@pytest.mark.parametrize("is_attack", [False, True])
@pytest.mark.parametrize("option", options("loss"))
def test_a_batch_of_one_class_spoils_nothing(option: str, is_attack: bool) -> None:
    torch.manual_seed(0)
    config = composed(f"loss={option}")
    head = instantiate(config.head, features=16)
    features = torch.randn(6, 16, 3, 3)
    output = head(features if head.reads == "map" else features.mean((2, 3)))
    alone = torch.full((6,), is_attack)
    terms = instantiate(config.loss)(
        LossInput(output.embedding, output.logit, alone, torch.arange(6), output.map_logit)
    )
    terms["loss"].backward()
    assert terms["loss"].isfinite()
    gradients = [part.grad for part in head.parameters() if part.grad is not None]
    assert gradients
    assert all(gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize("option", options("loss"))
def test_what_a_loss_brings_is_scored_alike_when_read_back(option: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = plain(composed(f"loss={option}", "model=lcnet_050", "image_size=32"))
    detector = build_detector(config, ["eer"])
    detector.embedder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # as runs
    images = torch.randint(0, 256, (8, 3, 32, 32), dtype=torch.uint8)
    for layer in detector.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 1.0  # or all images would be nearly alike to the untrained network
    embedding = detector.train()(images).embedding.detach()  # which may set a centre
    for scorer in detector.scorers.values():
        scorer.fit(Gallery(embedding[:4], embedding[4:]))  # type: ignore[operator]
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    facts = {"config": config, "threshold_names": ["eer"]}
    torch.save({"state_dict": state, FACTS: facts}, tmp_path / "c.ckpt")
    scores = detector.eval().score(images)
    assert np.unique(scores).size == 8
    np.testing.assert_array_equal(load(tmp_path / "c.ckpt").score(images), scores)


@pytest.mark.parametrize("loss", options("loss"))
def test_a_list_on_the_command_line_takes_the_place_of_what_a_loss_brings(loss: str) -> None:
    chosen = [f"loss={loss}", f"scorer=[{','.join(OF_REFERENCES)}]"]
    config = composed(*chosen)
    assert list(config.scorer) == list(OF_REFERENCES)


def test_the_method_tells_the_losses_apart() -> None:
    methods = [composed(f"loss={option}").method for option in options("loss")]
    assert len(set(methods)) == len(methods)


def test_the_objective_and_the_posterior_share_their_scale() -> None:
    config = composed("loss=objective", "scale=3.5")
    assert instantiate(config.loss).main.scale == 3.5
    assert instantiate(config.scorer.few_shot, dim=4).scale == 3.5


@pytest.mark.parametrize("option", options("sampler"))
def test_a_sampler_makes_an_epoch_of_batches(option: str) -> None:
    config = composed(f"sampler={option}", "sampler.batch_size=8", "epoch_steps=3")
    rows = pd.DataFrame(
        {"label": ["bona_fide", "attack"] * 20, "dataset": "a", "pai": ["", "print"] * 20,
         "pai_fine": "", "subject": [str(number // 4) for number in range(40)]}
    )  # fmt: skip
    chosen, frames = np.arange(4, 40), np.full(40, 2)
    batches = list(
        instantiate(config.sampler)(rows=rows, chosen=chosen, frame_counts=frames, seed=0)
    )
    assert len(batches) == 3
    for batch in batches:
        assert len({key.row for key in batch}) == 8
        assert {key.row for key in batch} <= set(chosen.tolist())
        assert sum(rows["label"][key.row] == "attack" for key in batch) == 4


@pytest.mark.parametrize("option", options("optimizer"))
@pytest.mark.parametrize("schedule", options("scheduler"))
def test_optimizer_and_scheduler_take_the_rate_of_the_config(option: str, schedule: str) -> None:
    config = composed(f"optimizer={option}", f"scheduler={schedule}", "optimizer.lr=0.5")
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = instantiate(config.optimizer)([weight])
    scheduler = instantiate(config.scheduler)(optimizer, total_steps=50)
    rates = []
    for _ in range(50):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert max(rates) == pytest.approx(0.5)
    assert rates[0] < 0.5 > rates[-1]


@pytest.mark.parametrize(
    ("model", "head"),
    [
        *product(from_random_weights(), ["projection", "pixel_wise"]),
        *product(["resnet10t"], sorted({*options("head")} - {"projection", "pixel_wise"})),
    ],
)
def test_a_model_carries_a_head(model: str, head: str) -> None:
    config = composed(f"model={model}", f"head={head}")
    embedder = build_embedder(config.model, config.head).eval()
    with torch.inference_mode():
        output = embedder(torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8))
    assert output.embedding.shape == (2, embedder.dim)
    if head != "centred":
        torch.testing.assert_close(output.embedding.norm(dim=1), torch.ones(2))
    gives = instantiate(config.head, features=16).gives
    assert (output.logit is not None) == (gives >= LOGIT)
    assert (output.map_logit is not None) == (gives >= MAP)


def test_there_are_models_from_random_weights() -> None:
    assert {"lcnet_050", "regnetx_002", "resnet10t"} <= set(from_random_weights())


def test_the_cache_moves_with_the_outputs_and_nothing_else_is_written_elsewhere(
    tmp_path: Path,
) -> None:
    config = composed(f"paths.output_dir={tmp_path}")
    assert config.data.cache_dir == config.paths.cache_dir == f"{tmp_path}/cache"
    config.run_folder = f"{tmp_path}/run"
    assert config.logger.wandb.folder == config.logger.csv.folder == f"{tmp_path}/run"
