"""Dotted names: of modules, and of keys in a config."""

from collections.abc import Iterable
from typing import Any


def is_below(name: str, roots: Iterable[str]) -> bool:
    """Whether a dotted name is one of some others or below one.

    Example:
        >>> is_below("loss.weight", ["loss"]), is_below("loss_scale", ["loss"])
        (True, False)
    """
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def flatten(node: Any, prefix: str = "") -> dict[str, Any]:
    """Map the dotted key of each leaf of nested dictionaries to its value.

    Example:
        >>> flatten({"a": {"b": 1, "c": [2]}, "d": {}})
        {'a.b': 1, 'a.c': [2], 'd': {}}
    """
    if not isinstance(node, dict) or not node:
        return {prefix[:-1]: node}
    return {
        key: value
        for name, part in node.items()
        for key, value in flatten(part, f"{prefix}{name}.").items()
    }
