"""Add rows of attacks that are fabricated from bona fide samples, and choose where they serve."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.selection import Selection
from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.plan import pas_type
from anomaly_fas.types import FinePai, Label, Pai, Split

COLUMN: Final = "fabricated"
"""Column of an annotation table: the id of the sample that an attack was made from, or nothing."""


def species_of(names: Sequence[str]) -> dict[Pai, list[FinePai]]:
    """Choose the fine species to fabricate, by coarse one.

    >>> species_of(["replay", "mask_paper"])[Pai.MASK]
    [<FinePai.MASK_PAPER: 'mask_paper'>]

    Args:
        names: fine species, or coarse ones for all of their fine ones.

    Raises:
        ConfigError: no name, or an unknown one.
    """
    unknown = [name for name in names if name not in {*Pai, *FinePai}]
    if unknown or not names:
        raise ConfigError(
            f"data.species={list(names)}: choose some of {', '.join([*Pai, *FinePai])}"
        )
    chosen: dict[Pai, list[FinePai]] = {}
    for fine in FinePai:
        if fine in names or fine.coarse in names:
            chosen.setdefault(fine.coarse, []).append(fine)
    return chosen


def with_fabricated(
    rows: pd.DataFrame, species: Mapping[Pai, Sequence[FinePai]], seed: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Add an attack of each coarse species for every bona fide sample.

    Such a row keeps subject, session, split and all else of the sample that it is made from.

    Args:
        rows: annotation table.
        species: fine species to choose from, by coarse one.
        seed: seed of the choice.

    Returns:
        The table, which begins with `rows`, and the position of each row's bona fide sample, its
        own if it is not fabricated.
    """
    origins = np.flatnonzero((rows["label"] == Label.BONA_FIDE).to_numpy())
    rng = np.random.default_rng([seed, Stream.ATTACK_SPECIES])
    parts = [rows.assign(**{COLUMN: ""})]
    for coarse, choice in species.items():
        turn = (rng.permutation(origins.size) % len(choice)).astype(int)
        fine = np.array([str(one) for one in choice])[turn]
        made = rows.iloc[origins]
        ids = made["sample_id"].astype(str)
        parts.append(
            made.assign(
                sample_id=[f"{own}#fabricated-{name}" for own, name in zip(ids, fine, strict=True)],
                label=str(Label.ATTACK),
                pai=str(coarse),
                pai_fine=fine,
                pas_type=[pas_type(FinePai(name)) for name in fine],
                **{COLUMN: ids},
            )
        )
    position = np.concatenate([np.arange(len(rows)), np.tile(origins, len(species))])
    return pd.concat(parts, ignore_index=True), position


def is_fabricated(rows: pd.DataFrame) -> np.ndarray:
    """Mark the fabricated attacks of an annotation table, bool."""
    if COLUMN not in rows:
        return np.zeros(len(rows), dtype=bool)
    marked: np.ndarray = (rows[COLUMN] != "").to_numpy()
    return marked


def where_needed(
    selection: Selection, rows: pd.DataFrame, *, alone: Collection[Split] = ()
) -> Selection:
    """Keep fabricated attacks in train, and in devel and test only where there are no others.

    There, one is kept of each sample, the species in turn, and always the same one.

    Args:
        selection: positions of the rows of each split.
        rows: annotation table.
        alone: splits from which all other attacks are left out.
    """
    fabricated = is_fabricated(rows)
    attacks = (rows["label"] == Label.ATTACK).to_numpy()
    kept = dict(selection)
    for split in alone:
        kept[split] = kept[split][~attacks[kept[split]] | fabricated[kept[split]]]
    for split in (Split.DEVEL, Split.TEST):
        chosen = kept[split]
        made, own = chosen[fabricated[chosen]], chosen[~fabricated[chosen]]
        if attacks[own].any() or not made.size:
            kept[split] = own
        else:
            kept[split] = np.sort(np.concatenate([own, _one_of_each(made, rows)]))
    return kept


def _one_of_each(made: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    """Choose one row of each sample, its species in turn."""
    by_origin = pd.Series(made).groupby(rows[COLUMN].to_numpy()[made], sort=False)
    those = [group.to_numpy() for _, group in by_origin]
    return np.array([each[turn % len(each)] for turn, each in enumerate(those)], dtype=np.int64)


def within_share(
    is_attack: np.ndarray, fabricated: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """Choose frames such that at most a share of their attacks is fabricated.

    Args:
        is_attack: bool, shape [N].
        fabricated: bool, shape [N], a subset of the attacks.
        share: in [0, 1]; ignored where all attacks are fabricated, 1 leaves the others out.
        rng: draws the fabricated ones.

    Returns:
        Ascending positions.
    """
    others = is_attack & ~fabricated
    if not others.any():
        return np.arange(is_attack.size)
    if share == 1:
        return np.flatnonzero(~others)
    most = round(int(others.sum()) * share / (1 - share))
    made = rng.permutation(np.flatnonzero(fabricated))[:most]
    return np.sort(np.concatenate([np.flatnonzero(~fabricated), made]))


def fabricated_counts(selection: Selection, rows: pd.DataFrame) -> dict[str, int]:
    """Count the fabricated attacks of each split; empty where there are none."""
    fabricated = is_fabricated(rows)
    counts = {str(split): int(fabricated[chosen].sum()) for split, chosen in selection.items()}
    return counts if any(counts.values()) else {}
