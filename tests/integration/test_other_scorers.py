"""A finished run scored again with scorers that it was not trained with."""

from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.metrics.score_table import ScoreTable
from tests.integration.conftest import Cli
from tests.nonempty import nonempty
from tests.scorers.galleries import OF_REFERENCES

pytestmark = pytest.mark.slow

CHOSEN = f"scorer=[{','.join(OF_REFERENCES)}]"


def scored(table: ScoreTable, scorer: str) -> pd.Series:  # type: ignore[type-arg]
    rows = table.rows[table.rows["scorer"] == scorer]
    return rows.set_index(["split", "sample_id"])["score"].sort_index()


def test_references_are_trains_and_thresholds_devels(
    finished_run: Path, cli: Cli, tmp_path: Path
) -> None:
    cli("evaluate", f"run={finished_run}", CHOSEN, f"output={tmp_path}/other", cwd=tmp_path)
    before = ScoreTable.read(finished_run / "scores.parquet")
    after = ScoreTable.read(tmp_path / "other" / "scores.parquet")
    assert after.scorers == list(OF_REFERENCES)
    for scorer in nonempty(before.scorers):  # fitted anew, to the same references
        pd.testing.assert_series_equal(scored(before, scorer), scored(after, scorer), atol=1e-5)
        own, found = before.facts["thresholds"][scorer], after.facts["thresholds"][scorer]
        assert found == pytest.approx(own, abs=1e-5)
    names = before.facts["thresholds"]["few_shot"].keys()
    for scorer in OF_REFERENCES:
        assert after.rows.loc[after.rows["scorer"] == scorer, "score"].notna().all()
        assert after.facts["thresholds"][scorer].keys() == names


def test_a_scale_of_no_scorer_is_refused(finished_run: Path, cli: Cli, tmp_path: Path) -> None:
    done = cli("evaluate", f"run={finished_run}", "scale=2", cwd=tmp_path, exit_code=2)
    assert "scale=… is that of other scorers: name them, too, with scorer=[…]" in done.stderr
