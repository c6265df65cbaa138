"""Writing files that are whole or not there at all."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from anomaly_fas.errors import RunError

_TEMPORARY: Final = re.compile(r"\..+\.[a-z0-9_]{8}(\.[^.]+)?")  # names that `atomic_path` gives


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, synced and renamed to it when the block ends well.

    The folder is made if need be. When the block fails, the temporary file is removed and
    whatever stood at `target` before stays as it was; so it does when the machine fails, and
    `remove_unfinished` removes what a process that was killed left.

    Raises:
        RunError: the folder cannot be written to, or the disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=target.suffix
        )
        os.close(handle)
    except OSError as error:
        raise cannot_write(target, error.strerror or str(error)) from error
    temporary = Path(name)
    try:
        yield temporary
        _sync(temporary)
        temporary.chmod(0o644)
        temporary.replace(target)
        with suppress(OSError):  # not every network file system can sync a folder
            _sync(target.parent)
    except OSError as error:
        raise cannot_write(target, error.strerror or str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises:
        RunError: the file cannot be written.
    """
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_unfinished(folder: Path) -> None:
    """Remove what processes that were killed in the midst of writing left in a folder.

    Args:
        folder: nobody else writes into it now; it need not exist.
    """
    if folder.is_dir():
        for path in folder.iterdir():
            if _TEMPORARY.fullmatch(path.name) and path.is_file():
                path.unlink(missing_ok=True)


def cannot_write(target: Path, reason: str) -> RunError:
    """The error to raise when a file cannot be written."""
    return RunError(
        f"cannot write {target}: {reason}. Free some space or make the folder writable, or choose "
        "another one with `paths.output_dir=…`; files already finished are untouched."
    )


def _sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
