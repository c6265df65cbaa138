"""Use one's own copies of the GRAD-GPAD datasets as a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from anomaly_fas.data.locating.locate import locate
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.cutting import Cutter
from anomaly_fas.data.prepared_source import PreparedSource
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.v1 import with_v1_lists

if TYPE_CHECKING:
    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face_crop import FaceCrop


_TURNS: Final = {"msu-mfsd": (0, 180), "replay-mobile": (0, 90, 270)}
"""Some of their videos do not stand upright, see experiments/gradgpad/README.md."""


class GradGpad(PreparedSource):
    """Any of the 13 datasets, from the videos as distributed.

    `anomaly-fas prepare` finds the files under the roots and fills the crop store; training reads
    the store alone.

    Args:
        roots: folder of each dataset, by name; None or absent where there is no copy.
        roots_file: YAML file of further roots; `roots` takes precedence.
        datasets: names of the datasets to use; None uses all in the store.
        v1_lists: folder or archive of the GRAD-GPAD v1 lists, which adds their protocols.
        frames: most frames of a sample, evenly spread.
        face_detector: finds faces.
        face_crop: cuts faces out.
        cache_dir: folder of the crop stores.
        contents: digest of the store that a run was trained on; filled in by commands.

    Raises:
        ConfigError: an unknown dataset, or a roots file that cannot be read.
    """

    def __init__(
        self,
        roots: Mapping[str, str | None],
        roots_file: str | None,
        datasets: Sequence[str] | None,
        v1_lists: str | None,
        frames: int,
        face_detector: FaceDetector,
        face_crop: FaceCrop,
        cache_dir: str,
        contents: str,
    ) -> None:
        cutter = Cutter(frames, face_detector, face_crop)
        super().__init__("gradgpad", cutter, Path(cache_dir), contents)
        named = _of_file(Path(roots_file)) if roots_file is not None else {}
        named |= {dataset: root for dataset, root in roots.items() if root is not None}
        self._roots = {dataset: Path(root).expanduser() for dataset, root in named.items()}
        self._datasets = None if datasets is None else list(datasets)
        self._v1_lists = v1_lists

    @cached_property
    def listed(self) -> pd.DataFrame:
        """See `PreparedSource`."""
        rows = gradgpad_annotations()
        if self._v1_lists is not None:
            rows = with_v1_lists(rows, Path(self._v1_lists))
        if self._datasets is None:
            return rows
        unknown = sorted(set(self._datasets) - set(rows["dataset"]))
        if unknown:
            known = ", ".join(sorted(rows["dataset"].unique()))
            raise ConfigError(f"data.datasets: no dataset {', '.join(unknown)}; choose of {known}")
        return rows[rows["dataset"].isin(self._datasets)].reset_index(drop=True)

    def captures(self) -> list[Capture]:
        """See `PreparedSource`: the listed samples whose dataset has a root."""
        if not self._roots:
            raise DataError(
                "no roots: name the folder of at least one dataset, such as "
                "paths.roots.oulu-npu=FOLDER, or a YAML file of them, paths.roots_file=FILE"
            )
        rows = self.listed
        places = locate(rows, self._roots)
        return [
            Capture(
                sample_id=sample_id,
                dataset=dataset,
                path=located.path,
                source=_below(located.path, self._roots[dataset])
                or path.removeprefix(f"{dataset}/"),
                reason=located.reason,
                turns=_TURNS.get(dataset, (0,)),
            )
            for sample_id, dataset, path, located in zip(
                rows["sample_id"], rows["dataset"], rows["path"], places, strict=True
            )
            if dataset in self._roots
        ]


def _of_file(path: Path) -> dict[str, str]:
    try:
        found = OmegaConf.to_container(OmegaConf.load(path), resolve=True)
    except (OSError, ValueError, OmegaConfBaseException) as error:
        raise ConfigError(f"paths.roots_file={path} cannot be read: {error}") from error
    except Exception as error:  # PyYAML's errors share no base with what is above
        raise ConfigError(f"paths.roots_file={path} is no YAML file: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(r, str | None) for r in found.values()):
        raise ConfigError(
            f"paths.roots_file={path}: lines such as `oulu-npu: FOLDER` are expected, nothing else"
        )
    return {str(dataset): root for dataset, root in found.items() if root is not None}


def _below(path: Path | None, root: Path) -> str:
    """The path below the root, in letters that can be written whatever bytes it is made of."""
    if path is None:
        return ""
    return path.relative_to(root).as_posix().encode("utf-8", "replace").decode()
