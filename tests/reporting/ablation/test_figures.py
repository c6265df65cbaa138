"""Figures, differences and tables of factors, worked out by hand."""

from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from anomaly_fas.errors import DataError
from anomaly_fas.reporting.ablation.arms import place
from anomaly_fas.reporting.ablation.figures import (
    ArmFigures,
    factor_figures,
    factor_table,
    figure_rows,
    overview_table,
)
from anomaly_fas.reporting.ablation.page import write_ablation
from anomaly_fas.reporting.compare.judging import Bootstrap, Figure
from anomaly_fas.reporting.study import StudyRun
from anomaly_fas.reporting.tables import points
from anomaly_fas.types import Split
from tests.nonempty import nonempty
from tests.reporting.factor_study import BASE, PLAN, config, score_file

ACER = Figure(Split.TEST, "acer")
STUDY = Path("ablation")


def runs(dims: dict[int, int]) -> list[StudyRun]:
    """A base that rejects 2 and 4 of 10 bona fide samples, and D = 32 by seed."""
    both = ("few_shot", "few_shot_1")
    base = [
        StudyRun.of(score_file(STUDY, seed, errors, both), BASE)
        for seed, errors in enumerate((2, 4))
    ]
    dim = [
        StudyRun.of(score_file(STUDY, seed, errors, config_hash="dim"), config(head__dim=32))
        for seed, errors in dims.items()
    ]
    return base + dim


def found(dims: dict[int, int]) -> dict[tuple[str, str | float], ArmFigures]:
    figures = factor_figures(place(runs(dims), PLAN).arms, Bootstrap(2000, seed=0))
    return {(one.arm.factor.name, one.arm.level): one for one in figures}


def test_figures_are_means_over_seeds() -> None:
    base = found({0: 1, 1: 2})["dim", 512]
    # BPCER 0.2 and 0.4, APCER 0: ACER 0.1 and 0.2.
    assert base.by_seed[ACER] == pytest.approx((0.1, 0.2))
    assert base.means[ACER].value == pytest.approx(0.15)
    assert base.means[ACER].seed_error == pytest.approx(0.05)
    assert base.by_seed[Figure(Split.DEVEL, "acer")] == (0.0, 0.0)
    assert not base.differences


def test_subjects_make_the_chance_that_a_share_of_them_has() -> None:
    base = found({0: 1, 1: 2})["dim", 512]
    # The mean over seeds is half the mean of 10 subjects' rejections: 1, 1, 1/2, 1/2, 0 … 0.
    rejections = np.array([1, 1, 0.5, 0.5, 0, 0, 0, 0, 0, 0])
    assert base.means[ACER].subject_error == pytest.approx(rejections.std() / 10**0.5 / 2, rel=0.05)


def test_differences_pair_seeds_and_subjects() -> None:
    one = found({0: 1, 1: 3})["dim", 32]
    difference = one.differences[ACER]
    assert difference.value == pytest.approx(-0.05)  # one rejection of 10 less, with each seed
    assert difference.seed_error == pytest.approx(0)
    # Of subject 1 with seed 0 and of subject 3 with seed 1: half a rejection of 10 each.
    apart = np.array([0, 0.5, 0, 0.5, 0, 0, 0, 0, 0, 0])
    assert difference.subject_error == pytest.approx(apart.std() / 10**0.5 / 2, rel=0.05)
    low, high = difference.interval or (1, 1)
    assert low < -0.05 < high


def test_only_seeds_that_both_have_are_compared() -> None:
    one = found({1: 1, 2: 9})["dim", 32]
    assert one.compared == (1,)
    assert one.differences[ACER].value == pytest.approx(0.05 - 0.2)
    assert isnan(one.differences[ACER].seed_error)
    assert not found({5: 1})["dim", 32].differences


def test_scorers_of_the_base_run_are_compared_with_its_first() -> None:
    other = found({})["pairs", 1]
    assert other.by_seed[ACER] == pytest.approx((0.15, 0.25))
    assert other.differences[ACER].value == pytest.approx(0.05)


def test_error_rates_stay_between_0_and_1() -> None:
    for one in nonempty(found({0: 0, 1: 9}).values()):
        for mean in nonempty(one.means.values()):
            low, high = mean.interval or (0, 1)
            assert 0 <= low <= mean.value <= high <= 1


def test_runs_of_other_samples_are_refused() -> None:
    other = score_file(STUDY, 0, config_hash="dim")
    other.table.rows["sample_id"] += "x"
    arms = place([*runs({}), StudyRun.of(other, config(head__dim=32))], PLAN).arms
    with pytest.raises(DataError, match=r"dim/seed=0.*scored other samples"):
        factor_figures(arms, Bootstrap(10, seed=0))


def test_a_table_has_every_level_its_seeds_and_where_it_is_from() -> None:
    one = found({0: 1, 1: 3})
    table = factor_table(PLAN.factors[2], [one["dim", 32], one["dim", 512]], "how to read it")
    assert table.title == "D, dimensions"
    texts = ([cell.text for cell in row] for row in table.rows)
    first, base = (dict(zip(table.header, row, strict=True)) for row in texts)
    assert (first["D"], first["protocol"], first["seeds"]) == ("32", "grandtest", "0, 1")
    assert first["test ACER"] == "10.0"
    assert first["Δ test ACER"] == "−5.0"
    assert base["D"] == "512 (base)"
    differences = [text for name, text in base.items() if name.startswith("Δ")]
    assert differences == ["–"] * 4
    assert table.note == "how to read it"


def test_the_overview_has_a_row_a_level_and_marks_what_leaves_out_0() -> None:
    figures = list(found({0: 9, 1: 10}).values())
    table = overview_table(figures, "")
    assert table.header == (
        "level",
        *(f"grandtest, Δ {name}" for name in ("devel ACER", "devel EER", "test ACER", "test EER")),
    )
    first, other = (dict(zip(table.header, row, strict=True)) for row in table.rows)
    assert [first["level"].text, other["level"].text] == ["D = 32", "M = 1"]
    # Rejections of 10: 9 and 10 against 2 and 4, so 0.35 and 0.3 in ACER.
    devel, test = first["grandtest, Δ devel ACER"], first["grandtest, Δ test ACER"]
    assert devel.full == "0.0"  # nothing varies on devel, so there is no interval
    assert test.text == "+32.5"
    assert test.detail.endswith("] *")


def test_points_have_a_sign() -> None:
    assert [points(value) for value in (0.0123, -0.5, 0.0, -0.0004)] == [
        "+1.2", "−50.0", "0.0", "0.0",
    ]  # fmt: skip


def test_all_figures_are_listed_unrounded() -> None:
    rows = figure_rows(list(found({0: 1, 1: 3}).values()))
    own = rows[(rows["factor"] == "dim") & (rows["level"] == 32) & (rows["split"] == "test")]
    (acer,) = own[own["figure"] == "acer"].to_dict("records")
    assert acer["value"] == pytest.approx(0.1)
    assert acer["difference_value"] == pytest.approx(-0.05)
    assert acer["by_seed"] == "0.05 0.15"
    assert acer["seeds_compared"] == "0 1"
    assert len(rows) == 6 * 4  # levels of four factors, four figures each


def test_the_page_names_what_is_missing_and_shows_every_table_and_picture(tmp_path: Path) -> None:
    placed = place(runs({0: 1}), PLAN)
    figures = factor_figures(placed.arms, Bootstrap(50, seed=0))
    page = write_ablation("ablation", placed, figures, 50, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "- grandtest: D 32, seed 1\n" in text
    assert "- grandtest: loss plain, seeds 0, 1\n" in text
    assert (
        "Differences in test EER to the base: 2, of which 0 with" in text
    )  # D on one seed and M on two
    assert "**One seed**" in text
    assert "- grandtest: D = 32\n" in text
    source = "Data: simulated. Seeds: 0, 1. anomaly_fas 0.1.0, commit aaaaaaaaaaaa."
    for note in (text, (tmp_path / "dim.md").read_text(encoding="utf-8")):
        assert source in note
        assert "50 bootstrap replicates" in note
    for name in ("loss", "lambda", "dim", "pairs", "overview"):
        assert f"({name}.png)" in text
        assert imread(tmp_path / f"{name}.png").std() > 0
    for name in ("loss", "lambda", "dim", "pairs"):
        assert len(pd.read_csv(tmp_path / f"{name}.csv")) >= 1
        assert (tmp_path / f"{name}.md").read_text(encoding="utf-8").strip() != ""
