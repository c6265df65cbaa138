"""The bytes of a capture: how many they are, and their hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK: Final = 1 << 20


def source_size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; -1 where it cannot be told."""
    try:
        return sum(file.stat().st_size for file in _files(path))
    except OSError:
        return -1


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 of a capture's bytes, and their number."""
    digest, size = hashlib.sha256(), 0
    for file in _files(path):
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                size += len(block)
    return digest.hexdigest(), size


def _files(path: Path) -> list[Path]:
    """The file itself, or the plain files of a folder; links in a folder are not followed."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.is_file() and not file.is_symlink())
