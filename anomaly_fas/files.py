"""Writing files that are whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anomaly_fas.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, synced and renamed to it when the block ends well.

    The folder is made if need be. When the block fails, the temporary file is removed and
    whatever stood at `target` before stays as it was.

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
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise cannot_write(target, error.strerror or str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def cannot_write(target: Path, reason: str) -> RunError:
    """The error to raise when a file cannot be written."""
    return RunError(
        f"cannot write {target}: {reason}. Free some space or make the folder writable, or choose "
        "another one with `output_dir=…`; files already finished are untouched."
    )
