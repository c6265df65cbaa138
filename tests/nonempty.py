"""Loops that test something: what they go over must not be empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")


def nonempty(items: Iterable[_T]) -> list[_T]:
    """The items as a list, of which there must be at least one."""
    listed = list(items)
    assert listed, "nothing to loop over"
    return listed
