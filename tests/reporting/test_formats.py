"""One table in four formats, letter by letter where people read the letters."""

import csv
import html
import re
from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.reporting.formats import markdown, write_table
from anomaly_fas.reporting.table import Cell, Column, StudyTable

GRANDTEST = Column("grandtest", "leak_free", "simulated")
LODO = Column("lodo_siw", "official", "real")
ROWS = ("anomaly (few_shot)", "bce & <b>50%</b>")
TABLE = StudyTable(
    study="a<b & c",
    columns=(GRANDTEST, LODO),
    rows=ROWS,
    cells={
        (ROWS[0], GRANDTEST): Cell(12.34, 0.56, 20.0, 4.68, is_best=True),
        (ROWS[1], GRANDTEST): Cell(30.0, None, 40.0, 20.0, is_best=False),
        (ROWS[1], LODO): Cell(7.0, None, 8.0, 6.0, is_best=True),
    },
    notes=("Caption.", "Data: real."),
    long=pd.DataFrame({"method": ["anomaly", "bce"], "acer": [1 / 3, 0.3], "auc": [0.9, None]}),
)


def written(folder: Path, suffix: str) -> str:
    write_table(TABLE, folder)
    return (folder / f"table.{suffix}").read_text(encoding="utf-8")


def test_markdown_to_the_letter() -> None:
    assert markdown(TABLE) == (
        "| method | grandtest<br>(simulated) | lodo siw, official lists<br>(real) |\n"
        "| --- | ---: | ---: |\n"
        "| anomaly (few_shot) | **12.3 ± 0.6** (20.0 / 4.7) | – |\n"
        "| bce & <b>50%</b> | 30.0 (40.0 / 20.0) | **7.0** (8.0 / 6.0) |\n"
        "\n"
        "Caption.\n"
        "Data: real.\n"
    )


def test_latex_to_the_letter(tmp_path: Path) -> None:
    lines = [line.strip() for line in written(tmp_path, "tex").splitlines()]
    assert lines[0] == "% Caption. Data: real."
    assert re.sub(r"\s+", " ", " ".join(lines[1:])) == (
        r"\begin{tabular}{lrr} \toprule "
        r"method & grandtest & lodo siw, official lists \\ & (simulated) & (real) \\ \midrule "
        r"anomaly (few\_shot) & \textbf{12.3 $\pm$ 0.6} (20.0 / 4.7) & -- \\ "
        r"bce \& <b>50\%</b> & 30.0 (40.0 / 20.0) & \textbf{7.0} (8.0 / 6.0) \\ "
        r"\bottomrule \end{tabular}"
    )


def test_html_shows_names_as_they_are(tmp_path: Path) -> None:
    page = written(tmp_path, "html")
    assert "<b>" not in page
    assert "<title>a&lt;b &amp; c</title>" in page
    (body,) = re.findall(r"<tbody>(.*)</tbody>", page, re.DOTALL)
    cells = [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", body)]
    assert cells == [
        "anomaly (few_shot)",
        "<strong>12.3 ± 0.6</strong> <small>(20.0 / 4.7)</small>",
        "–",
        "bce & <b>50%</b>",
        "30.0 <small>(40.0 / 20.0)</small>",
        "<strong>7.0</strong> <small>(8.0 / 6.0)</small>",
    ]
    assert re.findall(r"<p>(.*?)</p>", page) == list(TABLE.notes)


def test_csv_is_the_long_form_in_full_precision(tmp_path: Path) -> None:
    rows = list(csv.DictReader(written(tmp_path, "csv").splitlines()))
    assert [row["method"] for row in rows] == ["anomaly", "bce"]
    assert [float(row["acer"]) for row in rows] == [1 / 3, 0.3]
    assert [row["auc"] for row in rows] == ["0.9", ""]


def test_four_files_are_written_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "tables" / "study"
    paths = write_table(TABLE, folder)
    assert paths == [folder / f"table.{suffix}" for suffix in ("md", "csv", "tex", "html")]
    assert sorted(folder.iterdir()) == sorted(paths)
    assert paths[0].read_text(encoding="utf-8") == markdown(TABLE)


def test_a_file_that_cannot_be_replaced_leaves_the_former_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "table.md").write_text("former")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunError, match=r"table\.md: No space left on device"):
        write_table(TABLE, tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("table.md", "former")
    ]
