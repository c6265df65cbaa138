"""Dotted names: of modules, and of keys in a config."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_below(name: str, roots: Iterable[str]) -> bool:
    """Whether a dotted name is one of some others or below one.

    Example:
        >>> is_below("loss.weight", ["loss"]), is_below("loss_scale", ["loss"])
        (True, False)
    """
    return any(name == root or name.startswith(f"{root}.") for root in roots)
