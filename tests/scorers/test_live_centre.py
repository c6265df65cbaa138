"""The distance to the centre of bona fide references, written out."""

import math

import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.scorers.live_centre import LiveCentre
from anomaly_fas.scorers.scorer import Gallery
from tests.scorers.galleries import output_of, units


def test_live_centre_is_the_distance_to_the_normalised_mean() -> None:
    gallery = units(10, 3)
    scorer = LiveCentre(4, references=6)
    scorer.fit(Gallery(gallery, gallery[:0]))
    mean = [sum(column) / 6 for column in zip(*gallery[:6].tolist(), strict=True)]
    length = math.hypot(*mean)
    centre = [value / length for value in mean]
    queries = units(5, 4)
    expected = [math.dist(query, centre) for query in queries.tolist()]
    assert scorer(output_of(queries)).tolist() == pytest.approx(expected, abs=1e-6)


def test_live_centre_of_embeddings_of_any_length_is_their_mean() -> None:
    gallery = 3 * units(10, 3) + 1
    scorer = LiveCentre(4, references=6)
    scorer.fit(Gallery(gallery, gallery[:0]))
    mean = [sum(column) / 6 for column in zip(*gallery[:6].tolist(), strict=True)]
    queries = 3 * units(5, 4) + 1
    expected = [math.dist(query, mean) for query in queries.tolist()]
    assert scorer(output_of(queries)).tolist() == pytest.approx(expected, abs=1e-5)


def test_missing_references_of_live_centre_are_named() -> None:
    with pytest.raises(DataError, match="live_centre needs bona fide"):
        LiveCentre(4, 2).fit(Gallery(units(0, 0), units(2, 0)))


def test_the_centre_is_a_buffer_of_fixed_size() -> None:
    assert [list(v.shape) for v in LiveCentre(4, 9).state_dict().values()] == [[4]]
