"""A small network trained on simulated crops only and tested on real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import timm
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from captures import Captures

SIDE = 112
BATCH = 48
RATE = 2e-3


def network_auc(
    simulated: Mapping[Label, Captures], real: Mapping[Label, Captures], steps: int, seed: int
) -> float:
    """AUC on the real crops of lcnet_050 trained from scratch by binary cross-entropy.

    Args:
        simulated: trained on, as many of each label in a batch.
        real: tested on.
        steps: of AdamW, with a one-cycle learning rate.
        seed: of the weights, batches and augmentation.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = timm.create_model("lcnet_050", num_classes=1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    train = [simulated[label].images for label in Label]
    attack = torch.arange(len(train)).repeat_interleave(BATCH // 2).float()
    for _ in range(steps):
        crops = [images[rng.integers(len(images))] for images in train for _ in range(BATCH // 2)]
        batch = _batch([_augmented(crop, rng) for crop in crops])
        loss = nn.functional.binary_cross_entropy_with_logits(network(batch)[:, 0], attack)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    scores = [_scores(network, real[label].images) for label in Label]
    return float(roc_auc_score(np.repeat([0, 1], [len(s) for s in scores]), np.hstack(scores)))


@torch.inference_mode()
def _scores(network: nn.Module, images: list[np.ndarray]) -> np.ndarray:
    network.eval()
    batches = [images[start : start + 128] for start in range(0, len(images), 128)]
    resized = ([_sized(image) for image in batch] for batch in batches)
    return np.hstack([network(_batch(batch))[:, 0].numpy() for batch in resized])


def _augmented(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random crop of 80 to 100 % of the side, mirrored half of the time."""
    side = int(image.shape[0] * rng.uniform(0.8, 1))
    top, left = rng.integers(0, image.shape[0] - side + 1, 2)
    crop = _sized(image[top : top + side, left : left + side])
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def _sized(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _batch(images: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1
