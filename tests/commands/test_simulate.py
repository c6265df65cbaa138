"""`anomaly-fas simulate`: its files, and the sheet of attacks made from one's own images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import anomaly_fas.plots.contact_sheet
from anomaly_fas.commands.simulate import simulate
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.runs.composition import composed
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

SIZE = 32
Rows = dict[str, list[np.ndarray]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Rows]:
    """The rows of every contact sheet that is drawn."""
    seen: list[Rows] = []
    draw = anomaly_fas.plots.contact_sheet.contact_sheet

    def drawn(rows: Rows, title: str) -> Figure:
        seen.append(rows)
        return draw(rows, title)

    monkeypatch.setattr(anomaly_fas.plots.contact_sheet, "contact_sheet", drawn)
    return seen


@pytest.fixture
def own_images(tmp_path: Path) -> list[str]:
    """Four grey bona fide images of two people, and two red attacks of which nothing is known."""
    (tmp_path / "images").mkdir()
    rows = []
    for number in range(6):
        is_attack = number >= 4
        colour = (250, 0, 0) if is_attack else (90 + 20 * number,) * 3
        Image.new("RGB", (SIZE, SIZE), colour).save(tmp_path / "images" / f"{number}.png")
        label = "attack" if is_attack else "bona_fide"
        rows.append({"path": f"{number}.png", "label": label, "subject": f"s{number % 2}"})
    pd.DataFrame(rows).assign(split="train").to_csv(tmp_path / "own.csv", index=False)
    keys = [f"data.source.manifest={tmp_path}/own.csv", f"paths.root={tmp_path}/images"]
    return ["data=simulated_attacks", "data@data.source=manifest", *keys]


def run(folder: Path, *overrides: str) -> Path:
    fixed = [
        f"output={folder}/out",
        f"paths.cache_dir={folder}/cache",
        f"image_size={SIZE}",
        "columns=2",
    ]
    simulate(composed("simulate", [*fixed, *overrides]))
    return folder / "out"


@pytest.mark.slow
def test_simulated_data_become_files_and_a_sheet_of_every_species(
    tmp_path: Path, shown: list[Rows]
) -> None:
    sizes = {"train": 1, "devel": 1, "test": 1, "bona_fide": 2, "attacks": 1, "frames": 1}
    out = run(tmp_path, *(f"data.extent.{key}={value}" for key, value in sizes.items()))
    rows = pd.read_csv(out / "manifest.csv", keep_default_na=False)
    assert all((out / "images" / path).is_file() for path in nonempty(rows["path"]))
    assert (out / "contact_sheet.png").stat().st_size > 1000
    (sheet,) = shown
    assert next(iter(sheet)) == "bona_fide"
    assert set(sheet) == {"bona_fide", *rows.loc[rows["label"] == "attack", "pai_fine"]}
    assert {len(images) for images in sheet.values()} == {2}


def test_attacks_made_from_own_images_are_shown_and_no_others(
    tmp_path: Path, own_images: list[str], shown: list[Rows]
) -> None:
    out = run(tmp_path, *own_images, "data.species=[print,mask_paper]")
    assert [path.name for path in out.iterdir()] == ["contact_sheet.png"]
    (sheet,) = shown
    assert next(iter(sheet)) == "bona_fide"
    kinds = set(sheet) - {"bona_fide"}
    assert "mask_paper" in kinds
    assert all(name == "mask_paper" or name.startswith("print") for name in nonempty(kinds))
    assert np.ptp([image.mean() for image in sheet["bona_fide"]]) == pytest.approx(60, abs=1)
    for name, images in nonempty(sheet.items()):  # the red attacks that were there stand nowhere
        assert all(
            image[..., 0].mean() - image[..., 1].mean() < 100 for image in nonempty(images)
        ), name


def test_what_cannot_be_shown_is_told(tmp_path: Path, own_images: list[str]) -> None:
    manifest = [key.replace("data.source.", "data.") for key in own_images[2:]]
    with pytest.raises(ConfigError, match="data=simulated_attacks"):
        run(tmp_path, "data=manifest", *manifest)
    rows = pd.read_csv(tmp_path / "own.csv")
    rows[rows["label"] == "attack"].to_csv(tmp_path / "own.csv", index=False)
    with pytest.raises(DataError, match="no bona fide"):
        run(tmp_path, *own_images)
