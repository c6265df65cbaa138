"""A network in a new domain: what is a reference is never tested, and shots bring what they can."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from anomaly_fas.adaptation.shot_curve import (
    Adaptations,
    DomainOutputs,
    Draw,
    draw_samples,
    embed,
    with_shots,
    without_shots,
)
from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import LogitHead, ProjectionHead
from anomaly_fas.output import Output
from anomaly_fas.scorers.few_shot import FewShot, posterior
from anomaly_fas.scorers.logit import Logit
from anomaly_fas.types import DataKind, Layer
from tests.nonempty import nonempty

SCORERS: dict[str, Any] = {
    "few_shot": {"_target_": "anomaly_fas.scorers.few_shot.FewShot", "pairs": 9, "scale": 2.0},
    "linear_probe": {
        "_target_": "anomaly_fas.scorers.linear_probe.LinearProbe",
        "references": 99,
        "strength": 1.0,
    },
}  # fmt: skip
ROWS = pd.DataFrame(
    [
        (f"{subject}-{label}-{number}", "d", str(subject), "", label, pai, "")
        for subject in range(6)
        for label, pai in (("bona_fide", ""), ("attack", "print"), ("attack", "mask"))
        for number in range(4)
    ],
    columns=["sample_id", "dataset", "subject", "session", "label", "pai", "pai_fine"],
)
DIM = 5
TUNED = "fine_tuning C=1000"


class Pictures:
    """Two frames a sample: dark of bona fide samples, light of attacks, the second lighter."""

    kind = DataKind.SIMULATED
    image_size = 8
    annotations = ROWS
    frame_counts = np.full(len(ROWS), 2)

    def frame(self, row: int, number: int) -> np.ndarray:
        level = 40 + row % 20 + 90 * (ROWS["label"][row] == "attack") + 20 * number
        return np.full((8, 8, 3), level, np.uint8)


class Network(nn.Module):
    """Features are the mean colour to some powers; a trained layer makes a logit of them."""

    dim = DIM

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.head = LogitHead(DIM)

    def forward(self, images: torch.Tensor) -> Output:
        level = images.float().mean(dim=(1, 2, 3)) / 255
        return self.head(torch.stack([level**power for power in range(DIM)], dim=1))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def detector() -> Detector:
    scorers = {"logit": Logit(DIM), "few_shot": FewShot(DIM, 4, 2.0)}
    made = Detector(Network(), scorers, THRESHOLDS, 8)  # type: ignore[arg-type]
    for name in scorers:
        made.set_thresholds(name, dict.fromkeys(THRESHOLDS, 0.25))
    return made.eval()


@pytest.fixture(scope="module")
def domain(detector: Detector) -> DomainOutputs:
    return embed(detector, Pictures(), np.arange(6, len(ROWS)))  # type: ignore[arg-type]


def adaptations(scorers: Any, strengths: list[float]) -> Adaptations:
    """Of the embedding alone; without shots only the names of the scorers matter."""
    return Adaptations(scorers, strengths, [Layer.EMBEDDING])


def dealt(domain: DomainOutputs, count: int = 3) -> list[Draw]:
    return draw_samples(domain.rows, count, 8, 0.5, "subject", seed=0)


def test_every_frame_is_embedded_and_belongs_to_its_sample(
    detector: Detector, domain: DomainOutputs
) -> None:
    assert len(domain.rows) == len(ROWS) - 6
    assert domain.sample.tolist() == [n for n in range(len(ROWS) - 6) for _ in range(2)]
    assert domain.first.tolist() == list(range(0, 2 * (len(ROWS) - 6), 2))
    assert domain.features is not None
    image = torch.from_numpy(Pictures().frame(9, 1)).permute(2, 0, 1)[None]
    place = 2 * (9 - 6) + 1
    with torch.no_grad():
        output = detector(image)
        logit = detector.embedder.head.classifier(domain.features[place])  # type: ignore[operator]
    torch.testing.assert_close(domain.output.embedding[place], output.embedding[0])
    torch.testing.assert_close(logit, output.logit)


def test_references_are_nested_balanced_and_of_others_than_are_tested(
    domain: DomainOutputs,
) -> None:
    made = dealt(domain, 5)
    for draw in nonempty(made):
        tested = set(domain.rows["subject"].iloc[draw.test])
        for part, label in zip(draw.references, ("bona_fide", "attack"), strict=True):
            rows = domain.rows.iloc[part]
            assert set(rows["label"]) == {label}
            assert not set(rows["subject"]) & tested
            assert len(rows) == len(set(part.tolist()))
        species = domain.rows["pai"].iloc[draw.references.attack]
        assert sorted(species.iloc[:2]) == ["mask", "print"]
    assert len({tuple(draw.test) for draw in made}) > 1


def test_without_shots_the_checkpoints_scores_and_thresholds_count(
    detector: Detector, domain: DomainOutputs
) -> None:
    made = dealt(domain)
    names = ["few_shot", "linear_probe", "knn"]
    found = list(without_shots(detector, domain, adaptations(names, [1.0, 0.5]), made))
    expected = [*names[:2], "fine_tuning C=1", "fine_tuning C=0.5"]
    assert {(one.adaptation, one.shots) for one in found} == {(name, 0) for name in expected}
    for one in nonempty(found):
        assert one.scores.threshold == 0.25
        assert one.scores.position.tolist() == made[one.draw].test.tolist()
        if one.adaptation != "few_shot":
            sample = int(one.scores.position[3])
            assert domain.output.logit is not None
            frames = torch.sigmoid(domain.output.logit[2 * sample : 2 * sample + 2])
            assert one.scores.score[3] == pytest.approx(frames.mean().item(), abs=1e-6)


@pytest.mark.parametrize("shots", [1, 3])
def test_the_posterior_has_as_many_pairs_as_shots(
    detector: Detector, domain: DomainOutputs, shots: int
) -> None:
    made = dealt(domain)
    found = list(with_shots(detector, domain, adaptations(SCORERS, [1.0]), shots, made))
    assert {one.adaptation for one in found} == {"few_shot", "linear_probe", "fine_tuning C=1"}
    one = next(one for one in found if (one.adaptation, one.draw) == ("few_shot", 2))
    near, far = (domain.output.embedding[2 * part[:shots]] for part in made[2].references)
    sample = int(one.scores.position[0])
    frames = domain.output.embedding[2 * sample : 2 * sample + 2]
    expected = 1 - posterior(frames, near, far, 2.0).mean().item()
    assert one.scores.score[0] == pytest.approx(expected, abs=1e-6)
    assert (one.scores.threshold == 0.5) == (shots == 1)


def test_shots_tell_classes_apart_that_the_checkpoint_confused(
    detector: Detector, domain: DomainOutputs
) -> None:
    """Fine-tuning, as strong as it may be, and the posterior both find dark from light."""
    found = with_shots(detector, domain, adaptations(SCORERS, [1e3]), 8, dealt(domain, 2))
    weights = np.ones((1, len(domain.rows)), np.float32)
    eer = {(one.adaptation, one.draw): one.scores.figures(weights)["eer"][0] for one in found}
    assert {key[0] for key, value in eer.items() if value < 0.05} >= {"few_shot", TUNED}
    start = {
        one.scores.figures(weights)["acer"][0]
        for one in without_shots(detector, domain, adaptations([], [1e3]), dealt(domain, 2))
    }
    assert min(start) > 0.2


def test_a_logit_that_no_last_layer_gives_is_not_fine_tuned(
    detector: Detector, domain: DomainOutputs
) -> None:
    """Such as that of head=cosine, whose line would have no other point."""
    other = replace(domain, features=None)
    probed = adaptations(["few_shot", "linear_probe"], [1.0])
    found = without_shots(detector, other, probed, dealt(domain))
    assert {one.adaptation for one in found} == {"few_shot", "linear_probe"}


@pytest.mark.parametrize("shots", [1, 2])
def test_a_scorer_that_needs_more_references_is_named(
    detector: Detector, domain: DomainOutputs, shots: int
) -> None:
    target = "anomaly_fas.scorers.mahalanobis.Mahalanobis"
    scorers = adaptations({"mahalanobis": {"_target_": target, "references": 99}}, [1.0])
    with pytest.raises(DataError, match=f"shots={shots} is too few.*mahalanobis needs two"):
        list(with_shots(detector, domain, scorers, shots, dealt(domain)))
    assert list(with_shots(detector, domain, scorers, 3, dealt(domain)))


def test_fine_tuning_starts_from_the_trained_layer(
    detector: Detector, domain: DomainOutputs
) -> None:
    """Where it may not move at all, its scores are the checkpoint's."""
    made = dealt(domain, 2)
    start = list(without_shots(detector, domain, adaptations([], [1e-12]), made))
    found = list(with_shots(detector, domain, adaptations(SCORERS, [1e-12, 1e3]), 3, made))
    tuned = [one for one in found if one.adaptation == "fine_tuning C=1e-12"]
    free = [one for one in found if one.adaptation == "fine_tuning C=1000"]
    for before, after in nonempty(zip(start, tuned, strict=True)):
        np.testing.assert_allclose(after.scores.score, before.scores.score, atol=1e-6)
    assert not np.allclose(free[0].scores.score, start[0].scores.score, atol=0.1)


def test_what_a_learnt_embedding_is_made_of_is_compared_if_asked_for(
    detector: Detector, domain: DomainOutputs
) -> None:
    network = Network()
    network.head = ProjectionHead(DIM, 2)  # type: ignore[assignment]
    network.dim = 2
    metric = Detector(network, {"few_shot": FewShot(2, 4, 2.0)}, THRESHOLDS, 8).eval()  # type: ignore[arg-type]
    metric.set_thresholds("few_shot", dict.fromkeys(THRESHOLDS, 0.25))
    own = embed(metric, Pictures(), np.arange(6, len(ROWS)))  # type: ignore[arg-type]
    assert domain.features is not None
    torch.testing.assert_close(own.features, domain.features)
    made = dealt(own, 1)
    scorers = {"few_shot": SCORERS["few_shot"]}

    (one,) = with_shots(metric, own, Adaptations(scorers, [1.0], [Layer.FEATURES]), 3, made)
    assert one.adaptation == "few_shot of features"
    unit = domain.features / domain.features.norm(dim=1, keepdim=True)
    near, far = (unit[2 * part[:3]] for part in made[0].references)
    sample = int(one.scores.position[0])
    expected = 1 - posterior(unit[2 * sample : 2 * sample + 2], near, far, 2.0).mean().item()
    assert one.scores.score[0] == pytest.approx(expected, abs=1e-6)

    both = [Layer.EMBEDDING, Layer.FEATURES]
    begun = list(without_shots(metric, own, Adaptations(scorers, [1.0], both), made))
    assert [one.adaptation for one in begun] == ["few_shot", "few_shot of features"]
    np.testing.assert_array_equal(begun[0].scores.score, begun[1].scores.score)
    found = with_shots(detector, domain, Adaptations(scorers, [], both), 3, made)
    assert [one.adaptation for one in found] == ["few_shot"], "its embedding is what features are"
