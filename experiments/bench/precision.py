"""A training step in the precision that `auto` chooses, against fp32.

Run it as `python experiments/bench/precision.py`. Forward, loss, backward and AdamW on random
images. ResNet-50 at 224 px is compared with plain fp32, images and kernels laid out as torch lays
them out by default, where the processor has AMX; on any, networks are compared with fp32 laid out
channels last, as it is trained without bf16.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import torch
from comparison import Comparison, at_most_times, interleaved, run_script, times_less
from networks import embedder, training_step

from anomaly_fas.training.precision import FULL, MIXED, choose_precision

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORKS: Final = (("resnet50", 224, 16), ("resnet50", 112, 32), ("resnet18", 112, 48),
                   ("lcnet_050", 112, 64))  # fmt: skip
"""Backbone, image size, batch."""

NOISE: Final = 1.03
"""What two runs of the same step may differ by, where `auto` chooses fp32 itself."""


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Each network in both precisions, the first in plain fp32 too."""
    for backbone, size, batch in NETWORKS:
        images = torch.randint(0, 256, (4 if quick else batch, 3, size, size), dtype=torch.uint8)
        chosen = choose_precision("auto", embedder(backbone), on_gpu=False)
        step = partial(training_step, backbone, images)
        tasks = [step(chosen, torch.channels_last), step(FULL, torch.channels_last)]
        if (backbone, size) == ("resnet50", 224):
            tasks.append(step(FULL, torch.contiguous_format))
        ours, laid_out, *plain = (1e3 * taken for taken in interleaved(*tasks))
        name = f"{backbone} at {size} px: training step, auto is {chosen}"
        for taken in plain:
            amx = torch.cpu._is_amx_tile_supported()
            yield Comparison(
                name, ours, taken, "ms", times_less(3.5) if amx else None, "plain fp32",
                "" if amx else "bar 3.5 on a processor with AMX, which this is not",
            )  # fmt: skip
        bar = at_most_times(1.0 if chosen == MIXED else NOISE)
        yield Comparison(name, ours, laid_out, "ms", bar, "fp32 channels last")


if __name__ == "__main__":
    run_script(comparisons)
