"""All 13 GRAD-GPAD datasets in miniature: true names, really encoded, as they are distributed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pandas as pd

from anomaly_fas.data.faces.centerface import CenterFace
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from anomaly_fas.types import Label, Split
from tests.data.media.encoding import encode, write_3dmad, write_csmad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.simulation.plan import Sample

FRAMES: Final = 12
ROWS, COLUMNS = 240, 320
CODECS: Final = {
    "casia-fasd": "mpeg4",
    "hkbu": "h264",
    "hkbuv2": "mjpeg",
    "msu-mfsd": "h264",
    "oulu-npu": "h264",
    "replay-attack": "mjpeg",
    "replay-mobile": "h264",
    "rose-youtu": "h264",
    "siw": "h264",
    "siw-m": "h264",
    "uvad": "h264",
}


def chosen_samples(each: int = 3) -> pd.DataFrame:
    """So many samples of each dataset, split and class, spread over the lists.

    Samples that the official lists put into several splits are passed over.
    """
    rows = gradgpad_annotations()
    rows = rows[rows["split"].isin(list(Split))]
    groups = [
        group.iloc[np.linspace(0, len(group) - 1, min(each, len(group))).round().astype(int)]
        for _, group in rows.groupby(["dataset", "split", "label"])
    ]
    return pd.concat(groups).reset_index(drop=True)


def build(home: Path, rows: pd.DataFrame) -> dict[str, Path]:
    """Write the captures of the samples; the root of each dataset."""
    scenes = _scenes()
    for number, row in rows.iterrows():
        shown = scenes[_kind(row["pai"], row["label"])]
        frames = _clip(shown[int(str(number)) % len(shown)], int(str(number)))
        _write(home / as_distributed(row["dataset"], row["path"]), row["dataset"], frames)
    return {dataset: home / dataset for dataset in rows["dataset"].unique()}


def as_distributed(dataset: str, path: str) -> Path:
    """Where a sample's file lies below its dataset's folder, and what it is called there."""
    media = PurePosixPath(path)
    if dataset == "threedmad":
        media = media.with_suffix(".hdf5")
    elif dataset == "csmad":
        media = media.with_name(media.name + ".h5")
    elif dataset == "msu-mfsd" and media.suffix == ".mov":
        media = PurePosixPath(dataset, *media.parts[2:])  # a copy without the scene's folder
    elif dataset == "rose-youtu":
        media = media.with_suffix(".MP4")
    return Path(media)


def _write(path: Path, dataset: str, frames: Sequence[np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if dataset == "threedmad":
        write_3dmad(path, frames)
    elif dataset == "csmad":
        write_csmad(path, frames)
    else:
        encode(path, frames, CODECS[dataset])


def _kind(pai: str, label: str) -> str:
    return pai if label == Label.ATTACK else ""


def _scenes() -> dict[str, list[np.ndarray]]:
    """Pictures of bona fide faces and of each species that the detector finds."""
    detector = CenterFace(max_side=320)
    found: dict[str, list[np.ndarray]] = {}
    samples: list[Sample] = list(plan(Extent()))
    for place in np.random.default_rng(0).permutation(len(samples)):
        sample = samples[place]
        kind = "" if sample.species is None else str(sample.species.coarse)
        if len(found.get(kind, ())) < 3:
            scene = np.full((ROWS, COLUMNS, 3), 120, dtype=np.uint8)
            scene[40:200, 80:240] = render_frame(sample, 0, 160)
            if len(detector(scene)) == 1:
                found.setdefault(kind, []).append(scene)
        if len(found) == 6 and min(map(len, found.values())) == 3:
            break
    return found


def _clip(scene: np.ndarray, seed: int) -> list[np.ndarray]:
    """The scene, moved by a pixel or two a frame, in a light of its own."""
    rng = np.random.default_rng(seed)
    light = rng.uniform(0.85, 1.1)
    frames = []
    for number in range(FRAMES):
        shift = np.array([[1, 0, 10 * np.sin(number / 3)], [0, 1, rng.normal()]])
        moved = cv2.warpAffine(scene, shift, (COLUMNS, ROWS), borderMode=cv2.BORDER_REPLICATE)
        frames.append(np.clip(moved * light, 0, 255).astype(np.uint8))
    return frames
