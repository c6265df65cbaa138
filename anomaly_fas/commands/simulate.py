"""`anomaly-fas simulate`: simulated faces and attacks as files, a manifest and a contact sheet."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from anomaly_fas.commands.app import run_app

if TYPE_CHECKING:
    import numpy as np
    from omegaconf import DictConfig

    from anomaly_fas.data.embedded import Embedded

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("simulate", simulate)


def simulate(config: DictConfig) -> None:
    """Write `images/`, `manifest.csv` and `contact_sheet.png`."""
    from hydra.utils import instantiate
    from rich.progress import track

    from anomaly_fas.files import atomic_path
    from anomaly_fas.plots.contact_sheet import contact_sheet
    from anomaly_fas.plots.style import save

    source: Embedded = instantiate(config.data)
    source.prepare()
    folder = Path(config.output)
    rows = source.annotations.copy()
    rows["path"] = [
        _write(source, row, folder / "images")
        for row in track(range(len(rows)), description="Writing images", total=len(rows))
    ]
    with atomic_path(folder / "manifest.csv") as temporary:
        rows.to_csv(temporary, index=False)
    title = f"Simulated data, seed {config.data.extent.seed}: one subject and capture each"
    save(contact_sheet(_examples(source, config.columns), title), folder / "contact_sheet.png")
    _log.info("%d samples of %d frames in %s", len(rows), source.frame_counts.sum(), folder)


def _write(source: Embedded, row: int, root: Path) -> str:
    """Write a sample's frames; the sample's path below the root."""
    from PIL import Image

    sample = source.annotations["sample_id"].iloc[row]
    frames = int(source.frame_counts[row])
    for number in range(frames):
        path = root / (f"{sample}.png" if frames == 1 else f"{sample}/{number}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(source.frame(row, number)).save(path)
    return f"{sample}.png" if frames == 1 else str(sample)


def _examples(source: Embedded, columns: int) -> dict[str, list[np.ndarray]]:
    """Frames of bona fide samples and of each fine species, spread over subjects."""
    import numpy as np

    rows = source.annotations
    names = rows["pai_fine"].where(rows["pai_fine"] != "", "bona_fide")
    order = ["bona_fide", *sorted(set(names) - {"bona_fide"})]
    examples = {}
    for name in order:
        positions = np.flatnonzero(names == name)
        chosen = positions[np.linspace(0, len(positions) - 1, columns).astype(int)]
        examples[name] = [np.asarray(source.frame(int(row), 0)) for row in chosen]
    return examples
