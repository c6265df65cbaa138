"""Record how the crops of a store were made: other settings make another store."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from anomaly_fas.dotted_names import flatten
from anomaly_fas.errors import DataError
from anomaly_fas.files import write_text

FORMAT: Final = 1
"""Raised when the same settings would give other bytes."""

_FILE: Final = "settings.json"


@dataclass(frozen=True)
class StoreSettings:
    """Settings that decide how captures become crops.

    Attributes:
        frames: most frames of a sample, evenly spread.
        size: side of the crops in pixels.
        detector: `FaceDetector.describe()`.
        crop: `FaceCrop.describe()`.
    """

    frames: int
    size: int
    detector: Mapping[str, Any]
    crop: Mapping[str, Any]

    @property
    def plain(self) -> dict[str, Any]:
        """The settings as plain values."""
        return {"format": FORMAT} | asdict(self)

    def folder(self, parent: Path, name: str) -> Path:
        """The folder of a store of the data `name`; it ends in a hash of the settings."""
        digest = hashlib.sha256(json.dumps(self.plain, sort_keys=True).encode()).hexdigest()
        return parent / f"crops-{name}-{self.size}px-{digest[:12]}"

    def claim(self, folder: Path) -> None:
        """Write the settings into a store's folder, or check those already there.

        Raises:
            DataError: the folder holds a store of other settings.
            RunError: the folder cannot be written to.
        """
        path = folder / _FILE
        if not path.exists():
            write_text(path, json.dumps(self.plain, sort_keys=True, indent=1) + "\n")
        elif _read(path) != self.plain:
            raise DataError(
                f"{folder} holds crops of other settings than its name says: "
                f"{differences(_read(path), self.plain)}. Move it away."
            )


def stores(parent: Path) -> dict[Path, dict[str, Any]]:
    """The stores below a folder, with their settings."""
    return {path.parent: _read(path) for path in sorted(parent.glob(f"crops-*/{_FILE}"))}


def differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """Where two settings differ, as `key: theirs there, ours here`."""
    first, second = flatten(theirs), flatten(ours)
    return "; ".join(
        f"{key}: {first.get(key)!r} there, {second.get(key)!r} here"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}): move the store away") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no settings of a crop store: move the store away")
    return found
