"""Contact sheets of errors: every one with its score, species and id."""

from itertools import combinations

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.plots.worst_errors import Error, elided, worst_errors_figure
from tests.nonempty import nonempty


def test_every_error_is_shown_with_what_was_said_of_it() -> None:
    images = [np.full((4, 4, 3), value, np.uint8) for value in range(7)]
    errors = [Error(image, f"s{n}", n / 10, "mask_paper") for n, image in enumerate(images)]
    figure = worst_errors_figure(errors, "False accepts")
    filled = [axes for axes in figure.axes if axes.images]
    assert len(filled) == 7
    for number, axes in nonempty(enumerate(filled)):
        assert (axes.images[0].get_array() == number).all()
        (caption,) = axes.texts
        assert caption.get_text() == f"{number / 10:.3f}  mask paper\ns{number}"


def test_no_errors_make_no_sheet() -> None:
    with pytest.raises(DataError, match="no errors"):
        worst_errors_figure([], "False accepts")


def test_captions_touch_neither_the_next_row_nor_their_neighbours() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    names = [f"{'a' * 20}-{number:02}-{'b' * 60}" for number in range(14)]
    figure = worst_errors_figure([Error(image, name, 0.5, "mask_paper") for name in names], "all")
    captions = [axes.texts[0].get_window_extent() for axes in figure.axes]
    images = [axes.get_window_extent() for axes in figure.axes]
    boxes = captions + images
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert len({axes.texts[0].get_text() for axes in figure.axes}) == len(names)


def test_long_ids_keep_their_end() -> None:
    ids = [f"a-data-set/with-a-long-name/video-{n:03}.mp4" for n in range(20)]
    short = elided(ids)
    assert len(set(short)) == len(ids)
    assert all(len(name) <= 26 for name in nonempty(short))
    assert all(name.endswith(full[-8:]) for name, full in nonempty(zip(short, ids, strict=True)))
    assert elided(["short"]) == ["short"]


def test_ids_that_differ_in_the_middle_keep_enough_of_it() -> None:
    ids = [f"a-data-set/client-{n:03}/with-a-long-name-of-its-video.mp4" for n in range(20)]
    short = elided(ids)
    assert len(set(short)) == len(ids)
    assert all("…" in name for name in nonempty(short))
    assert elided(ids[:1] * 2) == [elided(ids[:1])[0]] * 2  # one sample may come twice
