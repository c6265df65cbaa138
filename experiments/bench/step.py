"""A training step of 48 images, each embedded once, against a step of 16 triplets of images.

Run it as `python experiments/bench/step.py`. Triplet training as it is often written draws 16
anchors, positives and negatives, and embeds them by three forward passes; here a batch of 24 bona
fide and 24 attack images is embedded by one, and all of its triplets are used. Same network, same
loss, same optimiser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from comparison import Comparison, at_most_times, interleaved, run_script, times_less
from networks import embedder, training_step
from torch.nn.functional import pairwise_distance

from anomaly_fas.losses.metric_softmax import metric_softmax
from anomaly_fas.losses.triplet_focal import triplet_focal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRAWN: Final = 16
IMAGES: Final = 3 * DRAWN
FORMED: Final = (IMAGES // 2) * (IMAGES // 2 - 1) * (IMAGES // 2)
"""Triplets of the anchors of one class; those of both are twice as many."""
SIZE: Final = 112


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """A step of either, and the time that it spends on each of its triplets."""
    torch.manual_seed(0)
    images = torch.randint(0, 256, (IMAGES, 3, SIZE, SIZE), dtype=torch.uint8)
    images = images.contiguous(memory_format=torch.channels_last)
    for backbone in ("lcnet_050",) if quick else ("resnet18", "lcnet_050"):
        ours, bona_fide, drawn = interleaved(
            training_step(backbone, images, anchors="both"),
            training_step(backbone, images),
            _three_passes(backbone, images),
            rounds=7,
        )
        name = f"{backbone} at {SIZE} px, 48 images"
        for anchors, seconds, formed, bar in (
            ("both anchors", ours, 2 * FORMED, times_less(1000)),
            ("bona fide anchors", bona_fide, FORMED, None),
        ):
            yield Comparison(
                f"{name}, {anchors}: a triplet", 1e6 * seconds / formed, 1e6 * drawn / DRAWN, "µs",
                bar, "three passes of 16", f"{formed} and {DRAWN} triplets",
            )  # fmt: skip
            yield Comparison(
                f"{name}, {anchors}: a step", 1e3 * seconds, 1e3 * drawn, "ms", at_most_times(1),
                "three passes of 16",
            )  # fmt: skip


def _three_passes(backbone: str, images: torch.Tensor) -> Callable[[], None]:
    network = embedder(backbone).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-5)

    def step() -> None:
        anchor, positive, negative = (network(part).embedding for part in images.split(DRAWN))
        near, far = pairwise_distance(anchor, positive), pairwise_distance(anchor, negative)
        (metric_softmax(near, far) + 0.01 * triplet_focal(near, far)).mean().backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


if __name__ == "__main__":
    run_script(comparisons)
