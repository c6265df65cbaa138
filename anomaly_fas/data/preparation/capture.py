"""Describe a capture to prepare."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from anomaly_fas.data.faces.face import Face


@dataclass(frozen=True)
class Capture:
    """One sample and where its capture lies.

    Attributes:
        sample_id: id in the annotations.
        dataset: name of the sample's dataset.
        path: file or folder of frames; None where there is none.
        source: path below the root, with `/`, for the store and the report.
        reason: why there is no path; empty if there is one.
        face: face that the manifest gives for every frame; None asks the detector.
        turns: degrees, anticlockwise, to try beyond what the file itself says.
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

    @property
    def stored_bytes(self) -> int:
        """Bytes of the file, or of all files in the folder; -1 where they cannot be counted."""
        try:
            return sum(file.stat().st_size for file in self._files()) if self.path else -1
        except OSError:
            return -1

    def fingerprint(self) -> tuple[str, int]:
        """Compute the SHA-256 of the bytes, and count them.

        Raises:
            OSError: the bytes cannot be read.
        """
        digest, size = hashlib.sha256(), 0
        for file in self._files():
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    size += len(block)
        return digest.hexdigest(), size

    def _files(self) -> list[Path]:
        """The file itself, or the plain files of a folder; links in a folder are not followed."""
        if self.path is None or not self.path.is_dir():
            return [self.path] if self.path else []
        files = (file for file in self.path.iterdir() if file.is_file() and not file.is_symlink())
        return sorted(files)
