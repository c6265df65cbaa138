"""Contact sheets of errors: every one with its score, species and id."""

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.plots.worst_errors import Error, elided, worst_errors_figure


def test_every_error_is_shown_with_what_was_said_of_it() -> None:
    images = [np.full((4, 4, 3), value, np.uint8) for value in range(7)]
    errors = [Error(image, f"s{n}", n / 10, "mask_paper") for n, image in enumerate(images)]
    figure = worst_errors_figure(errors, "False accepts")
    filled = [axes for axes in figure.axes if axes.images]
    assert len(filled) == 7
    for number, axes in enumerate(filled):
        assert (axes.images[0].get_array() == number).all()
        assert axes.get_title() == f"{number / 10:.3f}  mask paper\ns{number}"


def test_no_errors_make_no_sheet() -> None:
    with pytest.raises(DataError, match="no errors"):
        worst_errors_figure([], "False accepts")


def test_long_ids_keep_their_end() -> None:
    ids = [f"a-data-set/with-a-long-name/video-{n:03}.mp4" for n in range(20)]
    short = [elided(name) for name in ids]
    assert len(set(short)) == len(ids)
    assert all(len(name) <= 26 for name in short)
    assert all(name.endswith(full[-8:]) for name, full in zip(short, ids, strict=True))
    assert elided("short") == "short"
