"""A capture that is to be prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.data.faces.face import Face


@dataclass(frozen=True)
class Capture:
    """One sample and where its capture lies.

    Attributes:
        sample_id: of the annotations.
        dataset: that it belongs to.
        path: file or folder of frames; None where there is none.
        source: the path below its root, with `/`, as the store and the report show it.
        reason: why there is none, or empty.
        face: where the manifest says that the face is, the same in every frame; None lets the
            detector look for it.
        turns: degrees, anticlockwise, that its frames may have to be turned by to stand upright,
            beyond what the file itself says.
    """

    sample_id: str
    dataset: str
    path: Path | None
    source: str
    reason: str = ""
    face: Face | None = None
    turns: tuple[int, ...] = (0,)

    @property
    def given(self) -> str:
        """The given face as text, empty if there is none."""
        return "" if self.face is None else f"{self.face.box} {self.face.landmarks}"
