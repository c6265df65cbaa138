"""Scores of face crops by a checkpoint that was loaded, against kernels laid out torch's own way.

Run it as `python experiments/bench/detector.py`. `anomaly_fas.load` lays kernels out channels last;
the alternative is the same detector with them laid out as torch does it by default. One batch after
another in fp32, as `anomaly-fas predict` scores, random weights and images.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from comparison import Comparison, at_most_times, interleaved, run_script

from anomaly_fas import load
from anomaly_fas.models.checkpoint import FACTS, build_detector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anomaly_fas.models.detector import Detector

NETWORKS: Final = (("resnet50", 224), ("tf_efficientnet_lite0", 112))
"""Backbone, image size."""


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Each network, an image of it."""
    count = 4 if quick else 128
    for backbone, size in NETWORKS:
        ours, plain = _loaded(backbone, size), _loaded(backbone, size)
        plain.to(memory_format=torch.contiguous_format)
        crops = np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)
        tasks = (partial(own.score, crops) for own in (ours, plain))
        taken = [1e3 * seconds / count for seconds in interleaved(*tasks)]
        yield Comparison(
            f"{backbone} at {size} px: scoring a crop with a loaded checkpoint",
            *taken, "ms", at_most_times(1.0), "kernels laid out torch's own way",
        )  # fmt: skip


def _loaded(backbone: str, size: int) -> Detector:
    config: dict[str, Any] = {
        "image_size": size,
        "model": {
            "_target_": "anomaly_fas.models.embedder.Embedder",
            "backbone": backbone,
            "pretrained": False,
        },
        "head": {"_target_": "anomaly_fas.models.head.LogitHead", "_partial_": True},
        "scorer": {"logit": {"_target_": "anomaly_fas.scorers.logit.Logit"}},
    }
    torch.manual_seed(0)
    detector = build_detector(config, ["eer"])
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "best.ckpt"
        facts = {"config": config, "threshold_names": ["eer"]}
        torch.save({"state_dict": state, FACTS: facts}, path)
        return load(path)


if __name__ == "__main__":
    run_script(comparisons)
