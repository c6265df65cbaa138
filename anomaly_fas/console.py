"""Tables and progress bars on the terminal."""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from numbers import Number
from typing import Self, TypeVar

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

_T = TypeVar("_T")

_UNLIMITED = 10_000  # width where the output is a file, whose lines may be of any length


def print_table(
    header: Iterable[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    right: Collection[str] = (),
    section: int = 0,
) -> None:
    """Print a table: text to the left, numbers to the right, rules if it has a title.

    Args:
        header: names of the columns; underscores are shown as spaces.
        rows: cells of each row.
        title: shown above the table.
        right: further columns to set to the right.
        section: rows of a section, which an empty line follows; 0 for no sections.
    """
    cells = [list(row) for row in rows]
    table = Table(
        title=title or None,
        box=box.SIMPLE_HEAD if title else None,
        pad_edge=False,
        padding=(0, 1) if title else (0, 2, 0, 0),
    )
    for number, name in enumerate(header):
        is_number = all(isinstance(row[number], Number) for row in cells)
        table.add_column(
            Text(name.replace("_", " ")),
            justify="right" if is_number or name in right else "left",
            overflow="fold",
            no_wrap=number == 0,
        )
    for number, row in enumerate(cells, 1):
        texts = (Text(str(cell)) for cell in row)
        table.add_row(*texts, end_section=bool(section) and number % section == 0)
    Console(width=None if sys.stdout.isatty() else _UNLIMITED).print(table)


class ProgressBar:
    """A progress bar, shown while its context lasts.

    Args:
        title: text in front of the bar.
        total: number of items; None where `update` sets it.
        is_transient: whether the bar goes to stderr and is removed at the end; then it is shown on
            a terminal only.
    """

    def __init__(self, title: str, total: int | None = None, *, is_transient: bool = False) -> None:
        console = Console(stderr=is_transient)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=is_transient,
            disable=is_transient and not console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def advance(self, count: int = 1) -> None:
        """Add a number of finished items."""
        self._bar.advance(self._task, count)

    def update(self, finished: int, total: int) -> None:
        """Set the number of finished items and of all."""
        self._bar.update(self._task, completed=finished, total=total)


def tracked(items: Iterable[_T], title: str, total: int | None = None) -> Iterator[_T]:
    """Iterate over items with a progress bar on stderr, which is removed at the end.

    Args:
        items: anything to iterate over.
        title: text in front of the bar.
        total: number of items, for items without a length.
    """
    count = len(items) if isinstance(items, Sized) else total
    with ProgressBar(title, count, is_transient=True) as bar:
        for item in items:
            yield item
            bar.advance()
