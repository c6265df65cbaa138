"""Rows of fabricated attacks: one of each species a bona fide sample, and where they serve."""

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.fabricated_rows import (
    COLUMN,
    fabricated_counts,
    is_fabricated,
    species_of,
    where_needed,
    with_fabricated,
    within_share,
)
from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.selection import Selection
from anomaly_fas.types import ANNOTATION_COLUMNS, FinePai, Pai, Split


def rows(attacks: tuple[str, ...] = ("train", "devel", "test")) -> pd.DataFrame:
    """Two bona fide samples of each split, and an attack of some."""
    own = [(f"b{number}{split}", "bona_fide", "", split) for split in Split for number in range(2)]
    own += [(f"a{split}", "attack", "print", split) for split in attacks]
    table = pd.DataFrame(own, columns=["sample_id", "label", "pai", "split"])
    return table.reindex(columns=list(ANNOTATION_COLUMNS), fill_value="").assign(
        subject=table["sample_id"].str[1:]
    )


def chosen(table: pd.DataFrame) -> Selection:
    return {split: np.flatnonzero(table["split"] == split) for split in Split}


def names(table: pd.DataFrame, positions: np.ndarray) -> list[str]:
    return sorted(table["sample_id"].iloc[positions])


def test_a_coarse_name_stands_for_all_of_its_own() -> None:
    assert species_of([*Pai]) == {
        coarse: [fine for fine in FinePai if fine.coarse is coarse] for coarse in Pai
    }
    assert species_of(["print_low", "print_high"]) == {
        Pai.PRINT: [FinePai.PRINT_LOW, FinePai.PRINT_HIGH]
    }


@pytest.mark.parametrize("given", [[], ["prints"], ["print", "shark"]])
def test_no_or_an_unknown_species_is_an_error(given: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"data\.species=.*choose some of print, replay"):
        species_of(given)


def test_each_bona_fide_sample_gets_an_attack_of_each_coarse_species() -> None:
    table, origin = with_fabricated(rows(), species_of(["replay", "mask_paper"]), seed=0)
    assert table.iloc[:9].drop(columns=COLUMN).equals(rows())
    made = table.iloc[9:]
    assert made["pai"].tolist() == ["replay"] * 6 + ["mask"] * 6
    assert set(made["pai_fine"][made["pai"] == "mask"]) == {"mask_paper"}
    assert made[COLUMN].tolist() == 2 * rows()["sample_id"].tolist()[:6]
    assert origin.tolist() == [*range(9), *range(6), *range(6)]
    assert table["sample_id"].is_unique
    for column in ("subject", "split"):
        assert (made[column].to_numpy() == table[column].to_numpy()[origin[9:]]).all()
    assert is_fabricated(table).tolist() == [False] * 9 + [True] * 12


def test_fine_species_are_dealt_evenly_and_by_seed() -> None:
    many = pd.concat([rows()] * 10, ignore_index=True)
    many["sample_id"] = [f"s{number}" for number in range(len(many))]
    first, second = (
        with_fabricated(many, species_of(["replay"]), seed)[0]["pai_fine"] for seed in (0, 1)
    )
    counts = first[first != ""].value_counts()
    assert counts.max() - counts.min() <= 1
    assert len(counts) == sum(fine.coarse is Pai.REPLAY for fine in FinePai)
    assert not first.equals(second)


def test_beside_other_attacks_they_only_train() -> None:
    table, _ = with_fabricated(rows(), species_of(["print_low", "replay_low"]), seed=0)
    kept = where_needed(chosen(table), table)
    assert len(kept[Split.TRAIN]) == 3 + 4
    assert names(table, kept[Split.DEVEL]) == ["adevel", "b0devel", "b1devel"]
    assert names(table, kept[Split.TEST]) == ["atest", "b0test", "b1test"]
    assert fabricated_counts(kept, table) == {"train": 4, "devel": 0, "test": 0}


def test_where_there_are_no_others_the_species_take_turns_and_attack_each_sample_once() -> None:
    table, _ = with_fabricated(rows(("test",)), species_of(["print_low", "replay_low"]), seed=0)
    kept = where_needed(chosen(table), table)
    assert names(table, kept[Split.DEVEL]) == [
        "b0devel", "b0devel#fabricated-print_low", "b1devel", "b1devel#fabricated-replay_low",
    ]  # fmt: skip
    assert names(table, kept[Split.TEST]) == ["atest", "b0test", "b1test"]


def test_alone_no_other_attack_is_trained_or_tuned_on_and_the_test_is_as_it_was() -> None:
    table, _ = with_fabricated(rows(), species_of(["print_low", "replay_low"]), seed=0)
    kept = where_needed(chosen(table), table, alone=(Split.TRAIN, Split.DEVEL))
    for split in (Split.TRAIN, Split.DEVEL):
        own = table.iloc[kept[split]]
        assert f"a{split}" not in set(own["sample_id"])
        assert set(own.loc[own["label"] == "attack", COLUMN]) == {f"b0{split}", f"b1{split}"}
    assert len(kept[Split.TRAIN]) == 2 + 4
    assert len(kept[Split.DEVEL]) == 2 + 2
    assert names(table, kept[Split.TEST]) == ["atest", "b0test", "b1test"]


def test_alone_in_training_devel_keeps_its_own() -> None:
    table, _ = with_fabricated(rows(), species_of(["print_low", "replay_low"]), seed=0)
    kept = where_needed(chosen(table), table, alone=(Split.TRAIN,))
    assert len(kept[Split.TRAIN]) == 2 + 4
    assert "atrain" not in names(table, kept[Split.TRAIN])
    assert names(table, kept[Split.DEVEL]) == ["adevel", "b0devel", "b1devel"]


@pytest.mark.parametrize("alone", [(), (Split.TRAIN, Split.DEVEL)])
def test_splits_without_an_attack_stay_as_they_are_where_none_is_fabricated(
    alone: tuple[Split, ...],
) -> None:
    table = rows(("train",))
    kept = where_needed(chosen(table), table, alone=alone)
    assert names(table, kept[Split.DEVEL]) == ["b0devel", "b1devel"]
    assert names(table, kept[Split.TEST]) == ["b0test", "b1test"]


def test_a_table_without_any_says_nothing_of_them() -> None:
    assert not is_fabricated(rows()).any()
    assert fabricated_counts(chosen(rows()), rows()) == {}


@pytest.mark.parametrize(("share", "made"), [(0.0, 0), (0.5, 2), (0.6, 3), (0.9, 6), (1.0, 6)])
def test_of_attacks_no_more_than_a_share_is_fabricated(share: float, made: int) -> None:
    is_attack = np.array([False] * 3 + [True] * 8)
    fabricated = np.array([False] * 5 + [True] * 6)  # two others
    kept = within_share(is_attack, fabricated, share, np.random.default_rng(0))
    assert (np.diff(kept) > 0).all()
    assert (~is_attack[kept]).sum() == 3
    assert fabricated[kept].sum() == made
    assert (is_attack & ~fabricated)[kept].sum() == (0 if share == 1 else 2)


def test_without_other_attacks_all_are_kept() -> None:
    is_attack = np.array([False, True, True])
    kept = within_share(is_attack, is_attack, 0.1, np.random.default_rng(0))
    assert kept.tolist() == [0, 1, 2]
