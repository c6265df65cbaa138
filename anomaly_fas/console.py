"""Tables and progress bars on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TypeVar

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    track,
)
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

_T = TypeVar("_T")


def print_table(title: str, rows: pd.DataFrame) -> None:
    """Print a table: text to the left, numbers to the right."""
    from pandas.api.types import is_numeric_dtype

    console = Console(width=None if sys.stdout.isatty() else 150)
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False)
    for name in rows.columns:
        is_number = is_numeric_dtype(rows[name])
        table.add_column(
            str(name).replace("_", " "), justify="right" if is_number else "left", overflow="fold"
        )
    for row in rows.itertuples(index=False):
        table.add_row(*map(str, row))
    console.print(table)


class ProgressBar:
    """A progress bar, shown while its context lasts.

    Args:
        title: text in front of the bar.
        total: number of items; None where `update` sets it.
    """

    def __init__(self, title: str, total: int | None = None) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._task = self._bar.add_task(title, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def advance(self, count: int) -> None:
        """Add a number of finished items."""
        self._bar.advance(self._task, count)

    def update(self, finished: int, total: int) -> None:
        """Set the number of finished items and of all."""
        self._bar.update(self._task, completed=finished, total=total)


def tracked(items: Sequence[_T], title: str) -> Iterable[_T]:
    """Iterate over items with a progress bar on stderr, which is removed at the end."""
    console = Console(stderr=True)
    return track(items, title, transient=True, console=console, disable=not console.is_terminal)
