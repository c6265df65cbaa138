"""The pictures of a comparison, from its figures."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.compared_methods import Dot, Look, methods_figure
from anomaly_fas.reporting.compare.figures import LEADING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.compare.figures import BlockFigures, Contrast

_WIDTH: Final = 46
"""Letters that the width of a panel holds."""

_STANDINGS: Final[Mapping[Look, str]] = {
    "first": "lowest EER",
    "tied": "not shown to differ from it (p ≥ 0.05 after correction)",
    "behind": "shown to be higher",
}
_SIGNS: Final[Mapping[Look, str]] = {
    "better": "lower EER",
    "alike": "not shown to differ (p ≥ 0.05 after correction)",
    "worse": "higher EER",
}


def eer_picture(found: Sequence[BlockFigures]) -> Figure:
    """Draw the EER of every method, one panel per block."""
    panels = {}
    for judged in found:
        against = {contrast.name: contrast for contrast in judged.to_best}
        panels[_title(judged)] = [
            dot(
                method.name,
                method.means[LEADING],
                _standing(against.get(method.name)),
                tuple(100 * own[LEADING].value for own in method.by_protocol.values()),
            )
            for method in judged.methods
        ]
    title = "EER on test. Bars: 95 % interval. Ticks: single protocols"
    return methods_figure(panels, _rows(found), "EER (%)", title, _STANDINGS)


def difference_picture(found: Sequence[BlockFigures], reference: str) -> Figure:
    """Draw the differences in EER to the reference, one panel per block that has it."""
    panels = {
        _title(judged): [
            dot(contrast.name, contrast.differences[LEADING], _sign(contrast))
            for contrast in judged.to_reference
        ]
        for judged in found
    }
    rows = [name for name in _rows(found) if name != reference]
    title = f"EER less that of {reference.replace('_', ' ')}. Bars: 95 % interval, not corrected"
    return methods_figure(panels, rows, "percentage points", title, _SIGNS, of_differences=True)


def _standing(contrast: Contrast | None) -> Look:
    if contrast is None:
        return "first"
    return "behind" if contrast.is_shown else "tied"


def _sign(contrast: Contrast) -> Look:
    if not contrast.is_shown:
        return "alike"
    return "better" if contrast.differences[LEADING].value < 0 else "worse"


def dot(
    row: str | float, mean: Estimate, look: Look, parts: tuple[float, ...] = (), aside: float = 0.0
) -> Dot:
    """Turn an estimate into a dot in percent or percentage points, with its interval."""
    interval = mean.interval and (100 * mean.interval.low, 100 * mean.interval.high)
    return Dot(row, 100 * mean.value, interval, look, parts, aside)


def _rows(found: Sequence[BlockFigures]) -> list[str]:
    """All methods, in the order of the block that has most of them, others after."""
    widest = sorted(found, key=lambda judged: -len(judged.methods))
    return list(dict.fromkeys(method.name for judged in widest for method in judged.methods))


def _title(judged: BlockFigures) -> str:
    return fill(judged.block.title.replace("_", " "), _WIDTH)
