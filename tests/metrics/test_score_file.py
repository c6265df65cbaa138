"""Scores of any system are read, and every fault is named."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.score_file import read_gradgpad_scores, read_scores
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import ANNOTATION_COLUMNS, SCORE_COLUMNS, Split

HEADER = "sample_id,split,label,pai_fine,score"
GOOD = ["a,devel,bona_fide,,0.1", "b,test,attack,mask_paper,0.9", "c,test,bona_fide,,"]


def csv(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def test_a_csv_with_the_least_columns(tmp_path: Path) -> None:
    rows = read_scores(csv(tmp_path, *GOOD)).rows
    assert list(rows.columns) == list(SCORE_COLUMNS)
    assert rows["pai"].tolist() == ["", "mask", ""]
    assert rows["scorer"].unique().tolist() == ["mine"]
    assert rows["dataset"].unique().tolist() == ["unnamed"]
    assert rows["score"].tolist()[:2] == [0.1, 0.9]


@pytest.mark.parametrize("silent", ["", "nan", "NaN"])
def test_a_sample_without_a_score_is_a_non_response(tmp_path: Path, silent: str) -> None:
    rows = read_scores(csv(tmp_path, GOOD[0], GOOD[1], f"c,test,bona_fide,,{silent}")).rows
    assert rows["score"].isna().tolist() == [False, False, True]


def test_a_csv_and_our_own_parquet_give_the_same(tmp_path: Path) -> None:
    rows = read_scores(csv(tmp_path, *GOOD)).rows.astype({"n_frames": "int64"})
    ScoreTable(rows, {"seed": 3}).write(tmp_path / "scores.parquet")
    table = read_scores(tmp_path / "scores.parquet")
    assert table.facts == {"seed": 3}
    pd.testing.assert_frame_equal(table.rows, rows, check_dtype=False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("d,test,attack,,inf", r"row 5: score 'inf' is infinite \(sample d\)"),
        ("d,test,attack,,high", r"row 5: score 'high' is no number"),
        ("b,test,attack,mask_paper,0.8", r"row 5: sample_id 'b' has a score already"),
        ("d,test,spoof,,0.8", r"row 5: label 'spoof'; choose one of bona_fide, attack"),
        ("d,val,attack,,0.8", r"row 5: split 'val'; choose one of train, devel, test"),
        ("d,test,attack,mask_gold,0.8", r"row 5: pai_fine 'mask_gold'"),
        ("d,test,bona_fide,mask_paper,0.8", r"names the species of a bona fide sample"),
        (",test,attack,,0.8", r"row 5: sample_id '' is empty"),
    ],
)
def test_a_faulty_row_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_scores(csv(tmp_path, *GOOD, line))


def test_a_missing_column_is_named_with_what_may_be_meant(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,devel,bona_fide,0.1", header="sample_id,split,label,scores")
    with pytest.raises(DataError, match="score \\(is it 'scores'\\?\\)"):
        read_scores(path)
    with pytest.raises(DataError, match="has no rows"):
        read_scores(csv(tmp_path))
    with pytest.raises(DataError, match="no score file at"):
        read_scores(tmp_path / "none.csv")


def annotations() -> pd.DataFrame:
    rows = pd.DataFrame(
        [
            ("x", "bona_fide", "", ""),
            ("y", "attack", "mask", "mask_paper"),
            ("z", "bona_fide", "", ""),
        ],
        columns=["sample_id", "label", "pai", "pai_fine"],
    )
    return rows.reindex(columns=list(ANNOTATION_COLUMNS), fill_value="")


def gradgpad(folder: Path, content: Any) -> Path:
    path = folder / "mine_grandtest_test.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_labels_are_joined_by_id_and_not_by_position(tmp_path: Path) -> None:
    path = gradgpad(tmp_path, {"y": 0.9, "x": 0.1})
    rows = read_gradgpad_scores(path, Split.TEST, annotations(), listed=["x", "y", "z"])
    assert rows["sample_id"].tolist() == ["y", "x", "z"]
    assert rows["label"].tolist() == ["attack", "bona_fide", "bona_fide"]
    assert rows["score"].tolist()[:2] == [0.9, 0.1]
    assert np.isnan(rows["score"].tolist()[2])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"x": 0.1, "unknown": 0.2}, "1 sample id.s. no sample of GRAD-GPAD: unknown"),
        ({"x": 0.1, "z": 0.2}, "1 sample id.s. not in the test list of the protocol: z"),
        ('{"x": 0.1, "x": 0.2}', "1 sample id.s. there twice: x"),
        ({"x": "high"}, "1 sample id.s. no number: x"),
        ({"x": True}, "1 sample id.s. no number: x"),
        ('{"x": Infinity}', "infinite"),
        ([0.1], "no JSON object"),
        ({}, "no JSON object"),
        ("{", "cannot read the score file"),
    ],
)
def test_a_faulty_gradgpad_file_is_named(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_gradgpad_scores(gradgpad(tmp_path, content), Split.TEST, annotations(), ["x", "y"])
