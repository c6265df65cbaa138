"""Batches for losses over triplets."""

import torch
from torch.nn.functional import normalize

from anomaly_fas.losses.batch import LossInput


def random_batch(size: int, seed: int, dim: int = 5) -> LossInput:
    """Unit vectors of both classes, and samples of up to two frames."""
    generator = torch.Generator().manual_seed(seed)
    embedding = normalize(torch.randn(size, dim, generator=generator, dtype=torch.float64), dim=1)
    is_attack = torch.rand(size, generator=generator) < 0.5
    is_attack[:3] = torch.tensor([False, False, True])
    # Samples of up to two frames: frames of one sample share its class.
    sample = torch.arange(size) // 2 + torch.where(is_attack, 1000, 0)
    sample[:2] = torch.tensor([5000, 5001])
    return LossInput(embedding, None, is_attack, sample)


def corner_batch() -> LossInput:
    """Bona fide at (1, 0) and (0, 1), an attack at (-1, 0): distances sqrt 2, 2 and sqrt 2."""
    embedding = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    return LossInput(embedding, None, torch.tensor([False, False, True]), torch.arange(3))
