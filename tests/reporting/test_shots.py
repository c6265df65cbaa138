"""What is written of error rates against shots."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.shot_figures import FIGURES, ShotFigure
from anomaly_fas.reporting.shots import ShotReport, ShotRow


def figure(value: float) -> ShotFigure:
    noise = np.linspace(-0.02, 0.02, 101)
    return ShotFigure(np.array([[value - 0.01, value + 0.01]] * 2), value + noise)


def row(adaptation: str, shots: int, eer: float, acer: float = 0.5) -> ShotRow:
    made = dict.fromkeys(FIGURES, figure(eer)) | {"acer": figure(acer)}
    return ShotRow("objective", adaptation, shots, ("seed=0", "seed=1"), made)


REPORT = ShotReport(
    "References",
    [
        row("few_shot", 0, 0.4), row("few_shot", 10, 0.1, 0.2),
        row("linear_probe", 1, 0.45, np.nan), row("linear_probe", 10, 0.3),
    ],
    "A note.",
)  # fmt: skip


def texts(table: int) -> pd.DataFrame:
    """The texts of a table, a row per line and a column per number of pairs."""
    return REPORT.tables()[table].frame.set_index("pairs")


def test_tables_hold_the_figures_what_is_taken_away_and_the_differences() -> None:
    eer, acer, gain, difference, _ = (texts(number) for number in range(5))
    assert REPORT.tables()[0].header == ("pairs", "0", "1", "10")
    assert eer.loc["objective, few_shot"].tolist() == [
        "40.0 ± 1.4 [38.1, 41.9]", "–", "10.0 ± 1.4 [8.1, 11.9]",
    ]  # fmt: skip
    assert acer.at["objective, linear_probe", "1"] == "–"
    # The replicates move together: 1 - (0.1 + x) / (0.4 + x).
    assert gain.at["objective, few_shot", "10"].startswith("75.0 [")
    assert gain.loc["objective, linear_probe"].tolist() == ["–"] * 3
    assert difference.loc["objective, few_shot"].tolist() == ["–"] * 3
    assert difference.at["objective, linear_probe", "10"].startswith("-20.0 [-20.0, -20.0] p 0.0")


def test_files_hold_every_draw_and_every_mean(tmp_path: Path) -> None:
    page = REPORT.write(tmp_path)
    assert "A note." in page.read_text()
    assert (tmp_path / "shots.png").stat().st_size > 10_000
    draws = pd.read_csv(tmp_path / "figures.csv")
    assert len(draws) == 4 * 2 * 2
    own = draws[(draws["adaptation"] == "few_shot") & (draws["shots"] == 10)]
    assert own["run"].tolist() == ["seed=0"] * 2 + ["seed=1"] * 2
    assert own["eer"].tolist() == pytest.approx([0.09, 0.11] * 2)
    summary = pd.read_csv(tmp_path / "summary.csv").set_index(["adaptation", "shots"])
    assert summary.loc[("few_shot", 10), "eer"] == pytest.approx(0.1)
    assert summary.loc[("few_shot", 10), "eer_low"] == pytest.approx(0.081)
    assert summary.loc[("few_shot", 10), "eer_taken"] == pytest.approx(0.75)
    assert np.isnan(summary.loc[("linear_probe", 10), "eer_taken"])
    # Two lines have figures at ten shots alone, where one EER is 0.1 and the other 0.3.
    (between,) = pd.read_csv(tmp_path / "differences.csv").to_dict("records")
    assert (between["adaptation"], between["less_adaptation"]) == ("few_shot", "linear_probe")
    assert between["shots"] == 10
    found = [between[name] for name in ("eer", "eer_low", "eer_high")]
    assert found == pytest.approx([-0.2] * 3)
    assert between["acer"] == pytest.approx(-0.3)
