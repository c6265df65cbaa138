"""The figures of a score table, against values worked out by hand."""

import pandas as pd
import pytest

from anomaly_fas.metrics.analysis import devel_thresholds, error_figures


def table(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["label", "pai", "pai_fine", "score"])


ROWS = [
    ("bona_fide", "", "", 0.1),
    ("bona_fide", "", "", 0.2),
    ("bona_fide", "", "", 0.3),
    ("bona_fide", "", "", 0.9),
    ("attack", "print", "print_low", 0.8),
    ("attack", "print", "print_high", 0.3),
    ("attack", "print", "print_high", 0.7),
    ("attack", "mask", "mask_paper", 0.6),
]


def test_figures_by_hand() -> None:
    figures = error_figures(table(ROWS), threshold=0.5)
    assert figures == pytest.approx(
        {
            "bpcer": 1 / 4,
            "hter": 1 / 4,
            "eer": 1 / 4,
            "auc": (3 * 3 + 2.5) / 16,
            "apcer": 1 / 3,
            "acer": (1 / 3 + 1 / 4) / 2,
            "apcer/mask": 0.0,
            "apcer/print": 1 / 3,
            "apcer_fine": 1 / 2,
            "acer_fine": 3 / 8,
            "apcer_fine/mask_paper": 0.0,
            "apcer_fine/print_high": 1 / 2,
            "apcer_fine/print_low": 0.0,
        }
    )


def test_attacks_of_no_named_species_form_one() -> None:
    rows = [(label, "" if fine == "mask_paper" else pai, "", s) for label, pai, fine, s in ROWS]
    figures = error_figures(table(rows), threshold=0.65)
    assert figures["apcer/unnamed"] == 1.0
    assert figures["apcer"] == 1.0
    assert not any("fine" in name for name in figures)


def test_a_species_without_a_fine_name_keeps_its_coarse_one() -> None:
    rows = [(label, pai, "" if pai == "mask" else fine, s) for label, pai, fine, s in ROWS]
    assert error_figures(table(rows), threshold=0.65)["apcer_fine/mask"] == 1.0


def test_thresholds_by_hand() -> None:
    thresholds = devel_thresholds(table(ROWS))
    # At 0.45 one of four attacks is missed and one of four bona fide samples rejected.
    assert thresholds["eer"] == pytest.approx(0.45)
    above_all = pytest.approx(0.9, abs=1e-12)
    assert thresholds["bpcer_1"] == thresholds["bpcer_5"] == thresholds["bpcer_10"] == above_all
