"""Reference images of one's own: a folder sorted by class, or a manifest."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from anomaly_fas.data.folder_listing import list_folder
from anomaly_fas.data.images import frame_files, read_image
from anomaly_fas.data.locating.names import Kind
from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.errors import DataError, first_lines
from anomaly_fas.models.crop import to_crop
from anomaly_fas.types import Split

_LAYOUT: Final = "bona_fide/ and attack/print/, attack/replay/, … (or attack/ alone)"


def folder_rows(folder: Path) -> pd.DataFrame:
    """The annotation table of a folder with `bona_fide/` and `attack/`, the latter by species.

    Other names that say the same will do: see `folder_listing`.

    Raises:
        DataError: no such folder, no face crop of a known class in it, or videos.
    """
    listing = list_folder(folder, frames="auto", subject="folder")
    videos = [
        path
        for path, kind in zip(listing.rows["path"], listing.kinds, strict=True)
        if kind not in {Kind.IMAGE, Kind.FRAMES}
    ]
    if videos:
        raise DataError(
            f"{folder}: {_some(videos)} are no pictures: cut the faces out first, with "
            "`anomaly-fas prepare`, or save them as pictures"
        )
    left_out = [*listing.unlabelled, *listing.contradicting, *listing.outside, *listing.unreadable]
    if left_out:
        raise DataError(
            f"{folder}: it is not clear what {_some(left_out)} is: sort the pictures into {_LAYOUT}"
        )
    if listing.rows.empty:
        raise DataError(f"{folder}: no pictures. Sort them into {_LAYOUT}.")
    return listing.rows


def manifest_rows(manifest: Path, root: Path) -> pd.DataFrame:
    """Read a manifest whose root must exist; see `read_manifest`."""
    if not root.is_dir():
        raise DataError(f"root={root}: no such folder")
    return read_manifest(manifest, root)


def without_test(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that no test split holds.

    Raises:
        DataError: all are test samples.
    """
    kept = rows[rows["split"] != Split.TEST].reset_index(drop=True)
    if kept.empty:
        raise DataError(
            f"all {len(rows)} samples are of the test split, which references are never taken "
            "from: name others, or clear their split if they are not what you will test on"
        )
    return kept


def reference_crops(rows: pd.DataFrame, root: Path, size: int) -> np.ndarray:
    """Read the first frame of each sample: uint8, shape [rows, size, size, 3].

    Raises:
        DataError: naming every picture that cannot be read, or that lies outside the root.
    """
    home = root.resolve()
    crops, faults = [], []
    for path in rows["path"]:
        try:
            file = frame_files(root / path)[0]
            if not file.resolve().is_relative_to(home):
                raise DataError(f"{file}: a link that leads out of {root}")
            crops.append(to_crop(read_image(file), size))
        except DataError as error:
            faults.append(str(error))
    if faults:
        lines = [f"{len(faults)} reference(s) cannot be read:", *first_lines(faults)]
        raise DataError("\n  ".join(lines))
    return np.stack(crops)


def _some(paths: Sequence[str]) -> str:
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return f"{paths[0]!a}{more}"
