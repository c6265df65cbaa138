"""Still images, and folders of images that are the frames of one capture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from natsort import natsorted

from anomaly_fas.data.images import SUFFIXES, read_image
from anomaly_fas.data.media.clip import Clip, MediaFrame, spread
from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def read_still(path: Path) -> Clip:
    """An image as a clip of one frame.

    Raises:
        DataError: see `read_image`.
    """
    return Clip([MediaFrame(0, 0.0, read_image(path))])


def read_folder(path: Path, count: int) -> Clip:
    """Images of a folder in natural order: `2.png` before `10.png`.

    An image that cannot be read is passed over for the next that can. Links are not followed.

    Raises:
        DataError: the folder has no image that can be read.
    """
    files = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
    links = [file for file in files if file.is_symlink()]
    regular = (file for file in files if file.is_file() and not file.is_symlink())
    frames = natsorted(regular, key=lambda file: file.name)
    faults = [f"{len(links)} link(s) not followed"] if links else []
    if not frames:
        raise DataError("; ".join([f"{path}: a folder without images", *faults]))
    read: dict[int, MediaFrame] = {}
    damaged: set[int] = set()
    for wanted in spread(len(frames), count):
        for number in range(wanted, len(frames)):
            if number in read:
                break
            try:
                read[number] = MediaFrame(number, math.nan, read_image(frames[number]))
                break
            except DataError as error:
                damaged.add(number)
                first = str(error)
    if damaged:
        faults.append(f"{len(damaged)} image(s) cannot be read, such as {first}")
    if not read:
        raise DataError("; ".join([f"{path}: no image can be read", *faults]))
    return Clip([read[number] for number in sorted(read)], "; ".join(faults))
