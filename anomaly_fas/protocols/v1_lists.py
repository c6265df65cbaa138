"""Reads the lists of GRAD-GPAD v1, the version of Costa-Pazo et al., ICB 2019.

They are licensed for non-commercial use, so no copy comes with this package: the user names the
folder or archive that holds them.
"""

from __future__ import annotations

import logging
import lzma
import re
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.protocols.protocol import split_cell
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMN: Final = "v1/"
"""What the names of the columns begin with; each list has one, of split cells."""

MAX_FILES: Final = 1000
MAX_BYTES: Final = 100_000_000
"""Bounds of what is read, all files together; the 72 real lists have 19 MB."""

_FILE: Final = re.compile(r"protocol_(?P<name>[\w-]+)_(?P<part>train|dev|test)\.txt")
_LINE: Final = re.compile(r"\{(?P<dataset>[\w-]+)-PLACEHOLDER\}/(?P<media>.+)")
_SPLITS: Final = {"train": Split.TRAIN, "dev": Split.DEVEL, "test": Split.TEST}
_RENAMED: Final = {"3dmad": "threedmad"}

_log = logging.getLogger(__name__)


def with_v1_lists(rows: pd.DataFrame, place: Path) -> pd.DataFrame:
    """The annotation table with a column `v1/<list>` of split cells for each list.

    Args:
        rows: GRAD-GPAD's annotation table.
        place: folder, or tar archive of it, with files `protocol_<list>_<train|dev|test>.txt`, at
            any depth.

    Raises:
        DataError: no lists there, a file that is no list, or lists of other data.
    """
    positions = {
        _v1_name(dataset, path): position
        for position, (dataset, path) in enumerate(zip(rows["dataset"], rows["path"], strict=True))
    }
    splits: dict[str, dict[int, set[Split]]] = {}
    unknown: set[str] = set()
    for name, split, samples in _lists(place):
        listed = splits.setdefault(name, {})
        for sample in samples:
            if sample in positions:
                listed.setdefault(positions[sample], set()).add(split)
            else:
                unknown.add(sample)
    _tell(unknown, known=sum(map(len, splits.values())), place=place)
    columns = {f"{COLUMN}{name}": _cells(splits[name], len(rows)) for name in sorted(splits)}
    return pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1)


def _cells(listed: dict[int, set[Split]], count: int) -> list[str]:
    return [split_cell(listed.get(position, ())) for position in range(count)]


def _v1_name(dataset: str, path: str) -> str:
    """How v1 names a sample: without the file suffix, and without some of v2's folders."""
    media = PurePosixPath(path).relative_to(dataset)
    parts = [*media.parent.parts, re.sub(r"\.[A-Za-z]\w*$", "", media.name)]
    if (dataset == "msu-mfsd" and parts[0].startswith("scene")) or (
        dataset == "threedmad" and parts[0] == "Data"
    ):
        del parts[0]
    return "/".join([dataset, *parts])


def _lists(place: Path) -> Iterator[tuple[str, Split, list[str]]]:
    found = False
    for path, text in _archived(place) if place.is_file() else _stored(place):
        if named := _FILE.fullmatch(path.rsplit("/", 1)[-1]):
            found = True
            yield named["name"], _SPLITS[named["part"]], [_sample(path, line) for line in text]
    if not found:
        raise DataError(
            f"paths.v1_lists={place} holds no lists of GRAD-GPAD v1: the folder or tar archive "
            "with the files protocol_<list>_<train|dev|test>.txt is expected"
        )


def _sample(path: str, line: str) -> str:
    if (named := _LINE.fullmatch(line)) is None:
        raise DataError(
            f"paths.v1_lists: {path} holds {line[:80]!r}; lines such as "
            "{OULU-NPU-PLACEHOLDER}/Dev_files/3_1_33_1 are expected"
        )
    dataset = named["dataset"].lower()
    return f"{_RENAMED.get(dataset, dataset)}/{named['media']}"


def _stored(folder: Path) -> Iterator[tuple[str, list[str]]]:
    bounds = _Bounds(folder)
    for path in sorted(folder.rglob("protocol_*.txt")):
        bounds.take(path.stat().st_size)
        yield str(path), _text(str(path), path.read_bytes())


def _archived(file: Path) -> Iterator[tuple[str, list[str]]]:
    """The members of a tar archive, which is read and never unpacked."""
    bounds = _Bounds(file)
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                bounds.take(member.size)
                if stream := archive.extractfile(member):
                    yield member.name, _text(member.name, stream.read())
    except (tarfile.TarError, lzma.LZMAError, zlib.error, OSError, EOFError) as error:
        raise DataError(
            f"paths.v1_lists={file} is no folder and no tar archive that can be read: {error}"
        ) from error


class _Bounds:
    """Counts what is read, and refuses too much."""

    def __init__(self, place: Path) -> None:
        self._place, self._files, self._bytes = place, 0, 0

    def take(self, size: int) -> None:
        self._files += 1
        self._bytes += size
        if self._files > MAX_FILES or self._bytes > MAX_BYTES:
            raise DataError(
                f"paths.v1_lists={self._place}: more than {MAX_FILES} files or {MAX_BYTES} bytes; "
                "name the folder or archive of the v1 lists alone"
            )


def _text(path: str, raw: bytes) -> list[str]:
    try:
        return raw.decode().splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"paths.v1_lists: {path} is no text file") from error


def _tell(unknown: set[str], known: int, place: Path) -> None:
    if not known:
        raise DataError(
            f"paths.v1_lists={place}: none of the samples listed there is in the annotations"
        )
    if unknown:
        names = ", ".join(sorted(unknown)[:5]) + (" …" if len(unknown) > 5 else "")
        _log.warning("%d sample(s) of the v1 lists are not annotated: %s", len(unknown), names)
