"""Divide work among processes, and let one alone of several fill a cache."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from anomaly_fas.errors import RunError

_log = logging.getLogger(__name__)

Made = TypeVar("Made")


def in_processes(
    work: Callable[[list[int]], Made], parts: Sequence[list[int]], workers: int
) -> Iterator[Made]:
    """Yield what work makes of each part, in the order in which it is made.

    Args:
        work: can be pickled, unless there is one worker alone.
        parts: each is given to it once.
        workers: processes; with one the work is done here. If one fails, or the caller is
            interrupted, what was not begun is left.
    """
    if workers <= 1 or len(parts) <= 1:
        yield from map(work, parts)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(work, part) for part in parts]
        try:
            for future in as_completed(waiting):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def locked_cache(folder: Path) -> Iterator[None]:
    """Keep other processes out of a cache, whose folder need not exist yet.

    Raises:
        RunError: the cache cannot be written to.
    """
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _log.info("waiting for another run that fills the cache %s", folder)
            lock.acquire()
        yield
    except OSError as error:
        raise RunError(
            f"cannot write the cache {folder}: {error.strerror or error}. Free some space or make "
            "it writable, or choose another place with `paths.cache_dir=…`."
        ) from error
    finally:
        lock.release()
