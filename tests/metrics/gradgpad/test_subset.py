"""How scores and annotations are paired: the fault that is reproduced, and what is refused."""

import pandas as pd
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

COLUMNS = ["sample_id", "dataset", "label", "pai_fine", "sex", "age", "skin_tone"]
ANNOTATIONS = pd.DataFrame(
    [
        ("a", "oulu-npu", "bona_fide", "", "male", "adult", ""),
        ("b", "oulu-npu", "attack", "print_low", "male", "adult", ""),
        ("c", "siw", "bona_fide", "", "female", "young", "light_pink"),
        ("d", "siw", "attack", "partial_lower_half", "", "", ""),
    ],
    columns=COLUMNS,
)


def test_scores_keep_the_order_of_the_file_and_species_that_of_the_annotations() -> None:
    subset = GradgpadSubset.from_scores({"d": 0.9, "c": 0.3, "a": 0.1}, ANNOTATIONS)
    assert subset.scores.tolist() == pytest.approx([0.9, 0.3, 0.1])
    assert subset.scores.dtype == "float32"
    # By id the first is an attack; by position the last is, the bona fide sample "a".
    assert subset.is_attack.tolist() == [True, False, False]
    assert subset.fine_labels.tolist() == [0, 0, 17]


def test_demographic_rows_are_bona_fide_in_the_order_of_the_annotations() -> None:
    rows = GradgpadSubset.from_scores({"d": 0.9, "c": 0.3, "a": 0.1}, ANNOTATIONS).bona_fide
    assert rows.to_dict("list") == {
        "dataset": ["oulu-npu", "siw"],
        "sex": ["male", "female"],
        "age": ["adult", "young"],
        "skin_tone": ["", "light_pink"],
        "score": [0.1, 0.3],
    }


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "no scores"),
        ({"a": 0.1, "mine/1.avi": 0.2}, "1 of 2 samples .* 'mine/1.avi'"),
        ({"a": 0.1, "b": float("nan")}, "1 of 2 scores are no finite numbers, that of 'b'"),
    ],
)
def test_what_cannot_be_paired_is_named(scores: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        GradgpadSubset.from_scores(scores, ANNOTATIONS)
