"""Figures stand apart from pyplot, and their files are whole or not there at all."""

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from anomaly_fas.errors import RunError
from anomaly_fas.plots.style import COLOURS, LINES, new_figure, save


def test_a_new_figure_leaves_pyplots_state_alone() -> None:
    settings, numbers = dict(mpl.rcParams), plt.get_fignums()
    new_figure(3, 2)
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == numbers


def test_a_png_has_the_size_asked_for_at_150_dots_an_inch(tmp_path: Path) -> None:
    figure, axes = new_figure(3, 2)
    axes.plot([0, 1], [0, 1])
    save(figure, tmp_path / "new" / "a.png")
    with Image.open(tmp_path / "new" / "a.png") as picture:
        assert picture.format == "PNG"
        assert picture.size == (450, 300)
        assert picture.convert("L").getextrema()[0] < 128


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF-"), ("svg", b"<?xml")])
def test_the_suffix_decides_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    save(new_figure(3, 2)[0], tmp_path / f"a.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)


def test_a_figure_that_cannot_be_drawn_leaves_the_former_file(tmp_path: Path) -> None:
    figure, axes = new_figure(3, 2)
    save(figure, tmp_path / "a.png")
    former = (tmp_path / "a.png").read_bytes()
    axes.set_title(r"$\nonsense{$")
    with pytest.raises(ValueError, match="nonsense"):
        save(figure, tmp_path / "a.png")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [former]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(RunError, match=r"cannot write .*a\.png"):
        save(new_figure(3, 2)[0], tmp_path / "figures" / "a.png")


def test_as_many_line_styles_as_colours() -> None:
    assert len(set(LINES)) == len(LINES) == len(set(COLOURS)) == len(COLOURS)
