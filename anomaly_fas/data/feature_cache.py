"""Features of frames on disk: computed once, and shared by all runs on the same data.

A cache is a folder of parts, each an npz file with some samples' positions in the annotations and
the features of their frames. What is missing is added; a part is whole or not there.
"""

import functools
import hashlib
import json
import logging
from pathlib import Path
from typing import Final, NamedTuple
from zipfile import BadZipFile

import cv2
import numpy as np

from anomaly_fas.baselines.features import FrameFeatures
from anomaly_fas.console import ProgressBar
from anomaly_fas.data.in_processes import in_processes, locked_cache
from anomaly_fas.data.source import Source
from anomaly_fas.files import atomic_path, remove_unfinished

_PART: Final = 64
"""Samples of a part: what a run that is killed loses at most, for each process."""

_log = logging.getLogger(__name__)


class _Part(NamedTuple):
    """Samples by their positions, and the features of all their frames, shape [frames, dim]."""

    rows: np.ndarray
    features: np.ndarray


def cached_features(
    source: Source, rows: np.ndarray, features: FrameFeatures, cache_dir: Path, workers: int
) -> dict[int, np.ndarray]:
    """Features of all frames of some samples, computed where the cache does not hold them.

    Of several processes that ask for the same cache, one computes and the others wait.

    Args:
        source: prepared.
        rows: positions of the samples in its annotations.
        features: what is measured.
        cache_dir: folder of the caches.
        workers: processes that compute, beside the main one, which waits; below 2, it does so.

    Returns:
        float32 of shape [frames, dim] for each row.

    Raises:
        RunError: the cache cannot be written to.
    """
    folder = cache_dir / _name(source, features)
    wanted = [int(row) for row in np.unique(rows)]
    with locked_cache(folder):
        remove_unfinished(folder)
        found = _read(folder, source.frame_counts, features.dim)
        missing = [row for row in wanted if row not in found]
        if missing:
            parts = [missing[start : start + _PART] for start in range(0, len(missing), _PART)]
            with ProgressBar(f"Measuring {type(features).__name__}", len(wanted)) as bar:
                bar.advance(len(wanted) - len(missing))
                work = functools.partial(_compute, source, features)
                for part in in_processes(work, parts, workers):
                    # The first row stands in no other part, so that the name is free.
                    path = folder / f"{part.rows[0]:09d}.npz"
                    with atomic_path(path) as temporary, temporary.open("wb") as file:
                        np.savez(file, rows=part.rows, features=part.features)
                    found |= _by_row(part, source.frame_counts)
                    bar.advance(len(part.rows))
    return {row: found[row] for row in wanted}


def _name(source: Source, features: FrameFeatures) -> str:
    """The cache's folder: another one for other images, samples or measures."""
    facts = [
        source.fingerprint,
        source.annotations["sample_id"].astype(str).tolist(),
        source.frame_counts.tolist(),
        repr(features),
        features.version,
    ]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]
    return f"features-{type(features).__name__.lower()}-{digest}"


def _read(folder: Path, counts: np.ndarray, dim: int) -> dict[int, np.ndarray]:
    found: dict[int, np.ndarray] = {}
    for path in sorted(folder.glob("*.npz")):
        try:
            with np.load(path, allow_pickle=False) as file:
                part = _Part(file["rows"], file["features"])
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            part = _Part(np.zeros(0, dtype=np.int64), np.zeros((0, 0)))
        if part.rows.size == 0 or part.features.shape != (counts[part.rows].sum(), dim):
            _log.warning("%s is damaged: what it held is computed again", path)
            path.unlink()
            continue
        found |= _by_row(part, counts)
    return found


def _by_row(part: _Part, counts: np.ndarray) -> dict[int, np.ndarray]:
    ends = np.cumsum(counts[part.rows])
    pieces = np.split(part.features, ends[:-1])
    return dict(zip(part.rows.tolist(), pieces, strict=True))


def _compute(source: Source, features: FrameFeatures, rows: list[int]) -> _Part:
    cv2.setNumThreads(1)
    counts = source.frame_counts
    measured = np.empty((int(counts[rows].sum()), features.dim), dtype=np.float32)
    frames = [(row, number) for row in rows for number in range(counts[row])]
    for place, (row, number) in enumerate(frames):
        measured[place] = features(np.ascontiguousarray(source.frame(row, number)))
    return _Part(np.array(rows, dtype=np.int64), measured)
