"""Few-shot scoring of 100,000 embeddings against 1,000 pairs, beside what it takes to embed them.

Run it as `python experiments/bench/few_shot.py`. ResNet-50 at 224 px embeds 256 images as a run
scores them, in the precision that `auto` chooses; what 100,000 take is extrapolated from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from comparison import Comparison, at_most, at_most_times, interleaved, run_script
from memory import rise
from networks import embedder
from torch.nn.functional import normalize

from anomaly_fas.output import Output
from anomaly_fas.scorers.few_shot import FewShot
from anomaly_fas.scorers.scorer import Gallery
from anomaly_fas.training.precision import MIXED, choose_precision

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS, DIM = 1_000, 512
BATCH: Final = 64


@torch.inference_mode()
def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Time against that of the network, and memory."""
    count, batches = (10_000, 1) if quick else (100_000, 4)
    torch.manual_seed(0)
    embeddings, bona_fide, attack = (
        normalize(torch.randn(rows, DIM), dim=1) for rows in (count, PAIRS, PAIRS)
    )
    scorer = FewShot(DIM, PAIRS, scale=1.0)
    scorer.fit(Gallery(bona_fide, attack))
    scorer(Output(embeddings[:BATCH], None))
    risen = rise(lambda: scorer(Output(embeddings, None)))

    network = embedder("resnet50").eval().to(memory_format=torch.channels_last)
    precision = choose_precision("auto", network, on_gpu=False)
    images = torch.randint(0, 256, (batches, BATCH, 3, 224, 224), dtype=torch.uint8)

    def embed() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == MIXED):
            for batch in images:
                network(batch.contiguous(memory_format=torch.channels_last))

    scoring, embedding = interleaved(lambda: scorer(Output(embeddings, None)), embed)
    yield Comparison(
        f"few-shot: {count} embeddings, {PAIRS} pairs", scoring,
        embedding * count / (batches * BATCH), "s", at_most_times(0.02),
        "ResNet-50 at 224 px", f"extrapolated from {batches * BATCH} images in {precision}",
    )  # fmt: skip
    yield Comparison("few-shot: memory of the same", risen, None, "MiB", at_most(128))


if __name__ == "__main__":
    run_script(comparisons)
