"""`anomaly-fas simulate`: simulated faces and attacks as files, a manifest and a contact sheet.

With `data=simulated_attacks`, a contact sheet of attacks made from the user's own images.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hydra.utils import instantiate
from omegaconf import DictConfig
from PIL import Image

from anomaly_fas.commands.app import run_app
from anomaly_fas.console import tracked
from anomaly_fas.data.source import Source
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.files import write_text
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from anomaly_fas.data.embedded import Embedded
    from anomaly_fas.data.simulated_attacks import SimulatedAttacks

_log = logging.getLogger(__name__)


def main() -> None:
    """The subcommand."""
    run_app("simulate", simulate)


def simulate(config: DictConfig) -> None:
    """Write `images/`, `manifest.csv` and `contact_sheet.png`, or the last alone.

    Raises:
        ConfigError: data of another kind.
    """
    from anomaly_fas.data.embedded import Embedded
    from anomaly_fas.data.simulated_attacks import SimulatedAttacks

    source = instantiate(config.data)
    if isinstance(source, SimulatedAttacks):
        _show_fabricated(config, source)
    elif isinstance(source, Embedded):
        _write_all(config, source)
    else:
        raise ConfigError(
            "simulate: to show attacks made from other data, write data=simulated_attacks "
            "data@data.source=… and its keys as data.source.…"
        )


def _show_fabricated(config: DictConfig, source: SimulatedAttacks) -> None:
    from anomaly_fas.data.fabricated_rows import is_fabricated

    source.prepare()
    title = "Bona fide images, and attacks that are fabricated from them"
    rows = source.annotations
    if not is_fabricated(rows).any():
        raise DataError("there is no bona fide image to make attacks from")
    own = (rows["label"] == Label.ATTACK).to_numpy() & ~is_fabricated(rows)
    shown = np.flatnonzero(~own)  # attacks that were there are nothing to show
    _log.info("written to %s", _write_sheet(config, source, shown, title))


def _write_all(config: DictConfig, source: Embedded) -> None:
    source.prepare()
    folder = Path(config.output)
    rows = source.annotations.copy()
    rows["path"] = [
        _write(source, row, folder / "images")
        for row in tracked(range(len(rows)), "Writing images")
    ]
    write_text(folder / "manifest.csv", rows.to_csv(index=False))
    everything = np.arange(len(rows))
    title = f"Simulated data, seed {config.data.extent.seed}: one subject and capture each"
    _write_sheet(config, source, everything, title)
    _log.info("%d samples of %d frames in %s", len(rows), source.frame_counts.sum(), folder)


def _write(source: Embedded, row: int, root: Path) -> str:
    """Write a sample's frames, and return its path below the root."""
    sample = source.annotations["sample_id"].iloc[row]
    frames = int(source.frame_counts[row])
    for number in range(frames):
        path = root / (f"{sample}.png" if frames == 1 else f"{sample}/{number}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(source.frame(row, number)).save(path)
    return f"{sample}.png" if frames == 1 else str(sample)


def _write_sheet(config: DictConfig, source: Source, shown: np.ndarray, title: str) -> Path:
    from anomaly_fas.plots.contact_sheet import contact_sheet
    from anomaly_fas.plots.style import save

    path = Path(config.output) / "contact_sheet.png"
    save(contact_sheet(_examples(source, config.columns, shown), title), path)
    return path


def _examples(source: Source, columns: int, shown: np.ndarray) -> dict[str, list[np.ndarray]]:
    """Return `columns` frames of bona fide samples and of each fine species among `shown`."""
    rows = source.annotations
    names = rows["pai_fine"].where(rows["label"] == Label.ATTACK, str(Label.BONA_FIDE))
    names = names.to_numpy()[shown]
    order = [str(Label.BONA_FIDE), *sorted(set(names) - {Label.BONA_FIDE})]
    examples = {}
    for name in order:
        positions = shown[names == name]
        chosen = positions[np.linspace(0, len(positions) - 1, columns).astype(int)]
        examples[name] = [np.asarray(source.frame(int(row), 0)) for row in chosen]
    return examples
