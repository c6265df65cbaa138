"""Networks of the product on random weights, and a training step of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal
from anomaly_fas.models.embedder import Embedder
from anomaly_fas.models.head import ProjectionHead
from anomaly_fas.training.precision import FULL, MIXED

if TYPE_CHECKING:
    from collections.abc import Callable

    from anomaly_fas.losses.triplets import Anchors


def embedder(backbone: str) -> Embedder:
    """A timm backbone with a projection to D = 512."""
    torch.manual_seed(0)
    return Embedder(backbone, ProjectionHead, {"dim": 512}, pretrained=False)


def training_step(
    backbone: str,
    images: torch.Tensor,
    precision: str = FULL,
    layout: torch.memory_format = torch.channels_last,
    anchors: Anchors = "bona_fide",
) -> Callable[[], None]:
    """A step of a network of its own on images of which the first half is bona fide."""
    network = embedder(backbone).to(memory_format=layout)
    images = images.contiguous(memory_format=layout)
    objective = Objective(MetricSoftmax(anchors=anchors), TripletFocal(), 0.01)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-5)
    order = torch.arange(len(images))

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == MIXED):
            embedding = network(images).embedding
        batch = LossInput(embedding, None, order >= len(images) // 2, order)
        objective(batch)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()

    return step
