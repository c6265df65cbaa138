"""Finds the file of each annotated sample under the roots of the datasets.

A file fits a sample if its path, without suffix and case, ends with the sample's; folders of the
root's own path count, so that a root may lie above the tree that the annotations name or inside
it. Only what a scan has listed can be found: nothing outside the roots.
"""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from anomaly_fas.data.locating.names import Kind, candidates, kind_of, spelling, split_suffix
from anomaly_fas.data.locating.scan import Scan, scan
from anomaly_fas.errors import DataError

_NAMED_AT_MOST: Final = 3


@dataclass(frozen=True)
class Located:
    """Where a sample lies."""

    path: Path | None
    """The file, or the folder of frames; None when there is none."""
    reason: str
    """Why there is none; empty when there is one."""


class _Item(NamedTuple):
    relative: str
    kind: Kind
    suffix: str
    at_top: str
    """The spelling of its path under the root, without suffix."""


def locate(rows: pd.DataFrame, roots: Mapping[str, Path]) -> list[Located]:
    """Where each sample of an annotation table lies.

    Of several files that fit a sample, the first in this order is taken: any known kind before a
    file without suffix or with an unknown one; the path as annotated before one as distributed;
    a path that begins at the root before one further down; the suffix annotated, then a video,
    HDF5, a folder of frames, an image. Where that leaves several, none is.

    Args:
        rows: with the columns `dataset` and `path`, the latter `<dataset>/<media>`.
        roots: the folder of each dataset that is there; the others' samples have no file.

    Returns:
        One value a row.

    Raises:
        DataError: a root that is no folder, or of a dataset that is not in the rows.
    """
    _require_known(roots, rows["dataset"].unique())
    located = [Located(None, "no root given")] * len(rows)
    scans: dict[Path, Scan] = {}
    for name, positions in rows.groupby("dataset").indices.items():
        dataset = str(name)
        if dataset not in roots:
            continue
        root = Path(roots[dataset])
        if root not in scans:
            scans[root] = scan(root)
        paths = rows["path"].iloc[positions]
        media = [path.removeprefix(f"{dataset}/") for path in paths]
        for position, found in zip(positions, _in_root(scans[root], dataset, media), strict=True):
            located[position] = found
    return located


def _require_known(roots: Iterable[str], datasets: Iterable[str]) -> None:
    known = sorted(datasets)
    for name in roots:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Do you mean {close[0]}?" if close else ""
            raise DataError(
                f"no dataset is called {name!r}.{hint} The annotations have: {', '.join(known)}"
            )


def _in_root(scanned: Scan, dataset: str, media: Sequence[str]) -> Iterator[Located]:
    wanted = [[spelling(str(path)) for path in candidates(dataset, name)] for name in media]
    tails = {tail for choices in wanted for tail in choices}
    items = _items_by_tail(scanned, tails)
    out = _refused_tails(scanned)
    for name, choices in zip(media, wanted, strict=True):
        suffix = split_suffix(name)[1]
        fits = [
            (_rank(item, order, tail, suffix), item)
            for order, tail in enumerate(choices)
            for item in items.get(tail, ())
        ]
        yield _best(fits, scanned) if fits else Located(None, _why_none(choices, out, scanned))


def _rank(item: _Item, order: int, tail: str, suffix: str) -> tuple[bool, int, bool, int]:
    exact_suffix = item.kind is Kind.VIDEO and item.suffix == suffix
    return (
        item.kind is Kind.UNKNOWN,
        order,
        item.at_top != tail,
        0 if exact_suffix else int(item.kind),
    )


def _best(fits: list[tuple[tuple[bool, int, bool, int], _Item]], scanned: Scan) -> Located:
    first = min(rank for rank, _ in fits)
    paths = sorted({scanned.root / item.relative for rank, item in fits if rank == first})
    if len({os.path.realpath(path) for path in paths}) == 1:
        return Located(paths[0], "")
    named = ", ".join(_shown(path.relative_to(scanned.root)) for path in paths[:_NAMED_AT_MOST])
    more = ", ..." if len(paths) > _NAMED_AT_MOST else ""
    return Located(None, f"{len(paths)} files fit: {named}{more}")


def _items_by_tail(scanned: Scan, tails: set[str]) -> dict[str, list[_Item]]:
    """The items whose path ends with each of the tails; a mere name counts at the top only."""
    depths = {tail.count("/") + 1 for tail in tails}
    names = {tail.rsplit("/", 1)[-1] for tail in tails}
    above = spelling(scanned.root.absolute().as_posix())
    found: dict[str, list[_Item]] = {}
    for item in _items(scanned):
        if item.at_top.rsplit("/", 1)[-1] not in names:
            continue
        parts = f"{above}/{item.at_top}".rsplit("/", max(depths))
        for depth in depths:
            tail = "/".join(parts[-depth:])
            if tail in tails and (depth > 1 or tail == item.at_top):
                found.setdefault(tail, []).append(item)
    return found


def _items(scanned: Scan) -> Iterator[_Item]:
    for path in scanned.files:
        bare, suffix = split_suffix(path)
        kind = kind_of(suffix)
        if kind is not None:
            yield _Item(path, kind, suffix, spelling(bare))
            if kind is Kind.UNKNOWN and suffix:  # perhaps no suffix but part of the name
                yield _Item(path, kind, "", spelling(path))
    for path in scanned.frame_folders:
        yield _Item(path, Kind.FRAMES, "", spelling(path))
        bare, suffix = split_suffix(path)
        if kind_of(suffix) is Kind.VIDEO:  # a folder that kept its video's name
            yield _Item(path, Kind.FRAMES, "", spelling(bare))


def _refused_tails(scanned: Scan) -> dict[str, str]:
    """Every tail of a link that leads out of the root, with and without suffix."""
    tails: dict[str, str] = {}
    for link in scanned.refused:
        for path in (link, split_suffix(link)[0]):
            parts = spelling(path).split("/")
            tails.update({"/".join(parts[start:]): link for start in range(len(parts))})
    return tails


def _why_none(choices: list[str], refused: dict[str, str], scanned: Scan) -> str:
    for tail in choices:
        parts = tail.split("/")
        for depth in range(len(parts), 0, -1):
            link = refused.get("/".join(parts[:depth]))
            if link is not None:
                return f"leads out of the root {scanned.root}: {_shown(link)}"
    reason = f"no such file under {scanned.root}"
    if scanned.unreadable:
        reason += f" ({len(scanned.unreadable)} folder(s) there may not be listed)"
    return reason


def _shown(path: str | Path) -> str:
    """A path that can be printed, whatever bytes its names are made of."""
    return str(path).encode("utf-8", "replace").decode()
