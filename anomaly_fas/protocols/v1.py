"""The lists of GRAD-GPAD v1 as protocols (Costa-Pazo et al., ICB 2019).

They are licensed for non-commercial use, so no copy comes with this package: the user names the
folder or archive that holds them.
"""

from __future__ import annotations

import logging
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Self

import pandas as pd

from anomaly_fas.errors import ConfigError, DataError, require_choice
from anomaly_fas.protocols.protocol import in_split, spelt, split_cell
from anomaly_fas.types import Split

_COLUMN: Final = "v1/"
"""What the names of the columns begin with; each list has one, of split cells."""

MAX_FILES: Final = 1000
MAX_BYTES: Final = 100_000_000
"""Bounds of what is read, all files together; the 72 real lists have 19 MB."""

_FILE: Final = re.compile(r"protocol_(?P<name>[\w-]+)_(?P<part>train|dev|test)\.txt")
_LINE: Final = re.compile(r"\{(?P<dataset>[\w-]+)-PLACEHOLDER\}/(?P<media>.+)")
_SPLITS: Final = {"train": Split.TRAIN, "dev": Split.DEVEL, "test": Split.TEST}
_RENAMED: Final = {"3dmad": "threedmad"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class V1List:
    """Train, tune and test on what a list of GRAD-GPAD v1 names (Costa-Pazo et al., ICB 2019).

    `one-pai-<mask|print|replay>` keeps to one kind of attack in every split ("mask" holds the
    partial masks too); `cross-conditions-<adverse|optimal>` and `cross-face-resolution-…` are
    tested under the conditions they name and trained under others; `grandtest`,
    `cross-dataset-test-…` and `cross-device-test-…` are v2's protocols over v1's eleven datasets.
    Two lists are to be taken with care: `cross-device-test-mobile-tablet` trains and tunes on
    mobiles and tablets too, and `cross-dataset-test-casia-surf` names nothing to test.

    Args:
        list_name: as its file is called, such as `one-pai-mask`.
    """

    list_name: str

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"v1_{spelt(self.list_name)}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        known = _list_names(rows)
        if not known:
            raise ConfigError(
                f"protocol.list_name={self.list_name!r}: there are no GRAD-GPAD v1 lists; name the "
                "folder or archive that holds them, data=gradgpad paths.v1_lists=FOLDER"
            )
        require_choice("protocol.list_name", self.list_name, known)
        return in_split(rows[f"{_COLUMN}{self.list_name}"], split)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls(name) for name in _list_names(rows)]


def with_v1_lists(rows: pd.DataFrame, place: Path) -> pd.DataFrame:
    """Extend the annotation table by a column `v1/<list>` of split cells for each list.

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
    if not any(splits.values()):
        raise DataError(
            f"paths.v1_lists={place}: none of the samples listed there is in the annotations"
        )
    if unknown:
        names = ", ".join(sorted(unknown)[:5]) + (" …" if len(unknown) > 5 else "")
        _log.warning("%d sample(s) of the v1 lists are not annotated: %s", len(unknown), names)
    columns = {
        f"{_COLUMN}{name}": [split_cell(listed.get(row, ())) for row in range(len(rows))]
        for name, listed in sorted(splits.items())
    }
    return pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1)


def _v1_name(dataset: str, path: str) -> str:
    """Name a sample as v1 does: without the file suffix and some of v2's folders."""
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
    sizes: list[int] = []
    for path in sorted(folder.rglob("protocol_*.txt")):
        _require_few(sizes, path.stat().st_size, folder)
        yield str(path), _text(str(path), path.read_bytes())


def _archived(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Read the members of a tar archive without unpacking it."""
    sizes: list[int] = []
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                _require_few(sizes, member.size, file)
                if stream := archive.extractfile(member):
                    yield member.name, _text(member.name, stream.read())
    except (tarfile.TarError, lzma.LZMAError, zlib.error, OSError, EOFError) as error:
        raise DataError(
            f"paths.v1_lists={file} is no folder and no tar archive that can be read: {error}"
        ) from error


def _require_few(sizes: list[int], size: int, place: Path) -> None:
    """Add a file's size to those read so far, and refuse too much."""
    sizes.append(size)
    if len(sizes) > MAX_FILES or sum(sizes) > MAX_BYTES:
        raise DataError(
            f"paths.v1_lists={place}: more than {MAX_FILES} files or {MAX_BYTES} bytes; "
            "name the folder or archive of the v1 lists alone"
        )


def _text(path: str, raw: bytes) -> list[str]:
    try:
        return raw.decode().splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"paths.v1_lists: {path} is no text file") from error


def _list_names(rows: pd.DataFrame) -> list[str]:
    columns = map(str, rows.columns)
    return [column.removeprefix(_COLUMN) for column in columns if column.startswith(_COLUMN)]
