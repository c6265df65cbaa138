"""Cutting many shards side by side, in processes that may die of a capture."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final

import cv2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anomaly_fas.data.preparation.shard_work import ShardWork

_POLL_SECONDS: Final = 0.2
_ATTEMPTS: Final = 2


def do_all(work: Sequence[ShardWork], processes: int, progress: Callable[[int], None]) -> None:
    """Do all of the work.

    Decoders are programs in C that were handed bytes nobody vouches for. Where a process dies, the
    shards that are left are done one at a time, in a process each; a capture that two of them die
    of is recorded as unreadable.

    Args:
        work: any number of shards.
        processes: how many at once; 0 does it in this one.
        progress: told now and then how many samples are done.
    """
    progress(0)
    if processes == 0:
        _do_here(work, progress)
        return
    left = _do_there(work, processes, progress)
    done = sum(len(item.captures) for item in work if item not in left)
    for item in left:
        _do_apart(item, _after(done, progress))
        done += len(item.captures)


def _after(done: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda more: progress(done + more)


def _do_here(work: Sequence[ShardWork], progress: Callable[[int], None]) -> None:
    cv2.setNumThreads(1)
    done = 0

    def advance(samples: int) -> None:
        nonlocal done
        done += samples
        progress(done)

    for item in work:
        item.run(advance, lambda: False)


def _do_apart(item: ShardWork, progress: Callable[[int], None]) -> None:
    """Do a shard in processes of its own, past captures that they die of."""
    stands_at, deaths = -1, 0
    while _do_there([item], 1, progress):
        before, stands_at = stands_at, item.done
        deaths = deaths + 1 if stands_at == before else 1
        if deaths == _ATTEMPTS:
            item.give_up(f"reading it ended the process, {_ATTEMPTS} times")
            deaths = 0


def _do_there(
    work: Sequence[ShardWork], processes: int, progress: Callable[[int], None]
) -> list[ShardWork]:
    """Do the work in other processes; what is left of it when one of them dies."""
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
"""What a worker shares with the main process: the count of samples done, the wish to stop."""


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
