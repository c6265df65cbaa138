"""Deep SAD by hand."""

import pytest

from anomaly_fas.losses.deep_sad import DeepSad
from tests.losses.centre_batches import by_hand


def test_deep_sad_by_hand() -> None:
    terms = DeepSad(eta=2.0)(by_hand())
    assert terms["bona_fide"].item() == pytest.approx((25 + 1) / 4)
    assert terms["attack"].item() == pytest.approx(2 * (1 / 4 + 1 / 16) / 4, rel=1e-5)
    assert terms["loss"].item() == pytest.approx(6.5 + 0.15625, rel=1e-5)
