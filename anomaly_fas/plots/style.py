"""What all figures have in common: a look that survives greyscale and colour blindness."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

from matplotlib import style
from matplotlib.figure import Figure

from anomaly_fas.files import atomic_path

BONA_FIDE: Final = "#0b3c5d"
ATTACK: Final = "#d55e00"
BLUE: Final = "#0072b2"
COLOURS: Final = (ATTACK, "#56b4e9", "#009e73", "#cc79a7", "#e69f00", BLUE, "#7f7f7f")
"""After Okabe and Ito, "Color universal design", 2008."""

LINES: Final = ("-", "--", "-.", (0, (1, 1)), (0, (6, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", "p", ">", "h", "*")

GREY: Final = "#555555"
"""Of what is written or drawn beside the data."""

NUMBER_BOX: Final[dict[str, Any]] = {
    "facecolor": "white",
    "edgecolor": "none",
    "alpha": 0.8,
    "pad": 0.8,
}
"""Behind numbers that stand among the data."""

SETTINGS: Final[dict[str, Any]] = {
    "font.size": 9,
    "axes.titlesize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.handlelength": 3,
    "lines.linewidth": 1.4,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
"""What every figure is made with; all else is matplotlib's default."""

_SAVED: Final[dict[str, Any]] = {
    "svg.hashsalt": "anomaly_fas",
    "svg.fonttype": "none",
    # All are wide, so that text measured in the first fits where another one has to do.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
}
_UNDATED: Final = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Look(NamedTuple):
    """How one of several methods is drawn."""

    colour: str
    line: Any
    marker: str


def look(number: int) -> Look:
    """Choose the look of a method by its place among the methods; the first 84 differ.

    Example:
        >>> look(0).marker, look(7).colour == look(0).colour, look(7).marker
        ('o', True, '<')
    """
    again = number // len(COLOURS)  # a colour comes again with another line
    return Look(
        COLOURS[number % len(COLOURS)],
        LINES[(number + again) % len(LINES)],
        MARKERS[number % len(MARKERS)],
    )


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a function draw with this package's settings, and leave pyplot's as they are."""

    @wraps(draw)
    def drawn(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with style.context(["default", SETTINGS]):
            return draw(*args, **kwargs)

    return drawn


def plain(text: str) -> str:
    """Escape a name: dollars mean no formula, and no first letter hides it from a legend."""
    return (f" {text}" if text.startswith("_") else text).replace("$", r"\$")


def words(name: str) -> str:
    """Write the name of a PAI species as it is read.

    Example:
        >>> words("mask_paper")
        'mask paper'
    """
    return plain(name.replace("_", " "))


def save(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the path's suffix names, the same bytes each time.

    Raises:
        RunError: the file cannot be written.
    """
    metadata = _UNDATED.get(path.suffix, {})
    with atomic_path(path) as temporary, style.context(["default", SETTINGS, _SAVED]):
        figure.savefig(temporary, dpi=150, metadata=metadata)
