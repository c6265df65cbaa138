"""The score file keeps what it is given."""

from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import SCORE_COLUMNS


def rows() -> pd.DataFrame:
    common = dict.fromkeys(SCORE_COLUMNS, "") | {"n_frames": 2}
    return pd.DataFrame(
        [
            common | {"sample_id": "b", "split": "devel", "scorer": "few_shot", "score": 1 / 3},
            common | {"sample_id": "b", "split": "devel", "scorer": "live_centre", "score": 0.1},
            common | {"sample_id": "a", "split": "test", "scorer": "few_shot", "score": 0.2},
        ]
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = ScoreTable(rows(), {"seed": 3, "thresholds": {"few_shot": {"eer": 1 / 7}}})
    table.write(tmp_path / "new" / "scores.parquet")
    read = ScoreTable.read(tmp_path / "new" / "scores.parquet")
    assert read.facts == table.facts
    assert read.rows.to_dict("list") == rows()[list(SCORE_COLUMNS)].to_dict("list")
    assert read.scorers == ["few_shot", "live_centre"]
    assert read.of("few_shot", "test")["score"].tolist() == [0.2]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows().drop(columns=["score", "pai"]).to_parquet(tmp_path / "scores.parquet")
    with pytest.raises(DataError, match="column\\(s\\) pai, score"):
        ScoreTable.read(tmp_path / "scores.parquet")


def test_a_file_that_is_no_score_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    with pytest.raises(DataError, match=r"scores\.parquet"):
        ScoreTable.read(path)
    path.write_text("score\n1\n")
    with pytest.raises(DataError, match=r"scores\.parquet"):
        ScoreTable.read(path)
