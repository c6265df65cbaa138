"""The sum of softplus terms over all triplets, against forming them all."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import softplus

from anomaly_fas.losses.softplus_sum import has_expansion, softplus_sum
from tests.losses.pair_rows import assert_alike, rows


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.3, 1.0, 2.0, 4.0, 8.0]))
def test_the_softplus_sum_is_that_of_the_formed_triplets(seed: int, scale: float) -> None:
    positive, used, negative = rows(seed)
    formed = softplus(scale * (positive[:, :, None] - negative[:, None, :])) * used[:, :, None]
    ours = softplus_sum(positive, used, negative, scale)
    assert_alike(ours, formed.sum(), (positive, negative), 1e-6)


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_the_corners_are_as_accurate(scale: float) -> None:
    ends = torch.tensor([[0.0, 2.0]], dtype=torch.float64, requires_grad=True)
    others = torch.tensor([[2.0, 0.0]], dtype=torch.float64, requires_grad=True)
    used = torch.tensor([[True, True]])
    formed = softplus(scale * (ends[:, :, None] - others[:, None, :])).sum()
    assert_alike(softplus_sum(ends, used, others, scale), formed, (ends, others), 1e-6)


def test_scales_too_large_for_polynomials_are_known() -> None:
    assert all(has_expansion(scale) for scale in (0.1, 1.0, 4.0, 8.0))
    assert not has_expansion(30.0)
