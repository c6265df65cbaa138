"""From the runs of a study to figures: means in the stated order, on shared draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.resampling import Clusters
from anomaly_fas.reporting.compare.contrasts import COMPARED, LEADING
from anomaly_fas.reporting.compare.figures import BlockFigures, compared
from anomaly_fas.reporting.compare.groups import Rules, grouped
from anomaly_fas.reporting.compare.judging import Bootstrap
from anomaly_fas.types import Split
from tests.reporting.compared_study import SUBJECTS, study_run

if TYPE_CHECKING:
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
    for method in block.methods:
        for figure in COMPARED:
            own = {
                key[1:]: values[figure.name]
                for key, values in plain.items()
                if key[0] == method.name
            }
            assert method.means[figure].value == pytest.approx(np.mean(list(own.values())))
            for protocol, figures in method.by_protocol.items():
                mean = np.mean([own[protocol, seed] for seed in (0, 1)])
                assert figures[figure].value == pytest.approx(mean)


def test_methods_are_ranked_and_compared(block: BlockFigures) -> None:
    assert [own.name for own in block.methods] == ["near", "middle", "far"]
    assert (block.best, block.reference) == ("near", "middle")
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
    assert all(own.value == own.standard_error == 0 for own in contrast.differences.values())
    assert contrast.adjusted[LEADING] == 1
    assert not contrast.is_shown
    assert found.methods[1].means == found.methods[0].means == block.methods[0].means


def test_the_same_study_gives_the_same_figures(runs: list[StudyRun], block: BlockFigures) -> None:
    (again,) = judged(list(reversed(runs)))
    for ours, theirs in zip(block.methods, again.methods, strict=True):
        assert theirs.name == ours.name
        first, second = ours.means[LEADING], theirs.means[LEADING]
        assert second.value == pytest.approx(first.value)
        assert second.interval == pytest.approx(first.interval)


def test_a_block_without_the_reference_compares_with_the_first_alone(runs: list[StudyRun]) -> None:
    (found,) = judged(runs, None)
    assert found.reference is None
    assert found.to_reference == ()
    assert len(found.to_best) == 2
