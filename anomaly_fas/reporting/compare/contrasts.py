"""How methods differ from another one, and which differences outlast being looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import nan
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.differences import holm
from anomaly_fas.metrics.estimate import estimate, ratio_interval
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.estimate import Estimate, SeededFigure
    from anomaly_fas.metrics.intervals import Interval
    from anomaly_fas.metrics.resampling import Clusters

COMPARED: Final = tuple(Figure(Split.TEST, name) for name in ("eer", "acer", "auc"))
"""Figures that methods are compared by; of all but the last, less is better."""

LEADING: Final = COMPARED[0]
"""The figure that methods are ranked by: EER."""

SIGNIFICANT: Final = 0.05
"""Adjusted p-values below are called a difference."""

Ranked = Mapping[str, Mapping[Figure, "SeededFigure"]]
"""Method to figure to its values, methods by rising EER."""


@dataclass(frozen=True)
class Contrast:
    """A method against another on the same protocols, seeds, subjects and draws.

    Attributes:
        name: of the method.
        differences: figure to the method's less the other's.
        adjusted: figure to the p-value after Holm's correction.
        ratio: the method's EER over the other's; NaN if that is 0.
        bounds: of the ratio.
    """

    name: str
    differences: Mapping[Figure, Estimate]
    adjusted: Mapping[Figure, float]
    ratio: float
    bounds: Interval | None

    @property
    def is_shown(self) -> bool:
        """Whether the EER is shown to differ, after correction."""
        return self.adjusted[LEADING] < SIGNIFICANT


def against(other: str, methods: Ranked, clusters: Clusters) -> tuple[Contrast, ...]:
    """Every method against one that was chosen beforehand.

    Args:
        other: name of that one.
        methods: all, that one among them.
        clusters: subjects that the figures rest on.

    Returns:
        In the order of the methods, corrected for the number of them.
    """
    pairs = [(name, other) for name in methods if name != other]
    return _contrasts(pairs, methods, clusters)


def against_first(methods: Ranked, clusters: Clusters) -> tuple[Contrast, ...]:
    """Every method but the first against the first.

    Which is first is seen in the same scores, and the lowest of many is low by chance as well: so
    they are corrected for all pairs of methods, of which any may turn out to be looked at.

    Args:
        methods: all.
        clusters: subjects that the figures rest on.
    """
    pairs = [(worse, better) for better, worse in combinations(methods, 2)]
    return _contrasts(pairs, methods, clusters, len(methods) - 1)


def _contrasts(
    pairs: Sequence[tuple[str, str]], methods: Ranked, clusters: Clusters, wanted: int | None = None
) -> tuple[Contrast, ...]:
    """The first pairs, or all, corrected for the number of all."""
    differences = [
        {
            figure: estimate(own.less(methods[other][figure]), clusters)
            for figure, own in methods[name].items()
        }
        for name, other in pairs
    ]
    adjusted = {figure: holm([own[figure].p_value for own in differences]) for figure in COMPARED}
    return tuple(
        Contrast(
            name,
            differences[place],
            {figure: float(adjusted[figure][place]) for figure in COMPARED},
            _ratio(methods[name][LEADING], methods[other][LEADING]),
            ratio_interval(methods[name][LEADING], methods[other][LEADING], clusters),
        )
        for place, (name, other) in enumerate(pairs[:wanted])
    )


def _ratio(first: SeededFigure, second: SeededFigure) -> float:
    below = float(np.mean(second.values))
    return float(np.mean(first.values)) / below if below else nan
