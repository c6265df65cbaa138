"""Cut many shards side by side, in processes that may die of a capture."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final

import cv2
from filelock import FileLock

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.store.record import Outcome
from anomaly_fas.data.store.shard import Shard, ShardWriter
from anomaly_fas.errors import RunError

if TYPE_CHECKING:
    from anomaly_fas.data.preparation.cutting import Cutter

_POLL_SECONDS: Final = 0.2
_ATTEMPTS: Final = 2


@dataclass(frozen=True)
class ShardWork:
    """A shard and the captures that it is cut from, in its order."""

    shard: Shard
    captures: tuple[Capture, ...]
    cutter: Cutter

    def run(self, advance: Callable[[int], None], stopped: Callable[[], bool]) -> None:
        """Continue the shard to its end, or until `stopped` is true before a sample.

        Args:
            advance: callback with the number of samples added.
            stopped: whether to stop.
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
        """Number of samples in the shard."""
        with self._lock, ShardWriter(self.shard) as writer:
            return writer.done

    def give_up(self, reason: str) -> None:
        """Record the next sample of the shard as unreadable.

        Raises:
            RunError: the shard has all of its samples.
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


def do_all(work: Sequence[ShardWork], processes: int, progress: Callable[[int], None]) -> None:
    """Cut all shards.

    Decoders are C programs that read untrusted bytes. Where a process dies, the unfinished shards
    are cut one at a time, each in a process of its own; a capture that kills two of them is
    recorded as unreadable.

    Args:
        work: shards to cut.
        processes: number of processes; 0 cuts in this one.
        progress: callback with the number of samples done.
    """
    progress(0)
    if processes == 0:
        _do_here(work, progress)
        return
    left = _do_there(work, processes, progress)
    done = sum(len(item.captures) for item in work if item not in left)
    for item in left:
        _do_apart(item, done, progress)
        done += len(item.captures)


def _do_here(work: Sequence[ShardWork], progress: Callable[[int], None]) -> None:
    cv2.setNumThreads(1)
    done = 0

    def advance(samples: int) -> None:
        nonlocal done
        done += samples
        progress(done)

    for item in work:
        item.run(advance, lambda: False)


def _do_apart(item: ShardWork, done: int, progress: Callable[[int], None]) -> None:
    """Cut a shard in processes of its own, past captures that kill them."""
    position, deaths = -1, 0
    while _do_there([item], 1, lambda more: progress(done + more)):
        before, position = position, item.done
        deaths = deaths + 1 if position == before else 1
        if deaths == _ATTEMPTS:
            item.give_up(f"reading it ended the process, {_ATTEMPTS} times")
            deaths = 0


def _do_there(
    work: Sequence[ShardWork], processes: int, progress: Callable[[int], None]
) -> list[ShardWork]:
    """Cut shards in other processes; return the unfinished ones if a process dies."""
    context = get_context("spawn")
    done, stop = context.Value("q", 0), context.Event()
    with ProcessPoolExecutor(min(processes, len(work)) or 1, context, _begin, (done, stop)) as pool:
        waiting = {pool.submit(_work, item) for item in work}
        try:
            while waiting:
                finished, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
                for future in finished:
                    future.result()
                progress(done.value)
        except BrokenProcessPool:
            return [item for item in work if not item.shard.is_sealed]
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return []


_shared: dict[str, Any] = {}
"""What a worker shares with the main process: the number of samples done, the wish to stop."""


def _begin(done: Any, stop: Any) -> None:
    """Set a worker up: one thread, deaf to Ctrl-C, and ending with the main process."""
    _shared.update(done=done, stop=stop)
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def _work(item: ShardWork) -> None:
    def advance(samples: int) -> None:
        with _shared["done"].get_lock():
            _shared["done"].value += samples

    item.run(advance, _shared["stop"].is_set)
