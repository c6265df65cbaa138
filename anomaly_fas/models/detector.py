"""The detector: a network with its scorers and thresholds, usable without anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.models.crop import to_crop
from anomaly_fas.output import Output

if TYPE_CHECKING:
    from anomaly_fas.models.embedder import Embedder

    Images = Sequence[np.ndarray] | np.ndarray | Tensor


class Detector(nn.Module):
    """Face crops in, attack scores out.

    Args:
        embedder: the network.
        scorers: by name, the headline one first.
        threshold_names: names of the thresholds that are kept for each scorer.
        image_size: side of the crops that the network is given.

    Example:
        ```python
        from anomaly_fas import load

        detector = load("best.ckpt")
        detector.score([image])       # attack scores of uint8 arrays [rows, columns, 3]
        detector.is_attack([image])   # decisions at the threshold taken on devel
        ```
    """

    thresholds: Tensor

    def __init__(
        self,
        embedder: Embedder,
        scorers: Mapping[str, nn.Module],
        threshold_names: Sequence[str],
        image_size: int,
    ) -> None:
        super().__init__()
        self.embedder = embedder
        self.scorers = nn.ModuleDict(scorers)
        self.threshold_names = tuple(threshold_names)
        self.image_size = image_size
        unknown = torch.full((len(scorers), len(threshold_names)), torch.nan, dtype=torch.float64)
        self.register_buffer("thresholds", unknown)

    @property
    def headline(self) -> str:
        """Name of the scorer that decides where none is named."""
        return next(iter(self.scorers))

    def forward(self, images: Tensor) -> Output:
        """The network's output for crops, uint8, shape [N, 3, image_size, image_size]."""
        return self.embedder(images)  # type: ignore[no-any-return]

    def scores(self, output: Output) -> dict[str, Tensor]:
        """Attack scores by scorer, each of shape [N]."""
        return {name: scorer(output) for name, scorer in self.scorers.items()}

    def set_thresholds(self, scorer: str, values: Mapping[str, float]) -> None:
        """Keep the thresholds of a scorer."""
        row = list(self.scorers).index(scorer)
        for column, name in enumerate(self.threshold_names):
            self.thresholds[row, column] = values[name]

    def threshold(self, scorer: str, name: str) -> float:
        """Return a threshold of a scorer.

        Raises:
            ConfigError: no such scorer or threshold.
        """
        row = self._scorer_number(scorer)
        if name not in self.threshold_names:
            raise ConfigError(
                f"threshold {name!r}: choose one of {', '.join(self.threshold_names)}"
            )
        return float(self.thresholds[row, self.threshold_names.index(name)])

    @torch.inference_mode()
    def score(self, images: Images, scorer: str | None = None, batch_size: int = 64) -> np.ndarray:
        """Score face crops; higher means more likely an attack.

        Args:
            images: sRGB uint8 arrays of shape [rows, columns, 3] and any size, or a batch, either
                an array of shape [N, rows, columns, 3] or a tensor [N, 3, rows, columns].
            scorer: name of a scorer; by default the headline one.
            batch_size: crops computed at once.

        Returns:
            float64, shape [N].

        Raises:
            ConfigError: no such scorer.
            DataError: something that is no image.
        """
        module = list(self.scorers.values())[self._scorer_number(scorer or self.headline)]
        crops = torch.stack([self._crop(image) for image in _each(images)])
        was_training = self.training
        self.eval()
        scores = [
            module(self(batch.to(self.thresholds.device))).double().cpu()
            for batch in torch.split(crops, batch_size)
        ]
        self.train(was_training)
        return torch.cat(scores).numpy()

    def is_attack(
        self, images: Images, scorer: str | None = None, threshold: str = "eer"
    ) -> np.ndarray:
        """Decide whether each face crop (see `score`) reaches a named threshold, bool [N]."""
        limit = self.threshold(scorer or self.headline, threshold)
        decisions: np.ndarray = self.score(images, scorer) >= limit
        return decisions

    def _scorer_number(self, scorer: str) -> int:
        if scorer not in self.scorers:
            raise ConfigError(f"scorer {scorer!r}: choose one of {', '.join(self.scorers)}")
        return list(self.scorers).index(scorer)

    def _crop(self, image: np.ndarray) -> Tensor:
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise DataError(
                "an image is a uint8 array of shape [rows, columns, 3], not "
                f"{image.dtype} of shape {list(image.shape)}"
            )
        return torch.from_numpy(to_crop(image, self.image_size).copy()).permute(2, 0, 1)


def _each(images: Images) -> list[np.ndarray]:
    if isinstance(images, Tensor):
        images = images.permute(0, 2, 3, 1).cpu().numpy()
    arrays: list[Any] = [np.asarray(image) for image in images]
    if not arrays:
        raise DataError("no images to score")
    return arrays
