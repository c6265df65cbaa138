"""Who is at work on a trial: a lock that outlives no process that it was handed to."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.files import cannot_write

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Claim:
    """A claim on a trial, held until all processes that have its descriptor are gone.

    A library's lock is let go of when the process that took it dies. This one is also handed to
    the training process (`subprocess`'s `pass_fds`): where a worker is killed and the training
    that it started goes on, nobody else starts the same training beside it.

    Attributes:
        descriptor: of the open file that is locked.
    """

    descriptor: int

    @classmethod
    def take(cls, path: Path) -> Claim | None:
        """Claim what a file stands for, unless another process or claim has it.

        Args:
            path: made if need be, and left where it is.

        Raises:
            RunError: the file cannot be made.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise cannot_write(path, error.strerror or str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        """Give up this process's part in the claim."""
        os.close(self.descriptor)
