"""All figures of sampled scores, against those that gradgpad's own functions gave for them."""

import json
import lzma
from pathlib import Path
from typing import Any

from anomaly_fas.metrics.gradgpad.figures import gradgpad_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.protocols.gradgpad import gradgpad_annotations

# Written by experiments/parity/sample.py.
SAMPLE = Path(__file__).parents[1] / "data" / "gradgpad_sample.json.xz"


def leaves(figures: Any) -> list[Any]:
    if not isinstance(figures, dict):
        return [figures]
    return [leaf for value in figures.values() for leaf in leaves(value)]


def test_every_figure_equals_that_of_the_package() -> None:
    sample = json.loads(lzma.decompress(SAMPLE.read_bytes()))
    devel, test = (
        GradgpadSubset.from_scores(sample[subset], gradgpad_annotations())
        for subset in ("devel", "test")
    )
    figures = gradgpad_figures(devel, test)
    assert figures == sample["figures"]
    assert len(leaves(figures)) > 300
    assert {type(leaf) for leaf in leaves(figures)} == {float, int, str}
