"""Images to transform: smooth with grain, as photographs are, of any shape."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor


def picture(rows: int = 48, columns: int = 40, seed: int = 0) -> Tensor:
    """A uint8 image [3, rows, columns] of gradients, an edge and noise."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    values = np.stack([200 * down, 180 * across, 120 * (across > 0.5) + 60 * down], -1)
    noisy = values + rng.normal(0, 8, values.shape)
    return torch.from_numpy(noisy.clip(0, 255).astype(np.uint8)).permute(2, 0, 1)


PICTURES = st.builds(picture, st.integers(8, 64), st.integers(8, 64), st.integers(0, 2**16))
