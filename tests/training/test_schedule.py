"""The schedule, step by step."""

import math

import pytest
import torch

from anomaly_fas.training.schedule import warmup_cosine


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("steps", "warmup", "final"), [(100, 0.1, 0.01), (37, 0.3, 0.0), (5, 0.0, 0.5)]
)
def test_rise_peak_and_fall(steps: int, warmup: float, final: float) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = warmup_cosine(optimizer, steps, warmup, final)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    rise = max(1, round(warmup * steps))
    for step, rate in enumerate(rates):
        if step < rise:
            expected = 0.2 * (1 / (rise + 1) + (1 - 1 / (rise + 1)) * step / rise)
        else:
            phase = (step - rise) / (steps - rise)
            expected = 0.2 * (final + (1 - final) * (1 + math.cos(math.pi * phase)) / 2)
        assert rate == pytest.approx(expected, rel=1e-6)
    assert max(rates) == pytest.approx(0.2)
