"""Frames as tensors: augmented for training, plain for evaluation."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from anomaly_fas.data.sampler import FrameKey
from anomaly_fas.data.source import AttackSource, Source
from anomaly_fas.types import Label


class Frame(NamedTuple):
    """A frame, or, collated, a batch of them.

    Attributes:
        image: sRGB, uint8, shape [3, size, size] (batched: [N, 3, size, size]).
        row: position of its sample in the annotations (batched: int64, shape [N]).
        number: position of the frame in its sample (batched: int64, shape [N]).
        is_attack: bool (batched: shape [N]).
    """

    image: Tensor
    row: Tensor
    number: Tensor
    is_attack: Tensor


def collate(frames: Sequence[Frame]) -> Frame:
    """A batch of frames, its images laid out channels last.

    That is how crops lie in a store: those that no transform has touched are copied as they are,
    several times faster than channel by channel.
    """
    images = torch.stack([frame.image.permute(1, 2, 0) for frame in frames]).permute(0, 3, 1, 2)
    return Frame(images, *map(torch.stack, list(zip(*frames, strict=True))[1:]))


class TrainFrames(Dataset[Frame]):
    """Augmented frames, by the keys that the sampler yields.

    Augmentation is a pure function of the seed and the key: the global generator is seeded from
    them for each frame, and left as it was.

    Args:
        source: images and labels.
        transform: uint8 image [3, size, size] to another; it may draw from torch's generator.
        seed: seeds the augmentation.
    """

    def __init__(self, source: Source, transform: Callable[[Tensor], Tensor], seed: int) -> None:
        self._source = source
        self._attack_source = source if isinstance(source, AttackSource) else None
        self._is_attack = _attacks(source)
        self._transform = transform
        self._seed = seed

    def __getitem__(self, key: FrameKey) -> Frame:
        """The frame that a key names."""
        state = np.random.SeedSequence([self._seed, key.epoch, key.step, key.position])
        seed = int(state.generate_state(1, np.uint64)[0])
        if self._attack_source is None:
            image = _as_tensor(self._source.frame(key.row, key.frame))
        else:
            image = _as_tensor(self._attack_source.train_frame(key.row, key.frame, seed))
        with torch.random.fork_rng(devices=[]):
            # The CPU's generator alone: to seed those of GPUs costs more than the transform.
            torch.default_generator.manual_seed(seed)
            image = self._transform(image)
        return _frame(image, key.row, key.frame, self._is_attack)


class EvalFrames(Dataset[Frame]):
    """All frames of some samples, unchanged and in order.

    Args:
        source: images and labels.
        rows: positions of the samples in the annotations.
    """

    def __init__(self, source: Source, rows: np.ndarray) -> None:
        self._source = source
        self._is_attack = _attacks(source)
        counts = source.frame_counts[rows]
        self._rows = np.repeat(rows, counts)
        self._numbers = np.arange(len(self._rows)) - np.repeat(np.cumsum(counts) - counts, counts)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Frame:
        """The frame at a position."""
        row, number = int(self._rows[index]), int(self._numbers[index])
        image = _as_tensor(self._source.frame(row, number))
        return _frame(image, row, number, self._is_attack)


def _attacks(source: Source) -> np.ndarray:
    return (source.annotations["label"] == Label.ATTACK).to_numpy()


def _as_tensor(crop: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(crop)).permute(2, 0, 1)


def _frame(image: Tensor, row: int, number: int, is_attack: np.ndarray) -> Frame:
    return Frame(image, torch.tensor(row), torch.tensor(number), torch.tensor(bool(is_attack[row])))
