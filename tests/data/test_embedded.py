"""The embedded source gives what the simulation renders."""

import pickle
from pathlib import Path

import numpy as np

from anomaly_fas.data.embedded import Embedded
from anomaly_fas.simulation.plan import Extent
from anomaly_fas.simulation.render import render_frame

TINY = Extent(train=1, devel=1, test=1, bona_fide=1, attacks=1, frames=2)


def test_embedded_frames_are_the_rendered_ones(cache_dir: Path) -> None:
    source = Embedded(TINY, 48, str(cache_dir), workers=2)
    source.prepare()
    for row, number in ((0, 0), (17, 1), (len(source.samples) - 1, 1)):
        expected = render_frame(source.samples[row], number, 48)
        np.testing.assert_array_equal(source.frame(row, number), expected)
    copy = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(copy.frame(3, 1), source.frame(3, 1))
    assert len(pickle.dumps(source)) < 1_000_000
