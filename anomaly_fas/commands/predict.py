"""`anomaly-fas predict`: write attack scores of image files as CSV."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import DataError

_BATCH = 64


def main() -> None:
    """The subcommand."""
    run_app("predict", predict, aliases={"scorer": "scorer_name"})


def predict(config: DictConfig) -> None:
    """Score every image; those that cannot be read are all named at the end."""
    from anomaly_fas.console import tracked
    from anomaly_fas.data.images import read_image
    from anomaly_fas.models.checkpoint import load

    paths = _images(Path(config.input))
    detector = load(config.checkpoint, config.trusted_packages)
    scorer = config.scorer_name or detector.headline
    limit = detector.threshold(scorer, config.threshold)
    faults: list[str] = []
    with _sheet(config.output) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "scorer", "score", "threshold", "decision"])
        starts = range(0, len(paths), _BATCH)
        for start in tracked(starts, "Scoring") if config.output else starts:
            images, read = [], []
            for path in paths[start : start + _BATCH]:
                try:
                    images.append(read_image(path))
                    read.append(path)
                except DataError as error:
                    faults.append(str(error))
            if not images:
                continue
            for path, score in zip(read, detector.score(images, scorer), strict=True):
                decision = "attack" if score >= limit else "bona_fide"
                writer.writerow([path, scorer, f"{score:.6f}", f"{limit:.6f}", decision])
    if faults:
        raise DataError(f"{len(faults)} image(s) were not scored:\n  " + "\n  ".join(faults))


def _images(path: Path) -> list[Path]:
    from anomaly_fas.data.images import SUFFIXES

    if not path.exists():
        raise DataError(f"input={path}: no such file or folder")
    if path.is_file():
        return [path]
    images = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
    if not images:
        raise DataError(f"input={path}: a folder without images ({', '.join(sorted(SUFFIXES))})")
    return images


@contextmanager
def _sheet(output: str | None) -> Iterator[TextIO]:
    from anomaly_fas.files import atomic_path

    if output is None:
        yield sys.stdout
        return
    with atomic_path(Path(output)) as temporary, temporary.open("w", newline="") as file:
        yield file
