"""The evaluation of a method over its seeds."""

from statistics import stdev

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import devel_thresholds, error_figures
from anomaly_fas.metrics.differences import paired_difference
from anomaly_fas.metrics.evaluation import DIFFERENCE, evaluate, shared_resampling
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.intervals import binomial_interval
from anomaly_fas.metrics.scored_run import ScoredRun
from tests.metrics.samples import score_rows
from tests.nonempty import nonempty


def run(seed: int, noise: float = 0.0, apart: float = 0.0) -> ScoredRun:
    """Runs of all seeds scored the same samples; `apart` more separates the classes."""
    devel, test = score_rows(0, 120, prefix="d"), score_rows(1, 150, prefix="t")
    generator = np.random.default_rng(seed)
    for rows in (devel, test):
        rows["score"] += noise * generator.normal(size=len(rows))
        rows["score"] += apart * (rows["label"] == "attack")
    return ScoredRun(devel, test, devel_thresholds(devel))


def test_one_run_has_the_figures_of_its_table() -> None:
    one = run(0)
    found = evaluate([one])
    for name, threshold in nonempty(one.thresholds.items()):
        figures = {key: e.value for key, e in found.figures[name][Part()].items()}
        assert figures == error_figures(one.test, threshold)
    assert all(e.spread is None for e in found.figures["eer"][Part()].values())
    assert found.devel == error_figures(one.devel, one.thresholds["eer"])


def test_several_seeds_have_mean_and_spread() -> None:
    runs = [run(seed, noise=0.3) for seed in range(3)]
    found = evaluate(runs).figures["eer"][Part()]["apcer"]
    values = [error_figures(one.test, one.thresholds["eer"])["apcer"] for one in runs]
    assert found.value == pytest.approx(np.mean(values))
    assert found.spread == pytest.approx(stdev(values))


def test_rates_of_samples_have_exact_intervals() -> None:
    figures = evaluate([run(0)]).figures["eer"][Part()]
    count = figures["apcer/print"].count
    assert count is not None
    assert figures["apcer/print"].value == count.rate
    assert figures["apcer/print"].binomial == binomial_interval(count.errors, count.samples)
    assert figures["acer"].count is None
    assert figures["acer"].binomial is None


def test_the_bootstrap_holds_the_figure() -> None:
    runs = [run(0)]
    found = evaluate(runs, shared_resampling(runs, 400, seed=0)).figures["eer"][Part()]
    for name in ("bpcer", "acer", "hter", "eer", "apcer/print"):
        interval = found[name].bootstrap
        assert interval is not None
        assert interval.low <= found[name].value <= interval.high, name


def test_differences_between_demographic_groups() -> None:
    runs = [run(0)]
    found = evaluate(runs, shared_resampling(runs, 200, seed=0)).figures["eer"]
    rates = [found[Part("age", age)]["bpcer"].value for age in ("adult", "senior", "young")]
    difference = found[Part("age", DIFFERENCE)]["bpcer"]
    assert difference.value == max(rates) - min(rates)
    assert difference.bootstrap is not None
    # Ages are drawn without regard to scores: the difference of a fixed pair reaches 0.
    assert difference.bootstrap.low < 0.05
    assert Part("device", DIFFERENCE) not in found


def test_replicates_are_shared_only_by_runs_of_the_same_samples() -> None:
    assert shared_resampling([run(0), run(1, noise=0.1)], 10, seed=0) is not None
    other = run(0)
    shorter = ScoredRun(other.devel, other.test.iloc[1:], other.thresholds)
    assert shared_resampling([run(0), shorter], 10, seed=0) is None


def test_a_better_method_is_told_from_a_worse_one() -> None:
    good, bad = run(0, apart=0.6), run(1)
    resampling = shared_resampling([good, bad], 400, seed=0)
    first, second = (evaluate([one], resampling) for one in (good, bad))
    key = "eer", Part(), "eer"
    difference = paired_difference(
        *(own.figures[key[0]][key[1]][key[2]].value for own in (first, second)),
        *(own.replicates[key[0]][key[1]][key[2]] for own in (first, second)),
    )
    assert difference is not None
    assert difference.interval.high < 0
    assert difference.p_value < 0.05


def test_the_worst_species_is_named() -> None:
    found = evaluate([run(0)])
    figures = found.figures["eer"][Part()]
    worst = found.worst["eer"]
    assert figures["apcer"].value == figures[f"apcer/{worst['apcer']}"].value
    assert figures["apcer_fine"].value == figures[f"apcer_fine/{worst['apcer_fine']}"].value
    assert figures["apcer_type"].value == figures[f"apcer_type/{worst['apcer_type']}"].value


def test_a_run_with_non_responses_is_averaged_with_one_without() -> None:
    runs = [run(0), run(1, noise=0.1)]
    silent = runs[0].test.copy()
    silent.loc[silent["pai"] == "makeup", "score"] = np.nan
    runs[0] = ScoredRun(runs[0].devel, silent, runs[0].thresholds)
    found = evaluate(runs, shared_resampling(runs, 20, seed=0)).figures["eer"][Part()]
    assert found["apnrr/makeup"].value == pytest.approx(0.5)
    assert found["apnrr/print"].value == 0
    other = evaluate([runs[1]]).figures["eer"][Part()]["apcer/makeup"].value
    assert "apcer/makeup" not in found or found["apcer/makeup"].value == other


def test_thresholds_of_one_run_alone_are_left_out() -> None:
    one, other = run(0), run(1, noise=0.1)
    more = ScoredRun(one.devel, one.test, {**one.thresholds, "mine": 0.4})
    found = evaluate([more, other], shared_resampling([more, other], 20, seed=0))
    assert set(found.figures) == set(other.thresholds)


def test_test_without_attacks_is_an_error() -> None:
    one = run(0)
    bona_fide = one.test[one.test["label"] == "bona_fide"]
    with pytest.raises(DataError, match="attack"):
        evaluate([ScoredRun(one.devel, bona_fide, one.thresholds)])
