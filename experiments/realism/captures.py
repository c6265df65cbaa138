"""The two sides of the comparison: real face crops, and simulated ones of the same size."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pandas as pd

from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from anomaly_fas.types import Label, Pai

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

TUNING: Final = ("0001", "0002", "0003", "0004", "0005")
"""Subjects that the simulator's parameters were chosen on."""

REPORTING: Final = ("0006", "0007", "0008", "0009")
"""Subjects that were looked at for the report only."""


@dataclass(frozen=True, eq=False)
class Captures:
    """Face crops of one label.

    Attributes:
        images: sRGB, uint8, shape [size, size, 3].
        facts: a row an image: `subject` and `session` of real ones, `device` of simulated ones.
    """

    images: list[np.ndarray]
    facts: pd.DataFrame


def real_captures(place: Path, label: Label, subjects: Collection[str], every: int) -> Captures:
    """Every so manieth real crop of some subjects.

    Args:
        place: a tar file, or the folder it unpacks to, with `manifest.csv`.
        label: bona fide, or attack: these are prints.
        subjects: of the manifest.
        every: 1 for all crops.
    """
    with _Store(place) as store:
        rows = pd.read_csv(io.BytesIO(store.read("manifest.csv")), dtype=str)
        rows = rows[(rows.label == label) & rows.subject.isin(list(subjects))].iloc[::every]
        images = [_decoded(store.read(path)) for path in rows.path]
    return Captures(images, rows[["subject", "session"]].reset_index(drop=True))


def simulated_captures(label: Label, count: int, size: int, seed: int = 0) -> Captures:
    """Crops of the embedded data, spread evenly over its plan: bona fide ones, or prints."""
    wanted = [
        (sample, frame)
        for sample in plan(Extent(seed=seed))
        for frame in range(2)
        if (sample.species is None if label is Label.BONA_FIDE else _is_print(sample.species))
    ]
    chosen = [wanted[int(place)] for place in np.linspace(0, len(wanted) - 1, count)]
    images = [render_frame(sample, frame, size) for sample, frame in chosen]
    return Captures(images, pd.DataFrame({"device": [str(sample.device) for sample, _ in chosen]}))


def _is_print(species: object) -> bool:
    return getattr(species, "coarse", None) is Pai.PRINT


def _decoded(file: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit("a file that the manifest names is no image")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


class _Store:
    """Files of a folder or of a tar file by their names."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._tar = None if place.is_dir() else tarfile.open(place)  # noqa: SIM115

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tar is not None:
            self._tar.close()

    def read(self, name: str) -> bytes:
        if self._tar is None:
            return (self._place / name).read_bytes()
        file = self._tar.extractfile(name)
        return file.read() if file else b""
