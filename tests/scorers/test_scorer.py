"""Every scorer that compares with references: a checkpoint keeps of it all that it needs."""

import io

import pytest
import torch
from hydra.utils import instantiate

from anomaly_fas.runs.composition import composed
from anomaly_fas.scorers.scorer import Gallery, Scorer
from tests.scorers.galleries import OF_REFERENCES, normal, output_of


def scorer(option: str) -> torch.nn.Module:
    config = composed("train", [f"scorer={option}"])
    made: torch.nn.Module = instantiate(config.scorer[option], dim=8)
    return made


def fitted(option: str, references: int) -> Scorer:
    made: Scorer = scorer(option)  # type: ignore[assignment]
    attacks = 1 + normal(references, 8, 1)
    made.fit(Gallery(normal(references, 8, 0), attacks, torch.arange(references) % 3))
    return made


@pytest.mark.parametrize("option", OF_REFERENCES)
@pytest.mark.parametrize("references", [4, 900])
def test_a_checkpoint_gives_the_scores_back(option: str, references: int) -> None:
    queries = normal(30, 8, 2)
    made = fitted(option, references)
    file = io.BytesIO()
    torch.save(made.state_dict(), file)  # type: ignore[attr-defined]
    file.seek(0)
    again = scorer(option)
    again.load_state_dict(torch.load(file, weights_only=True))
    scores = made(output_of(queries))
    assert scores.dtype == torch.float32
    assert scores.shape == (30,)
    assert torch.equal(again(output_of(queries)), scores)


@pytest.mark.parametrize("option", OF_REFERENCES)
def test_its_size_does_not_depend_on_the_references(option: str) -> None:
    few, many = (
        {name: value.shape for name, value in fitted(option, count).state_dict().items()}  # type: ignore[attr-defined]
        for count in (2, 900)
    )
    assert few == many


@pytest.mark.parametrize("option", OF_REFERENCES)
def test_what_lies_further_from_the_bona_fide_class_scores_higher(option: str) -> None:
    made = fitted(option, 300)
    bona_fide = normal(200, 8, 5)
    near, far = made(output_of(bona_fide)).mean(), made(output_of(bona_fide + 6)).mean()
    assert near < far


@pytest.mark.parametrize("option", OF_REFERENCES)
def test_mixed_precision_leaves_scores_alone(option: str) -> None:
    made = fitted(option, 300)
    queries = normal(30, 8, 2)
    plain = made(output_of(queries))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(made(output_of(queries)), plain)
