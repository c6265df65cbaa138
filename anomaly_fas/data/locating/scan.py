"""One walk over a dataset's root: what lies there, without ever leaving it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anomaly_fas.data.images import SUFFIXES as IMAGE_SUFFIXES
from anomaly_fas.data.locating.names import split_suffix
from anomaly_fas.errors import DataError

MAX_ENTRIES: Final = 10_000_000
_LEFT_BY_UNPACKERS: Final = "__MACOSX"


@dataclass(frozen=True)
class Scan:
    """What lies under a root, as posix paths relative to it, each list in ascending order."""

    root: Path
    files: list[str] = field(default_factory=list)
    frame_folders: list[str] = field(default_factory=list)
    """Folders that hold images themselves."""
    refused: list[str] = field(default_factory=list)
    """Links that lead out of the root: not followed."""
    unreadable: list[str] = field(default_factory=list)
    """Folders and links that may not be looked into."""


@dataclass(frozen=True)
class _Folder:
    relative: str
    real: str
    left: frozenset[str] = frozenset()
    """The folders that were left by a link on the way here."""


def scan(root: Path, limit: int = MAX_ENTRIES) -> Scan:
    """Walk a root.

    Hidden entries (a leading dot, `__MACOSX`) are passed over. A link is followed if it leads to
    something inside the root, but never in a circle.

    Args:
        root: the folder; may be a link itself.
        limit: entries at most, against a root given by mistake.

    Raises:
        DataError: the root is no folder, or there are more entries than the limit.
    """
    if not root.is_dir():
        raise DataError(f"{root}: no such folder. Correct the root, or leave the dataset out.")
    found = Scan(root)
    home = os.path.realpath(root)
    waiting = [_Folder("", home)]
    seen = 0
    while waiting:
        folder = waiting.pop()
        entries = _entries(folder, found)
        seen += len(entries)
        if seen > limit:
            raise DataError(f"{root}: more than {limit} entries. Give the dataset's own folder.")
        waiting += _sort_out(folder, entries, home, found)
    for paths in (found.files, found.frame_folders, found.refused, found.unreadable):
        paths.sort()
    return found


def _entries(folder: _Folder, found: Scan) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder.real) as entries:
            return [e for e in entries if e.name[0] != "." and e.name != _LEFT_BY_UNPACKERS]
    except OSError:
        found.unreadable.append(folder.relative or ".")
        return []


def _sort_out(
    folder: _Folder, entries: list[os.DirEntry[str]], home: str, found: Scan
) -> Iterator[_Folder]:
    """Note the files of a folder; the folders in it that are still to be walked."""
    prefix = f"{folder.relative}/" if folder.relative else ""
    holds_images = False
    for entry in entries:
        relative, target, left = prefix + entry.name, entry.path, folder.left
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            left |= {folder.real}
            if not _within(target, home):
                found.refused.append(relative)
                continue
            if any(_within(passed, target) for passed in left):
                continue  # a circle
        try:
            is_file, is_folder = entry.is_file(), entry.is_dir()
        except OSError:
            found.unreadable.append(relative)
            continue
        if is_file:
            found.files.append(relative)
            holds_images = holds_images or split_suffix(entry.name)[1] in IMAGE_SUFFIXES
        elif is_folder:
            yield _Folder(relative, target, left)
    if holds_images and folder.relative:
        found.frame_folders.append(folder.relative)


def _within(path: str, home: str) -> bool:
    return path == home or path.startswith(home.rstrip(os.sep) + os.sep)
