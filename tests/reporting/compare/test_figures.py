"""From the runs of a study to figures and contrasts: means, shared draws, corrections."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.differences import holm
from anomaly_fas.metrics.estimate import SeededFigure, estimate
from anomaly_fas.metrics.resampling import Clusters
from anomaly_fas.reporting.compare.figures import (
    COMPARED,
    LEADING,
    BlockFigures,
    against,
    against_first,
    compared,
)
from anomaly_fas.reporting.compare.groups import Rules, grouped
from anomaly_fas.reporting.compare.judging import Bootstrap
from anomaly_fas.types import Split
from tests.nonempty import nonempty
from tests.reporting.compared_study import SUBJECTS, study_run

if TYPE_CHECKING:
    from anomaly_fas.reporting.compare.judging import Figure
    from anomaly_fas.reporting.study import StudyRun

APART = {"near": 2.5, "far": 0.5, "middle": 2.0}


def judged(runs: list[StudyRun], reference: str | None = "middle") -> list[BlockFigures]:
    return compared(grouped(runs, Rules()), reference, Bootstrap(200, seed=0))


@pytest.fixture(scope="module")
def runs() -> list[StudyRun]:
    return [
        study_run(name, fold, seed, apart)
        for name, apart in APART.items()
        for fold in (0, 1)
        for seed in (0, 1)
    ]


@pytest.fixture(scope="module")
def block(runs: list[StudyRun]) -> BlockFigures:
    (found,) = judged(runs)
    return found


def test_figures_are_means_over_protocols_and_seeds(
    runs: list[StudyRun], block: BlockFigures
) -> None:
    plain = {}
    for run in runs:
        table = run.scores.table
        threshold = table.facts["thresholds"]["logit"][HEADLINE]
        key = run.scores.facts.method, run.scores.facts.protocol, run.scores.facts.seed
        plain[key] = error_figures(table.of("logit", Split.TEST), threshold)
    for method in nonempty(block.methods):
        for figure in COMPARED:
            own = {
                key[1:]: values[figure.name]
                for key, values in plain.items()
                if key[0] == method.name
            }
            assert method.means[figure].value == pytest.approx(np.mean(list(own.values())))
            for protocol, figures in nonempty(method.by_protocol.items()):
                mean = np.mean([own[protocol, seed] for seed in (0, 1)])
                assert figures[figure].value == pytest.approx(mean)


def test_methods_are_ranked_and_compared(block: BlockFigures) -> None:
    assert [own.name for own in block.methods] == ["near", "middle", "far"]
    assert (block.methods[0].name, block.reference) == ("near", "middle")
    assert [own.name for own in block.to_reference] == ["near", "far"]
    assert [own.name for own in block.to_best] == ["middle", "far"]
    means = {own.name: own.means[LEADING].value for own in block.methods}
    for contrast in block.to_reference:
        difference = means[contrast.name] - means["middle"]
        assert contrast.differences[LEADING].value == pytest.approx(difference)
    assert block.to_best[1].is_shown
    assert block.clusters == Clusters(2 * SUBJECTS, 2)


def test_a_copy_differs_in_no_draw(runs: list[StudyRun], block: BlockFigures) -> None:
    """Both sides of a difference are judged on the same subjects, drawn as often."""
    copies = [
        replace(run, scores=replace(run.scores, facts=replace(run.scores.facts, method="copy")))
        for run in runs
        if run.scores.facts.method == "near"
    ]
    (found,) = judged([*runs, *copies])
    (contrast,) = (own for own in found.to_best if own.name in {"near", "copy"})
    assert all(
        own.value == own.standard_error == 0 for own in nonempty(contrast.differences.values())
    )
    assert contrast.adjusted[LEADING] == 1
    assert not contrast.is_shown
    assert found.methods[1].means == found.methods[0].means == block.methods[0].means


def test_the_same_study_gives_the_same_figures(runs: list[StudyRun], block: BlockFigures) -> None:
    (again,) = judged(list(reversed(runs)))
    for ours, theirs in nonempty(zip(block.methods, again.methods, strict=True)):
        assert theirs.name == ours.name
        first, second = ours.means[LEADING], theirs.means[LEADING]
        assert second.value == pytest.approx(first.value)
        assert second.interval == pytest.approx(first.interval)


def test_a_block_without_the_reference_compares_with_the_first_alone(runs: list[StudyRun]) -> None:
    (found,) = judged(runs, None)
    assert found.reference is None
    assert found.to_reference == ()
    assert len(found.to_best) == 2


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
    for own in nonempty(found):
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
