"""Learning rate schedules."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def warmup_cosine(
    optimizer: Optimizer, total_steps: int, warmup: float, final: float
) -> SequentialLR:
    """Build a schedule: a linear rise, then half a cosine down.

    Args:
        optimizer: its learning rates are the peak.
        total_steps: steps of the run.
        warmup: share of them that the rise takes, in [0, 1).
        final: the last learning rate, as a share of the peak.
    """
    rise = max(1, round(warmup * total_steps))
    peak = max(group["lr"] for group in optimizer.param_groups)
    return SequentialLR(
        optimizer,
        [
            LinearLR(optimizer, start_factor=1 / (rise + 1), total_iters=rise),
            CosineAnnealingLR(optimizer, max(1, total_steps - rise), eta_min=final * peak),
        ],
        milestones=[rise],
    )
