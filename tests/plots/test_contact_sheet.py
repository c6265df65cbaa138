"""Contact sheets: every image where its row and place say, in the picture that is saved."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.plots.contact_sheet import contact_sheet
from anomaly_fas.plots.style import save
from tests.nonempty import nonempty

COLOURS = {
    "bona_fide": [(200, 30, 30), (30, 200, 30), (30, 30, 200)],
    "mask_paper": [(200, 200, 30), (30, 200, 200), (200, 30, 200)],
}
DPI, LABEL, TITLE = 150, 2.0, 0.4


def sheet(size: int) -> dict[str, list[np.ndarray]]:
    return {
        name: [np.full((size, size, 3), colour, dtype=np.uint8) for colour in row]
        for name, row in COLOURS.items()
    }


@pytest.mark.parametrize("size", [16, 224])
def test_every_image_has_an_inch_where_it_belongs(tmp_path: Path, size: int) -> None:
    save(contact_sheet(sheet(size), "samples"), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as picture:
        page = np.asarray(picture.convert("RGB"))
    assert page.shape[:2] == (round((TITLE + 2) * DPI), round((LABEL + 3) * DPI))
    for number, row in enumerate(COLOURS.values()):
        for place, colour in enumerate(row):
            down = round((TITLE + number + 0.5) * DPI)
            across = round((LABEL + place + 0.5) * DPI)
            np.testing.assert_allclose(page[down, across].astype(int), colour, atol=2)


def test_rows_hold_their_images_side_by_side_and_unchanged() -> None:
    rng = np.random.default_rng(0)
    rows = {name: list(rng.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)) for name in "ab"}
    figure = contact_sheet(rows, "samples")
    for axes, images in nonempty(zip(figure.axes, rows.values(), strict=True)):
        (shown,) = axes.images
        np.testing.assert_array_equal(shown.get_array(), np.hstack(images))


def test_names_stand_before_their_rows_from_top_to_bottom() -> None:
    figure = contact_sheet(sheet(16), "samples of siw")
    assert figure.get_suptitle() == "samples of siw"
    by_height = sorted(figure.axes, key=lambda axes: -axes.get_position().y0)
    assert [axes.texts[0].get_text() for axes in by_height] == ["bona fide", "mask paper"]
    for axes in nonempty(figure.axes):
        text = axes.texts[0].get_window_extent()
        image = axes.get_window_extent()
        assert 0 <= text.x0 < text.x1 <= image.x0
        assert image.y0 < text.y0 < text.y1 < image.y1
