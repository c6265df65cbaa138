"""What `anomaly-fas adapt` writes, and what it refuses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from anomaly_fas.commands.adapt import adapt
from anomaly_fas.errors import AnomalyFasError, CheckpointError, ConfigError, DataError
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.checkpoint import FACTS, build_detector, load, read_checkpoint
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.composition import composed
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from pathlib import Path

CONFIG: dict[str, Any] = {
    "image_size": 32,
    "scale": 2.0,
    "run_facts": {"seed": 3},
    "model": {
        "_target_": "anomaly_fas.models.embedder.Embedder", "backbone": "resnet10t",
        "pretrained": False, "weights": None, "frozen_stages": 0,
    },
    "head": {"_target_": "anomaly_fas.models.head.ProjectionHead", "dim": 4},
    "scorer": {
        "few_shot": {"_target_": "anomaly_fas.scorers.few_shot.FewShot", "pairs": 5, "scale": 1.0},
        "live_centre": {"_target_": "anomaly_fas.scorers.live_centre.LiveCentre", "references": 9},
    },
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checkpoint, and folders of references: both classes, few of both, bona fide ones alone."""
    torch.manual_seed(0)
    detector = build_detector(CONFIG, THRESHOLDS)
    for name in detector.scorers:
        detector.set_thresholds(name, dict.fromkeys(THRESHOLDS, 0.25))
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    facts = {"config": CONFIG, "threshold_names": list(THRESHOLDS)}
    content = {"state_dict": state | {"loss.centre": torch.ones(3)}, "optimizer_states": [1]}
    torch.save(content | {FACTS: facts}, tmp_path / "c.ckpt")
    rng = np.random.default_rng(0)
    for name, bona_fide, attacks in (("both", 7, 6), ("few", 3, 9), ("alone", 8, 0)):
        for folder, count in (("bona_fide", bona_fide), ("attack/print", attacks)):
            (tmp_path / name / folder).mkdir(parents=True)
            for number in range(count):
                pixels = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / name / folder / f"{number}.png")
    return tmp_path


def run(place: Path, *overrides: str) -> Path:
    given = [f"checkpoint={place}/c.ckpt", f"output={place}/made.ckpt"]
    config = composed("adapt", [*given, *overrides])
    check_values(config, "adapt")
    adapt(config)
    return place / "made.ckpt"


def test_references_and_thresholds_are_new_and_all_else_stays(place: Path) -> None:
    made = run(place, f"references={place}/both")
    before, after = load(place / "c.ckpt"), load(made)
    for name, value in nonempty(before.embedder.state_dict().items()):
        assert torch.equal(value, after.embedder.state_dict()[name])
    assert not torch.equal(
        before.state_dict()["scorers.few_shot.attack"],
        after.state_dict()["scorers.few_shot.attack"],
    )
    assert after.thresholds.isfinite().all()
    assert (after.thresholds != 0.25).all()
    content = read_checkpoint(made)
    assert content.keys() == {"state_dict", FACTS}
    assert content["state_dict"]["loss.centre"].tolist() == [1, 1, 1]
    facts = content[FACTS]["config"]["run_facts"]
    assert facts["seed"] == 3
    (fact,) = facts["adapted"]
    assert (fact["bona_fide"], fact["attack"]) == (7, 6)
    assert fact["former_thresholds"]["few_shot"]["eer"] == 0.25


def test_the_references_are_the_embeddings_of_the_pictures(place: Path) -> None:
    after = load(run(place, f"references={place}/both"))
    pictures = [
        np.asarray(Image.open(path)) for path in sorted((place / "both" / "bona_fide").iterdir())
    ]
    assert (after.score(pictures, "live_centre") >= 0).all()
    crops = torch.stack([after._crop(picture) for picture in pictures])
    mean = after(crops).embedding.mean(dim=0)
    centre = after.state_dict()["scorers.live_centre.centre"]
    torch.testing.assert_close(centre, mean / mean.norm(), rtol=0, atol=1e-5)


def test_it_is_the_same_again_and_may_be_adapted_again(place: Path) -> None:
    made = run(place, f"references={place}/both")
    first = load(made).state_dict()
    made.rename(place / "first.ckpt")
    again = load(run(place, f"references={place}/both")).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in nonempty(first.items()))
    (place / "made.ckpt").unlink()
    twice = run(place, f"checkpoint={place}/first.ckpt", f"references={place}/few")
    assert len(read_checkpoint(twice)[FACTS]["config"]["run_facts"]["adapted"]) == 2


def test_few_references_leave_the_thresholds_and_say_so(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        after = load(run(place, f"references={place}/few"))
    assert "the thresholds are the checkpoint's own" in caplog.text
    assert (after.thresholds == 0.25).all()
    assert (after.state_dict()["scorers.few_shot.attack"] != 0).any()


def test_features_take_the_place_of_the_embedding_if_asked_for(place: Path) -> None:
    before, after = (
        load(place / "c.ckpt"), load(run(place, f"references={place}/both", "layer=features"))
    )  # fmt: skip
    images = torch.arange(2 * 3 * 32 * 32).reshape(2, 3, 32, 32).to(torch.uint8)
    with torch.no_grad():
        features = before.embedder.backbone((images - before.embedder.mean) / before.embedder.std)
        found = after(images)
    expected = features / features.norm(dim=1, keepdim=True)
    torch.testing.assert_close(found.embedding, expected)
    assert found.logit is None
    assert after.thresholds.isfinite().all()
    assert not {"embedder.head.projection.weight"} & set(after.state_dict())


def test_thresholds_of_the_embedding_do_not_hold_for_features(place: Path) -> None:
    with pytest.raises(DataError, match="the checkpoint has none for few_shot, live_centre"):
        run(place, f"references={place}/few", "layer=features")
    made = run(place, f"references={place}/both", "layer=features")
    again = [f"checkpoint={made}", f"output={place}/again.ckpt", "layer=features"]
    with pytest.raises(ConfigError, match=r"head=projection, and this has a .*FeaturesHead"):
        run(place, f"references={place}/both", *again)


def test_other_scorers_take_the_place_of_the_checkpoints(place: Path) -> None:
    after = load(run(place, f"references={place}/both", "scorer=[knn,few_shot]"))
    assert list(after.scorers) == ["knn", "few_shot"]
    assert after.scorers["few_shot"].scale == 2.0
    others = ["scorer=live_centre", f"output={place}/alone.ckpt"]
    run(place, f"references={place}/alone", *others)
    assert load(place / "alone.ckpt").threshold("live_centre", "eer") == 0.25


def test_thresholds_are_those_of_scores_on_another_scale_no_more(place: Path) -> None:
    others = [f"references={place}/few", "scorer=few_shot"]
    with pytest.raises(DataError, match="the checkpoint has none for few_shot"):
        run(place, *others, "scale=4")
    after = load(run(place, *others, "scale=1", "scorer.few_shot.pairs=3"))
    assert (after.thresholds == 0.25).all()


def test_test_samples_of_a_manifest_are_no_references(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = ["path,label,split"]
    for split, numbers in (("train", range(5)), ("test", (5,))):
        for number in numbers:
            lines.append(f"bona_fide/{number}.png,bona_fide,{split}")
            lines.append(f"attack/print/{number}.png,attack,{split}")
    (place / "m.csv").write_text("\n".join(lines))
    with caplog.at_level(logging.WARNING):
        made = run(place, f"manifest={place}/m.csv", f"root={place}/both")
    (fact,) = read_checkpoint(made)[FACTS]["config"]["run_facts"]["adapted"]
    assert (fact["bona_fide"], fact["attack"]) == (5, 5)
    assert "2 sample(s) of the test split are left out" in caplog.text


@pytest.mark.parametrize(
    ("overrides", "kind", "message"),
    [
        (["checkpoint={}/absent.ckpt", "references={}/both"], CheckpointError, "no checkpoint at"),
        (["references={}/nowhere"], DataError, "nowhere"),
        ([], ConfigError, "name a folder of references"),
        (["manifest={}/m.csv"], ConfigError, "manifest=… and root=… belong together"),
        (["manifest={}/m.csv", "root={}/both"], DataError, "no manifest at"),
        (["references={}/both", "output={}/c.ckpt"], ConfigError, "c.ckpt exists"),
        (["references={}/both", "limit=0"], ConfigError, "limit=0: a whole number of 1 or more"),
        (
            ["references={}/both", "layer=head"],
            ConfigError,
            "layer=head: choose one of embedding",
        ),
        (["references={}/both", "scale=2"], ConfigError, "is that of other scorers"),
        (["references={}/alone"], DataError, "no attack reference, which the scorers few_shot"),
        (
            ["references={}/both", "scorer=logit"],
            ConfigError,
            "scorer=logit needs a head that gives",
        ),
        (["references={}/alone", "scorer=knn"], DataError, "the checkpoint has none for knn"),
    ],
)
def test_bad_input_is_named_and_nothing_written(
    place: Path, overrides: list[str], kind: type[AnomalyFasError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        run(place, *(override.format(place) for override in overrides))
    assert not (place / "made.ckpt").exists()


def test_a_damaged_picture_is_named_and_nothing_written(place: Path) -> None:
    (place / "both" / "bona_fide" / "damaged.png").write_bytes(b"rubbish")
    with pytest.raises(DataError, match=r"1 reference\(s\) cannot be read:\n.*damaged\.png"):
        run(place, f"references={place}/both")
    assert not (place / "made.ckpt").exists()
