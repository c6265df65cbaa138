"""Use a manifest of one's own videos and pictures, from which faces are cut, as a source."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from anomaly_fas.data.faces.face import Face, face_from_text
from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.cutting import Cutter
from anomaly_fas.data.prepared_source import PreparedSource
from anomaly_fas.data.splitting import SplitOptions, with_splits
from anomaly_fas.errors import DataError
from anomaly_fas.table_faults import as_text, line, report

if TYPE_CHECKING:
    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face_crop import FaceCrop


class Captures(PreparedSource):
    """Videos, pictures and folders of frames listed in a CSV or Parquet file.

    `anomaly-fas prepare` fills the crop store from them; training reads the store alone. The
    manifest's columns `box` ("left top right bottom") and `landmarks` ("x1 y1 ... x5 y5"), in
    pixels of the upright frame, take the place of the face detector.

    Args:
        manifest: manifest file, read on first use; see `read_manifest`.
        root: folder that its paths are relative to and may not leave.
        frames: most frames of a sample, evenly spread.
        face_detector: finds faces where the manifest gives none.
        face_crop: cuts faces out.
        cache_dir: folder of the crop stores.
        contents: digest of the store that a run was trained on; filled in by commands.
        **splits: see `SplitOptions`.
    """

    def __init__(
        self,
        manifest: str,
        root: str,
        frames: int,
        face_detector: FaceDetector,
        face_crop: FaceCrop,
        cache_dir: str,
        contents: str,
        **splits: Unpack[SplitOptions],
    ) -> None:
        # Manifests of one name are kept apart by their roots.
        digest = hashlib.sha256(str(Path(root).resolve()).encode()).hexdigest()[:6]
        name = f"{re.sub(r'[^A-Za-z0-9_.]+', '_', Path(manifest).stem)}-{digest}"
        cutter = Cutter(frames, face_detector, face_crop)
        super().__init__(name, cutter, Path(cache_dir), contents)
        self._manifest = manifest
        self._root = Path(root)
        self._splits = splits

    @cached_property
    def listed(self) -> pd.DataFrame:
        """See `PreparedSource`."""
        return read_manifest(Path(self._manifest), root=None)

    def captures(self) -> list[Capture]:
        """See `PreparedSource`; the message names all faulty boxes and landmarks."""
        if not self._root.is_dir():
            raise DataError(f"paths.root={self._root}: no such folder")
        rows = self.listed
        faces = self._faces()
        return [
            self._capture(sample_id, dataset, path, face)
            for sample_id, dataset, path, face in zip(
                rows["sample_id"], rows["dataset"], rows["path"], faces, strict=True
            )
        ]

    def with_splits(self) -> pd.DataFrame:
        """See `PreparedSource`; a manifest need not have splits before it is trained on."""
        return with_splits(self.listed, self._manifest, self._splits)

    def _capture(self, sample_id: str, dataset: str, path: str, face: Face | None) -> Capture:
        home = self._root.resolve()
        target = (home / path).resolve()
        reason = ""
        if not target.is_relative_to(home):
            reason = f"leads out of the root {self._root}"
        elif not target.exists():
            reason = f"no such file under {self._root}"
        elif not (target.is_file() or target.is_dir()):
            reason = "neither a file nor a folder"
        return Capture(sample_id, dataset, None if reason else target, path, reason, face)

    def _faces(self) -> list[Face | None]:
        texts = [
            as_text(self.listed[column]) if column in self.listed else [""] * len(self.listed)
            for column in ("box", "landmarks")
        ]
        faces, faults = [], []
        for row, (box, landmarks) in enumerate(zip(*texts, strict=True)):
            try:
                faces.append(face_from_text(box, landmarks))
            except DataError as error:
                faults.append(f"row {line(row)}: {error}")
        if faults:
            raise DataError(report(f"the manifest {self._manifest}", faults))
        return faces
