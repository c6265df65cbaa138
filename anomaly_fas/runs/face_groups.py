"""Short names, on the command line, of the config groups that lie inside `data`."""

from __future__ import annotations

from typing import Final

FACE_GROUPS: Final = {
    "face_detector": "face_detector@data.face_detector",
    "face_crop": "face_crop@data.face_crop",
}
