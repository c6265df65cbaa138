"""Batches for losses of distances to a centre."""

import torch

from anomaly_fas.losses.batch import LossInput


def batch_of(embedding: torch.Tensor, is_attack: torch.Tensor) -> LossInput:
    return LossInput(embedding, None, is_attack, torch.arange(len(embedding)))


def by_hand() -> LossInput:
    """Bona fide frames at distances 5 and 1 from the centre, attacks at 2 and 4."""
    embedding = torch.tensor([[3.0, 4.0], [0.0, 1.0], [2.0, 0.0], [0.0, -4.0]])
    return batch_of(embedding, torch.tensor([False, False, True, True]))
