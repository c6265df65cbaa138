"""Figures are the same whatever pyplot's settings, and their files are whole or not there."""

from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from anomaly_fas.errors import RunError
from anomaly_fas.plots.layout import fit, legend_below, panels
from anomaly_fas.plots.style import COLOURS, LINES, MARKERS, look, plain, save, styled, words
from tests.nonempty import nonempty


@styled
def drawn(name: str = "few_shot") -> Figure:
    figure, (axes,) = panels(1, (3, 2))
    axes.plot([0, 1], [0, 1], label=plain(name))
    axes.fill_between([0, 1], [0, 0.5], hatch="//")
    axes.set(xlabel="score", title=words("mask_paper"))
    legend_below(figure, axes.get_legend_handles_labels()[0])
    return fit(figure)


def test_drawing_leaves_pyplots_state_alone(tmp_path: Path) -> None:
    settings, numbers = dict(mpl.rcParams), plt.get_fignums()
    save(drawn(), tmp_path / "a.svg")
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == numbers


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_figure_gives_the_same_bytes_each_time(tmp_path: Path, suffix: str) -> None:
    save(drawn(), tmp_path / f"a.{suffix}")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 20}):
        save(drawn(), tmp_path / f"b.{suffix}")
    first, second = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert first == second


def test_a_png_has_150_dots_an_inch(tmp_path: Path) -> None:
    figure = drawn()
    save(figure, tmp_path / "new" / "a.png")
    with Image.open(tmp_path / "new" / "a.png") as picture:
        assert picture.format == "PNG"
        assert picture.size == pytest.approx(150 * figure.get_size_inches(), abs=1)
        assert picture.convert("L").getextrema()[0] < 128


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF-"), ("svg", b"<?xml")])
def test_the_suffix_decides_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    save(drawn(), tmp_path / f"a.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)


def test_text_in_svg_is_text_in_any_sans_serif(tmp_path: Path) -> None:
    save(drawn("<b>bce & co"), tmp_path / "a.svg")
    texts = [
        element
        for element in ET.parse(tmp_path / "a.svg").iter()
        if element.tag.endswith("}text") and element.text
    ]
    assert {"score", "mask paper", "<b>bce & co"} <= {element.text for element in texts}
    assert all("sans-serif" in element.get("style", "") for element in nonempty(texts))


@pytest.mark.parametrize("name", ["_own", "$a_1$", "a $ b", "a_b^c", r"\frac"])
def test_names_are_drawn_as_they_stand(tmp_path: Path, name: str) -> None:
    save(drawn(name), tmp_path / "a.svg")
    texts = {(element.text or "").strip() for element in ET.parse(tmp_path / "a.svg").iter()}
    assert name in texts


def test_a_figure_that_cannot_be_drawn_leaves_the_former_file(tmp_path: Path) -> None:
    figure = drawn()
    save(figure, tmp_path / "a.png")
    former = (tmp_path / "a.png").read_bytes()
    figure.axes[0].set_title(r"$\nonsense{$")
    with pytest.raises(ValueError, match="nonsense"):
        save(figure, tmp_path / "a.png")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [former]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("mine")
    with pytest.raises(RunError, match=r"cannot write .*a\.png"):
        save(drawn(), tmp_path / "figures" / "a.png")


def test_looks_differ_without_colour_and_never_repeat_early() -> None:
    assert len(set(LINES)) == len(LINES) == len(set(COLOURS)) == len(COLOURS)
    looks = [look(number) for number in range(84)]
    assert len({(own.colour, own.marker) for own in looks}) == 84
    assert len({own.marker for own in looks[: len(MARKERS)]}) == len(MARKERS)
