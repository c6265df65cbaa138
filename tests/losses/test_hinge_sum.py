"""The sum of hinges over all triplets, against forming them all."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import relu

from anomaly_fas.losses.hinge_sum import hinge_sum
from tests.losses.pair_rows import assert_alike, rows


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), margin=st.sampled_from([0.0, 0.2, 1.0]))
def test_the_hinges_sum_is_exact(seed: int, margin: float) -> None:
    positive, used, negative = rows(seed)
    formed = relu(positive[:, :, None] - negative[:, None, :] + margin) * used[:, :, None]
    ours = hinge_sum(positive, used, negative, margin)
    assert_alike(ours, formed.sum(), (positive, negative), 1e-12)


def test_a_tie_is_at_rest() -> None:
    positive = torch.tensor([[0.5, 1.0]], requires_grad=True)
    negative = torch.tensor([[1.0, 1.5]], requires_grad=True)
    total = hinge_sum(positive, torch.tensor([[True, True]]), negative, 0.5)
    assert total.item() == 0.5  # of 1.0 and 1.0 alone; 0.5 and 1.0, 1.0 and 1.5 just touch
    slopes = torch.autograd.grad(total, (positive, negative))
    assert [slope.tolist() for slope in slopes] == [[[0.0, 1.0]], [[-1.0, 0.0]]]
