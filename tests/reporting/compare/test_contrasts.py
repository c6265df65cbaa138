"""Differences between methods, and what is corrected for what."""

from __future__ import annotations

from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from anomaly_fas.metrics.differences import holm
from anomaly_fas.metrics.estimate import SeededFigure, estimate
from anomaly_fas.metrics.resampling import Clusters
from anomaly_fas.reporting.compare.contrasts import COMPARED, LEADING, against, against_first

if TYPE_CHECKING:
    from anomaly_fas.reporting.compare.judging import Figure

NINE = Clusters(9, 1)
MEANS = {"a": 0.1, "b": 0.12, "c": 0.25, "d": 0.4}


def ranked() -> dict[str, dict[Figure, SeededFigure]]:
    generator = np.random.default_rng(0)
    return {
        name: {
            figure: SeededFigure(np.array([mean]), mean + 0.02 * generator.normal(size=500))
            for figure in COMPARED
        }
        for name, mean in MEANS.items()
    }


def p_value(name: str, other: str, figure: Figure = LEADING) -> float:
    methods = ranked()
    return estimate(methods[name][figure].less(methods[other][figure]), NINE).p_value


def test_one_chosen_beforehand_is_corrected_for_the_number_of_methods() -> None:
    found = against("b", ranked(), NINE)
    assert [own.name for own in found] == ["a", "c", "d"]
    for figure in COMPARED:
        expected = holm([p_value(name, "b", figure) for name in "acd"])
        assert [own.adjusted[figure] for own in found] == pytest.approx(expected.tolist())
    assert [own.differences[LEADING].value for own in found] == pytest.approx([-0.02, 0.13, 0.28])
    assert [own.ratio for own in found] == pytest.approx([0.1 / 0.12, 0.25 / 0.12, 0.4 / 0.12])
    assert [own.is_shown for own in found] == [False, True, True]


def test_the_first_was_looked_for_so_all_pairs_count() -> None:
    found = against_first(ranked(), NINE)
    assert [own.name for own in found] == ["b", "c", "d"]
    pairs = list(combinations("abcd", 2))
    expected = dict(zip(pairs, holm([p_value(b, a) for a, b in pairs]), strict=True))
    for own in found:
        assert own.adjusted[LEADING] == pytest.approx(expected["a", own.name])
        assert own.differences[LEADING].value == pytest.approx(MEANS[own.name] - MEANS["a"])
    assert against_first({"a": ranked()["a"]}, NINE) == ()


def test_equal_methods_are_seldom_called_worse_than_the_first() -> None:
    """Of ten alike one is the lowest by chance: corrected for nine comparisons it would be more."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(100):
        per_subject = generator.normal(size=(10, 30))
        weights = generator.multinomial(30, np.full(30, 1 / 30), size=200) / 30
        seeded = {
            str(number): dict.fromkeys(
                COMPARED, SeededFigure(own.mean(keepdims=True), weights @ own)
            )
            for number, own in enumerate(per_subject)
        }
        ordered = dict(sorted(seeded.items(), key=lambda item: float(item[1][LEADING].values[0])))
        found.append(any(own.is_shown for own in against_first(ordered, Clusters(30, 1))))
    assert np.mean(found) <= 0.09


def test_a_difference_from_nothing_has_no_ratio() -> None:
    methods = ranked()
    methods["a"] = dict.fromkeys(COMPARED, SeededFigure(np.zeros(1), np.zeros(500)))
    assert all(isnan(own.ratio) and own.bounds is None for own in against("a", methods, NINE))
