"""Work in parts: what comes of each, in one process and in several."""

from __future__ import annotations

import os

import pytest

from anomaly_fas.data.in_processes import in_processes

PARTS = [[1, 2], [3], [4, 5, 6]]


def summed(part: list[int]) -> tuple[int, int]:
    if 3 in part:
        return sum(part), 0
    return sum(part), os.getpid()


def failing(part: list[int]) -> int:
    raise ValueError(f"no {part[0]}")


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_each_part_is_done_once(workers: int) -> None:
    found = list(in_processes(summed, PARTS, workers))
    assert sorted(total for total, _ in found) == [3, 3, 15]
    elsewhere = {pid for _, pid in found} - {0, os.getpid()}
    assert bool(elsewhere) is (workers == 2)


def test_a_part_alone_starts_no_process() -> None:
    assert list(in_processes(summed, [[1, 2]], 2)) == [(3, os.getpid())]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_is_that_of_the_work(workers: int) -> None:
    with pytest.raises(ValueError, match=r"no [134]"):
        list(in_processes(failing, PARTS, workers))
