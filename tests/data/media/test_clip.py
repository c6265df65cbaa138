"""Positions spread over a clip."""

from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.media.clip import spread
from tests.nonempty import nonempty


@given(total=st.integers(1, 5000), count=st.integers(1, 200))
def test_positions_are_the_middles_of_equal_parts(total: int, count: int) -> None:
    chosen = spread(total, count)
    assert len(chosen) == min(total, count)
    assert chosen == sorted(set(chosen))
    assert chosen[0] >= 0
    assert chosen[-1] < total
    if total > count:
        expected = [(part + 0.5) * total / count for part in range(count)]
        assert all(
            0 <= middle - place < 1
            for middle, place in nonempty(zip(expected, chosen, strict=True))
        )
    mirrored = [total - 1 - place for place in reversed(chosen)]
    assert all(abs(one - other) <= 1 for one, other in zip(chosen, mirrored, strict=True))
