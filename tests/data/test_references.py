"""References: balanced in every beginning, drawn from the chosen rows only."""

import numpy as np
import pandas as pd
import torch
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.references import draw_references, gallery
from anomaly_fas.types import SPECIES, FinePai, Pai
from tests.nonempty import nonempty

GROUPS = [("x", "print", 40), ("x", "mask", 3), ("y", "print", 12), ("x", "", 9), ("y", "", 30)]
ROWS = pd.DataFrame(
    [
        (dataset, pai, "attack" if pai else "bona_fide")
        for dataset, pai, n in GROUPS
        for _ in range(n)
    ],
    columns=["dataset", "pai", "label"],
).assign(pai_fine="")
CHOSEN = np.arange(0, len(ROWS), 2)


@given(st.integers(0, 1000), st.integers(1, 12))
def test_every_beginning_is_balanced(seed: int, count: int) -> None:
    references = draw_references(ROWS, CHOSEN, bona_fide=100, attack=100, seed=seed)
    for order in nonempty(references):
        beginning = ROWS.iloc[order[:count]]
        sizes = beginning.groupby(["dataset", "pai"]).size()
        available = ROWS.iloc[CHOSEN].groupby(["dataset", "pai"]).size()
        most = sizes.max()
        for group, size in nonempty(sizes.items()):
            assert size >= min(most - 1, available[group])


def test_they_are_the_chosen_rows_of_their_class_once_each() -> None:
    references = draw_references(ROWS, CHOSEN, bona_fide=1000, attack=1000, seed=1)
    labels = ROWS["label"].to_numpy()
    assert sorted(references.bona_fide) == sorted(CHOSEN[labels[CHOSEN] == "bona_fide"])
    assert sorted(references.attack) == sorted(CHOSEN[labels[CHOSEN] == "attack"])


def test_seed_and_limit() -> None:
    first, again, other = (
        draw_references(ROWS, CHOSEN, bona_fide=7, attack=5, seed=seed) for seed in (1, 1, 2)
    )
    assert len(first.bona_fide) == 7
    assert len(first.attack) == 5
    assert first.attack.tolist() == again.attack.tolist() != other.attack.tolist()


def test_a_gallery_knows_the_finest_species_of_each_attack() -> None:
    rows = pd.DataFrame(
        [
            ("attack", "print", "print_low"), ("bona_fide", "", ""), ("attack", "mask", ""),
            ("attack", "", ""), ("bona_fide", "", ""),
        ],
        columns=["label", "pai", "pai_fine"],
    )  # fmt: skip
    order = torch.tensor([4, 3, 2, 0, 1])
    embedding = torch.arange(5.0)[:, None]
    made = gallery(embedding, order, rows)
    assert made.bona_fide.flatten().tolist() == [0, 4]
    assert made.attack.flatten().tolist() == [1, 2, 3]
    assert made.species is not None
    numbers = made.species.tolist()
    assert numbers[0] == len(SPECIES)
    assert [SPECIES[number] for number in numbers[1:]] == [Pai.MASK, FinePai.PRINT_LOW]
