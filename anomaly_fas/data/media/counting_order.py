"""The order of names that people count in: 2 before 10."""

from __future__ import annotations

import re


def as_counted(name: str) -> list[tuple[int, str]]:
    """A key to sort names by, in which their numbers compare as numbers.

    Example:
        >>> sorted(["f10", "f9", "f"], key=as_counted)
        ['f', 'f9', 'f10']
    """
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)]
