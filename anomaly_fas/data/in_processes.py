"""Work that is done in parts, by several processes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

Made = TypeVar("Made")


def in_processes(
    work: Callable[[list[int]], Made], parts: Sequence[list[int]], workers: int
) -> Iterator[Made]:
    """What work makes of each part, in the order in which it is made.

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
