"""Some crops of a dataset, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anomaly_fas.data.stored_crops import StoredCrops


def examples(crops: StoredCrops, dataset: str, count: int) -> dict[str, list[np.ndarray]]:
    """Crops of bona fide samples and of each PAI species, spread over the samples.

    Args:
        crops: annotated crops.
        dataset: name of one that they have samples of.
        count: images of each; samples are shown again, by other crops, where they are fewer.

    Returns:
        Name of the species to images, bona fide first.
    """
    rows = crops.annotations
    species = rows["pai_fine"].where(rows["pai_fine"] != "", rows["pai"])
    names = species.where(rows["label"] == "attack", "").where(rows["dataset"] == dataset, None)
    found = {}
    for name in sorted(names.dropna().unique()):
        positions = np.flatnonzero(names == name)
        chosen = positions[np.linspace(0, len(positions) - 1, count).round().astype(int)]
        found[name or str(rows["label"].iloc[positions[0]])] = [
            np.asarray(crops.frame(int(row), number * int(crops.frame_counts[row]) // count))
            for number, row in enumerate(chosen)
        ]
    return found
