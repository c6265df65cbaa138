"""Cutting shards side by side, each by one process."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final

import cv2
from filelock import FileLock

from anomaly_fas.data.store.shard import ShardWriter
from anomaly_fas.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anomaly_fas.data.preparation.capture import Capture
    from anomaly_fas.data.preparation.cutting import Cutter
    from anomaly_fas.data.store.shard import Shard

_POLL_SECONDS: Final = 0.2


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
        locks = self.shard.folder.parent / "locks"
        locks.mkdir(exist_ok=True)
        # A process that outlives its killed command for a moment must be done first.
        with FileLock(locks / self.shard.name), ShardWriter(self.shard) as writer:
            advance(writer.done)
            for capture in self.captures[writer.done :]:
                if stopped():
                    return
                writer.append(*self.cutter(capture))
                advance(1)
            writer.seal()


def do_all(work: Sequence[ShardWork], processes: int, progress: Callable[[int], None]) -> None:
    """Do all of the work.

    Args:
        work: any number of shards.
        processes: how many at once.
        progress: told now and then how many samples are done.

    Raises:
        RunError: a process was killed.
    """
    progress(0)
    if processes <= 1 or len(work) <= 1:
        _do_here(work, progress)
        return
    context = get_context("spawn")
    done, stop = context.Value("q", 0), context.Event()
    with ProcessPoolExecutor(min(processes, len(work)), context, _begin, (done, stop)) as pool:
        waiting = {pool.submit(_do_there, item) for item in work}
        try:
            while waiting:
                finished, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
                for future in finished:
                    future.result()
                progress(done.value)
        except BrokenProcessPool as error:
            raise RunError(
                "one of the processes was killed, perhaps for want of memory: run the same command "
                "again, it goes on from there; `processes=1` takes less"
            ) from error
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _do_here(work: Sequence[ShardWork], progress: Callable[[int], None]) -> None:
    cv2.setNumThreads(1)
    done = 0

    def advance(samples: int) -> None:
        nonlocal done
        done += samples
        progress(done)

    for item in work:
        item.run(advance, lambda: False)


_shared: dict[str, Any] = {}
"""What this worker shares with the main process: the count of samples done, the wish to stop."""


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


def _do_there(item: ShardWork) -> None:
    def advance(samples: int) -> None:
        with _shared["done"].get_lock():
            _shared["done"].value += samples

    item.run(advance, _shared["stop"].is_set)
