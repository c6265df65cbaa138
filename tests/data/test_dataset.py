"""Frames: augmented as a function of the key alone, evaluated unchanged and in order."""

import numpy as np
import pandas as pd
import torch
from torch.utils.data import DataLoader, default_collate
from torchvision.transforms import v2

from anomaly_fas.data.dataset import EvalFrames, Frame, TrainFrames, collate
from anomaly_fas.data.sampler import FrameKey
from anomaly_fas.types import DataKind
from tests.nonempty import nonempty

AUGMENT = v2.Compose([v2.RandomResizedCrop(12, scale=(0.3, 1.0)), v2.RandomHorizontalFlip()])


class Numbers:
    """A source whose pixels tell sample and frame."""

    kind = DataKind.SIMULATED
    image_size = 12
    annotations = pd.DataFrame({"label": ["bona_fide", "attack", "attack"]})
    frame_counts = np.array([2, 1, 3])

    def prepare(self) -> None:
        """Nothing to do."""

    def frame(self, row: int, number: int) -> np.ndarray:
        return np.random.default_rng([row, number]).integers(0, 256, (12, 12, 3), dtype=np.uint8)


def test_augmentation_depends_on_the_key_alone() -> None:
    frames = TrainFrames(Numbers(), AUGMENT, seed=5)
    key = FrameKey(row=2, frame=1, epoch=3, step=4, position=5)
    torch.manual_seed(0)
    first = frames[key].image
    before = torch.random.get_rng_state()
    for other in (key._replace(step=9), key._replace(epoch=0), key._replace(position=1)):
        assert not torch.equal(frames[other].image, first)
    assert torch.equal(frames[key].image, first)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not torch.equal(TrainFrames(Numbers(), AUGMENT, seed=6)[key].image, first)


def test_workers_change_nothing() -> None:
    keys = [[FrameKey(row, 0, 0, step, row) for row in range(3)] for step in range(4)]
    batches = [
        [
            batch.image
            for batch in DataLoader(
                TrainFrames(Numbers(), AUGMENT, 1), batch_sampler=keys, num_workers=workers
            )
        ]
        for workers in (0, 2)
    ]
    assert all(torch.equal(one, two) for one, two in nonempty(zip(*batches, strict=True)))


def test_evaluation_frames_are_all_there_in_order() -> None:
    frames = EvalFrames(Numbers(), np.array([2, 0]))
    read = [frames[index] for index in range(len(frames))]
    assert [(int(f.row), int(f.number)) for f in read] == [(2, 0), (2, 1), (2, 2), (0, 0), (0, 1)]
    assert [bool(f.is_attack) for f in read] == [True, True, True, False, False]
    np.testing.assert_array_equal(read[1].image.permute(1, 2, 0).numpy(), Numbers().frame(2, 1))
    assert len(EvalFrames(Numbers(), np.array([], dtype=int))) == 0


def test_a_batch_holds_its_frames_in_the_layout_of_the_store() -> None:
    images = torch.randint(0, 256, (5, 8, 8, 3), dtype=torch.uint8)
    frames = [
        Frame(
            image.permute(2, 0, 1), torch.tensor(row), torch.tensor(row + 1), torch.tensor(row > 2)
        )
        for row, image in enumerate(images)
    ]
    batch = collate(frames)
    assert torch.equal(batch.image, default_collate(frames).image)
    assert batch.image.is_contiguous(memory_format=torch.channels_last)
    assert batch.row.tolist() == [0, 1, 2, 3, 4]
    assert batch.number.tolist() == [1, 2, 3, 4, 5]
    assert batch.is_attack.tolist() == [False, False, False, True, True]
