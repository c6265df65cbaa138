"""The pictures of a report, of one protocol and over several, drawn from its entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from anomaly_fas.metrics.analysis import UNNAMED, by_label
from anomaly_fas.metrics.embedding_table import EmbeddingTable
from anomaly_fas.metrics.replicates import det_replicates
from anomaly_fas.plots.det import DetBand, DetSystem, det_figure
from anomaly_fas.plots.embedding_map import embedding_map
from anomaly_fas.plots.histogram import score_histogram
from anomaly_fas.plots.radar import radar_figure
from anomaly_fas.plots.species import BONA_FIDE_ROW, SpeciesRate, species_figure
from anomaly_fas.plots.training import training_figure
from anomaly_fas.plots.worst_errors import Error, worst_errors_figure
from anomaly_fas.reporting.report.entries import Entry
from anomaly_fas.reporting.study import ScoreFile
from anomaly_fas.types import Label, Split

Images = Callable[[ScoreFile, Sequence[str]], list[np.ndarray] | None]

_GRID: Final = np.concatenate([[0.0005], np.geomspace(0.001, 0.6, 60), [0.8, 0.95]])
_WORST: Final = 24
"""Errors on a contact sheet."""

_FAMILIES: Final = ("cross_dataset", "cross_device", "lodo", "intradataset", "unseen_attack")


@dataclass(frozen=True)
class Picture:
    """A picture of a report; a dense one is shown as pixels and not as lines."""

    name: str
    title: str
    caption: str
    figure: Figure
    is_dense: bool = False


def protocol_pictures(
    prefix: str, entries: Sequence[Entry], images: Images | None
) -> Iterator[Picture]:
    """Draw the pictures of one protocol; their names begin with the prefix."""
    yield _det(prefix, entries)
    yield _species(prefix, entries, "apcer")
    if any("apcer_fine" in entry.figures() for entry in entries):
        yield _species(prefix, entries, "apcer_fine")
    drawn = set()  # several scorers share a training, which their first entry shows
    for number, entry in enumerate(entries, 1):
        name = f"{prefix}_{number}"
        yield _histogram(name, entry)
        yield from _map(name, entry)
        if (path := entry.files[0].path) not in drawn:
            drawn.add(path)
            yield from _training(name, entry)
            yield from _worst_errors(name, entry, images)


def _det(prefix: str, entries: Sequence[Entry]) -> Picture:
    systems = {
        entry.name: DetSystem(*by_label(entry.runs[0].test), _band(entry)) for entry in entries
    }
    return Picture(
        f"{prefix}_det",
        "Detection error trade-off",
        f"All attacks pooled{_of_seed(entries[0])}. Bands: 95 % of bootstrap replicates that "
        "resample whole subjects.",
        det_figure(systems, "DET, test"),
    )


def _band(entry: Entry) -> DetBand | None:
    if entry.resampling is None:
        return None
    draws = det_replicates(entry.runs[0].test, entry.resampling, _GRID)
    low, high = np.nanquantile(draws, [0.025, 0.975], axis=0)
    return DetBand(_GRID, low, high)


def _species(prefix: str, entries: Sequence[Entry], grouping: str) -> Picture:
    methods = {
        entry.name: {
            title: SpeciesRate(
                own.value,
                *(own.bootstrap or own.binomial or (own.value, own.value)),
                own.count.samples,
            )
            for name, own in entry.figures().items()
            if own.count and (title := _species_title(name, grouping))
        }
        for entry in entries
    }
    bound = "bootstrap over subjects" if entries[0].resampling else "exact binomial"
    grain = "fine PAI species" if grouping == "apcer_fine" else "PAI species"
    return Picture(
        f"{prefix}_{'fine_species' if grouping == 'apcer_fine' else 'species'}",
        f"APCER by {grain}",
        f"At the headline threshold. Bars: 95 % interval ({bound}); n: samples.",
        species_figure(methods, f"APCER by {grain}, and BPCER"),
    )


def _species_title(name: str, grouping: str) -> str:
    own, _, species = name.partition("/")
    if name == "bpcer":
        return BONA_FIDE_ROW
    return species if own == grouping else ""


def _histogram(name: str, entry: Entry) -> Picture:
    run, headline = entry.runs[0], entry.evaluation.headline
    bona_fide, _ = by_label(run.test)
    attacks = run.test[(run.test["label"] == Label.ATTACK) & run.test["score"].notna()]
    groups = attacks.groupby(attacks["pai"].replace("", UNNAMED))["score"]
    return Picture(
        f"{name}_histogram",
        f"Scores, {entry.name}",
        f"Test samples{_of_seed(entry)}, as a share of their class or species.",
        score_histogram(
            bona_fide,
            {str(species): scores.to_numpy() for species, scores in groups},
            run.thresholds[headline],
            f"{entry.name}, test",
        ),
    )


def _map(name: str, entry: Entry) -> Iterator[Picture]:
    """Draw the map of the scorer that measures its distances."""
    path = entry.files[0].path.with_name("embeddings.npz")
    if entry.scorer != "live_centre" or not path.exists():
        return
    table, run = EmbeddingTable.read(path), entry.runs[0]
    is_test = table.split == Split.TEST
    rows = run.test.set_index("sample_id").reindex(table.sample_id[is_test])
    named = rows["pai"].mask((rows["pai"] == "") & (rows["label"] == Label.ATTACK), UNNAMED)
    yield Picture(
        f"{name}_embeddings",
        f"Embeddings, {entry.name}",
        f"Test samples{_of_seed(entry)} around the live centre: the distance to the middle is the "
        "true distance to the centre, the angle that in the plane of the two principal "
        "directions, both scaled to one spread. Beyond the circle a sample is called an attack.",
        embedding_map(
            table.embedding[is_test],
            named.to_numpy(dtype=str),
            table.centre,
            run.thresholds[entry.evaluation.headline],
            f"{entry.name}, test",
        ),
        is_dense=True,
    )


def _worst_errors(name: str, entry: Entry, images: Images | None) -> Iterator[Picture]:
    if images is None:
        return
    run = entry.runs[0]
    threshold = run.thresholds[entry.evaluation.headline]
    rows = run.test.dropna(subset=["score"]).sort_values("score")
    is_attack = rows["label"] == Label.ATTACK
    wrong = {
        "false_accepts": rows[is_attack & (rows["score"] < threshold)].head(_WORST),
        "false_rejects": rows[~is_attack & (rows["score"] >= threshold)].iloc[::-1].head(_WORST),
    }
    for kind, chosen in wrong.items():
        found = images(entry.files[0], chosen["sample_id"].tolist())
        if not found:
            continue
        errors = [
            Error(image, row["sample_id"], row["score"], _kind(row))
            for image, (_, row) in zip(found, chosen.iterrows(), strict=True)
        ]
        title = kind.replace("_", " ").capitalize()
        yield Picture(
            f"{name}_{kind}",
            f"{title}, {entry.name}",
            f"The {len(errors)} worst{_of_seed(entry)}, with score and sample id.",
            worst_errors_figure(errors, f"{title}, {entry.name} (threshold {threshold:.3f})"),
            is_dense=True,
        )


def _kind(row: pd.Series) -> str:
    if row["label"] == Label.BONA_FIDE:
        return "bona fide"
    return row["pai_fine"] or row["pai"] or UNNAMED


def _training(name: str, entry: Entry) -> Iterator[Picture]:
    path = entry.files[0].path.with_name("metrics.csv")
    if not path.exists():
        return
    yield Picture(
        f"{name}_training",
        f"Training, {entry.method}",
        f"Losses on train, errors on devel{_of_seed(entry)}.",
        training_figure(pd.read_csv(path)),
    )


def _of_seed(entry: Entry) -> str:
    return f" of seed {entry.seeds[0]}" if len(entry.seeds) > 1 else ""


def radars(entries: Sequence[Entry]) -> Iterator[Picture]:
    """Draw APCER at BPCER 10 % over the protocols of each family, and over all protocols.

    A picture needs three protocols; data of another kind or other lists have their own.
    """
    kinds = dict.fromkeys((entry.column.lists, entry.column.data_kind) for entry in entries)
    for lists, kind in kinds:
        same = [e for e in entries if (e.column.lists, e.column.data_kind) == (lists, kind)]
        yield from _radars_of(same, f"{kind}, {lists.replace('_', ' ')} lists")


def _radars_of(entries: Sequence[Entry], kind: str) -> Iterator[Picture]:
    protocols = {entry.column.protocol for entry in entries}
    rates = {(e.name, e.column.protocol): e.figures()["apcer_at_bpcer_10"].value for e in entries}
    groups = {
        family: sorted(p for p in protocols if p.startswith(f"{family}_")) for family in _FAMILIES
    }
    groups["all protocols"] = sorted(protocols)
    for family, spokes in groups.items():
        if len(spokes) < 3 or (family == "all protocols" and spokes in [*groups.values()][:-1]):
            continue
        yield Picture(
            re.sub(r"\W+", "_", f"radar_{family}_{kind}"),
            f"APCER over {family.replace('_', ' ')} ({kind})",
            "APCER of the worst PAI species at a BPCER of at most 10 %, read off test; the outer "
            "edge is 100 %.",
            radar_figure(
                [spoke.removeprefix(f"{family}_").replace("_", " ") for spoke in spokes],
                {
                    name: [rates.get((name, spoke), nan) for spoke in spokes]
                    for name in dict.fromkeys(entry.name for entry in entries)
                },
                "APCER at BPCER 10 %",
            ),
        )
