"""A step of training in two processes, and one with the whole batch."""

import os
import socket
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ConstantLR
from torch.utils.data import DataLoader

from anomaly_fas.data.dataset import Frame
from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.models.centred_head import CentredHead
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import LogitHead
from anomaly_fas.output import Output
from anomaly_fas.training.module import PadModule
from tests import forked

if TYPE_CHECKING:
    import multiprocessing


LR = 0.01


class Network(nn.Module):
    """Gives all that a network can: a logit, a map of them, and places around a centre."""

    def __init__(self) -> None:
        super().__init__()
        self.projection = nn.Linear(12, 4)
        self.head = LogitHead(4)
        self.centred = CentredHead(4, 3)

    def forward(self, images: Tensor) -> Output:
        features = self.projection(images.flatten(1) / 255)
        embedding = self.centred(features).embedding
        return Output(embedding, self.head(features).logit, features.view(-1, 2, 2))


class Joint(nn.Module):
    """A loss that is no sum over frames: each frame's gradient depends on all the others."""

    def forward(self, batch: LossInput) -> LossTerms:
        assert batch.logit is not None
        assert batch.map_logit is not None
        weight = (batch.sample + 1) * torch.where(batch.is_attack, 1.0, -1.0)
        direction = (weight[:, None] * batch.embedding).sum(dim=0)
        of_places = (weight[:, None, None] * batch.map_logit).sum(dim=0)
        on_logit = (weight * batch.logit).sum() ** 2
        return {"loss": on_logit + (direction**2).sum() + (of_places**2).sum()}


def constant(optimizer: torch.optim.Optimizer, total_steps: int) -> ConstantLR:
    return ConstantLR(optimizer, factor=1.0)


def module(*, gather: bool) -> PadModule:
    torch.manual_seed(0)
    return PadModule(
        Detector(Network(), {"logit": nn.Identity()}, ["eer"], 2),  # type: ignore[arg-type]
        Joint(),
        partial(torch.optim.SGD, lr=LR),
        constant,
        weight_decay=0.0,
        gather=gather,
        channels_last=False,
        seed=0,
        config={},
    )


def frames() -> list[Frame]:
    images = torch.randint(0, 256, (4, 3, 2, 2), generator=torch.Generator().manual_seed(1))
    return [
        Frame(image.to(torch.uint8), torch.tensor(row), torch.tensor(0), torch.tensor(row > 1))
        for row, image in enumerate(images)
    ]


Weights = dict[str, np.ndarray]


def weights(network: nn.Module) -> Weights:
    return {name: value.detach().numpy() for name, value in network.named_parameters()}


def work(rank: int, port: int, gather: bool, queue: "multiprocessing.Queue[Weights]") -> None:
    from lightning import Trainer

    os.environ |= {"LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    own = module(gather=gather)
    Trainer(
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        max_steps=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(own, DataLoader(frames(), batch_size=2))  # type: ignore[arg-type]
    queue.put(weights(own.detector.embedder))


def two_processes(*, gather: bool) -> list[Weights]:
    """Each process's weights after a step over its half of the frames."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    context = forked.SERVER
    queue = context.Queue()
    workers = [context.Process(target=work, args=(rank, port, gather, queue)) for rank in (0, 1)]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    return results


def whole_batch() -> Weights:
    """Weights after a step of plain gradient descent over all frames."""
    network: Any = module(gather=False).detector.embedder
    output = network(torch.stack([frame.image for frame in frames()]))
    rows = torch.arange(4)
    inputs = LossInput(output.embedding, output.logit, rows > 1, rows, output.map_logit)
    Joint()(inputs)["loss"].backward()
    torch.optim.SGD(network.parameters(), lr=LR).step()
    return weights(network)
