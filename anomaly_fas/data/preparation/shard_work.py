"""Cutting one shard, from where it stands to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from anomaly_fas.data.store.record import Outcome
from anomaly_fas.data.store.shard import Shard, ShardWriter
from anomaly_fas.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable

    from anomaly_fas.data.preparation.capture import Capture
    from anomaly_fas.data.preparation.cutting import Cutter


@dataclass(frozen=True)
class ShardWork:
    """A shard and the captures that it is cut from, in its order."""

    shard: Shard
    captures: tuple[Capture, ...]
    cutter: Cutter

    def run(self, advance: Callable[[int], None], stopped: Callable[[], bool]) -> None:
        """Go on where the shard stands, to its end or until `stopped` says so.

        Args:
            advance: told the number of samples that have been added.
            stopped: asked before each sample.
        """
        # A process that outlives its killed command for a moment must be done first.
        with self._lock, ShardWriter(self.shard) as writer:
            advance(writer.done)
            for capture in self.captures[writer.done :]:
                if stopped():
                    return
                writer.append(*self.cutter(capture))
                advance(1)
            writer.seal()

    @property
    def done(self) -> int:
        """Number of samples that the shard holds."""
        with self._lock, ShardWriter(self.shard) as writer:
            return writer.done

    def give_up(self, reason: str) -> None:
        """Record the sample that the shard stands at as unreadable.

        Raises:
            RunError: it has all of its samples.
        """
        with self._lock, ShardWriter(self.shard) as writer:
            if writer.done == len(self.captures):
                raise RunError(f"{self.shard.name}: the processes that finish it are killed")
            capture = self.captures[writer.done]
            writer.append(*self.cutter.nothing(capture, Outcome.UNREADABLE, reason))

    @property
    def _lock(self) -> FileLock:
        locks = self.shard.folder.parent / "locks"
        locks.mkdir(exist_ok=True)
        return FileLock(locks / self.shard.name)
