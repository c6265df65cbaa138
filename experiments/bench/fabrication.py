"""Training images a second on one core where attacks are fabricated out of bona fide ones.

Run it as `python experiments/bench/fabrication.py`. The batches are those that `anomaly-fas train
data=simulated_attacks data.alone=true` trains on, loaded in this process: half of them
bona fide images, of which half are recaptured, and half attacks of all species; then mirrored and
cropped. The attacks alone are shown beside attacks that are rendered from nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import islice
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import torch
from comparison import Comparison, at_most, interleaved, run_script

from anomaly_fas.simulation.fabrication import fabricated
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from anomaly_fas.types import FinePai, Split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anomaly_fas.data.dataset import Frame

BAR: Final = at_most(33.3)
"""30 images a second."""


def comparisons(*, quick: bool = False, size: int = 112, batches: int = 4) -> Iterator[Comparison]:
    """Whole batches, then attacks of every fine species."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    batches = 1 if quick else batches
    with tempfile.TemporaryDirectory() as folder:
        with_attacks, plain = (
            _loaded(data, size, folder)
            for data in (("data=simulated_attacks", "data.alone=true"), ("data=embedded",))
        )
        images = batches * len(next(with_attacks).image)
        ours, loading = interleaved(
            lambda: list(islice(with_attacks, batches)), lambda: list(islice(plain, batches))
        )
    yield Comparison(
        f"simulated attacks: a training image of {size} px on one core",
        1e3 * ours / images,
        1e3 * loading / images,
        "ms",
        BAR,
        against="data=embedded",
        note=f"{images / ours:.0f} a second",
    )
    yield _attacks(size, 1 if quick else 8)


def _loaded(data: tuple[str, ...], size: int, folder: str) -> Iterator[Frame]:
    """Batches without an end, of the embedded data of some subjects."""
    from hydra.utils import instantiate

    from anomaly_fas.runs.build import build_datamodule
    from anomaly_fas.runs.composition import composed

    extent = "data.source.extent" if len(data) > 1 else "data.extent"
    config = composed(
        "train",
        [
            *data, f"image_size={size}", "runtime.workers=0", f"paths.cache_dir={folder}",
            f"{extent}.train=1", f"{extent}.devel=1", f"{extent}.test=1",
            "epoch_steps=1000000", f"run_folder={folder}",
        ],
    )  # fmt: skip
    datamodule = build_datamodule(
        config, instantiate(config.protocol), instantiate(config.data), needed=[Split.TRAIN]
    )
    datamodule.prepare_data()
    return iter(datamodule.train_dataloader())


def _attacks(size: int, each: int) -> Comparison:
    """So many attacks of each fine species, fabricated by cameras and rendered."""
    rng = np.random.default_rng(0)
    samples = list(plan(Extent()))
    faces = [sample for sample in samples if sample.species is None]
    images = [render_frame(faces[place], 0, size) for place in rng.integers(0, len(faces), each)]
    made = [(image, species) for species in FinePai for image in images]
    attacks = [sample for sample in samples if sample.species is not None]
    rendered = attacks[: len(made)]  # subject by subject, as the cache is filled
    ours, rendering = interleaved(
        lambda: [fabricated(image, species, rng, Framing(), 0.5) for image, species in made],
        lambda: [render_frame(sample, 0, size) for sample in rendered],
    )
    return Comparison(
        f"simulated attacks: an attack of {size} px on one core",
        1e3 * ours / len(made),
        1e3 * rendering / len(rendered),
        "ms",
        against="rendered from nothing",
        note=f"{len(made) / ours:.0f} a second",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--batches", type=int, default=4)
    run_script(comparisons, parser)
