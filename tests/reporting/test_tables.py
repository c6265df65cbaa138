"""One table in four formats, letter by letter where people read the letters."""

import html
import re
from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.reporting.tables import (
    Cell,
    Table,
    csv_text,
    latex,
    markdown,
    render,
    write_table,
)

TABLE = Table(
    "table",
    "",
    ("method", "grandtest\n(simulated)", "lodo siw, official lists\n(real)"),
    (
        (
            Cell("objective (few_shot)"),
            Cell("12.3 ± 0.6", 0.1234, detail="(20.0 / 4.7)", is_bold=True),
            Cell(),
        ),
        (
            Cell("bce & <b>50%</b>"),
            Cell("30.0", 0.3, detail="(40.0 / 20.0)"),
            Cell("7.0", 0.07, detail="(8.0 / 6.0)", is_bold=True),
        ),
    ),
    "Caption.\nData: real.",
)
TITLED = Table("own", "A | title", ("name", "x"), ((Cell("a|b"), Cell("")),))


def test_markdown_to_the_letter() -> None:
    assert markdown(TABLE) == (
        "| method | grandtest<br>(simulated) | lodo siw, official lists<br>(real) |\n"
        "| --- | ---: | ---: |\n"
        "| objective (few_shot) | **12.3 ± 0.6** (20.0 / 4.7) | – |\n"
        "| bce & <b>50%</b> | 30.0 (40.0 / 20.0) | **7.0** (8.0 / 6.0) |\n"
        "\n"
        "Caption.\n"
        "Data: real.\n"
    )


def test_markdown_with_a_title_and_bars_and_without_a_note() -> None:
    assert markdown(TITLED) == (
        "**A | title**\n\n| name | x |\n| --- | ---: |\n| a\\|b |  |\n"
    )  # fmt: skip


def test_latex_to_the_letter() -> None:
    lines = latex(TABLE).splitlines()
    assert lines[0] == "% Caption. Data: real."
    assert " ".join(lines[1:]) == (
        r"\begin{tabular}{lrr} \toprule "
        r"method & grandtest & lodo siw, official lists \\  & (simulated) & (real) \\ \midrule "
        r"objective (few\_shot) & \textbf{12.3 $\pm$ 0.6} (20.0 / 4.7) & -- \\ "
        r"bce \& <b>50\%</b> & 30.0 (40.0 / 20.0) & \textbf{7.0} (8.0 / 6.0) \\ "
        r"\bottomrule \end{tabular}"
    )


def test_html_shows_names_as_they_are() -> None:
    page = render("study.html", title="a<b & c", table=TABLE)
    assert "<b>" not in page
    assert "<title>a&lt;b &amp; c</title>" in page
    (body,) = re.findall(r"<tbody>(.*)</tbody>", page, re.DOTALL)
    cells = [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", body)]
    assert cells == [
        "objective (few_shot)",
        "<strong>12.3 ± 0.6</strong> <small>(20.0 / 4.7)</small>",
        "–",
        "bce & <b>50%</b>",
        "30.0 <small>(40.0 / 20.0)</small>",
        "<strong>7.0</strong> <small>(8.0 / 6.0)</small>",
    ]
    assert re.findall(r'<p class="note">(.*?)</p>', page) == TABLE.note.splitlines()
    assert re.findall(r'data-order="(.*?)"', page) == ["0.1234", "0.3", "0.07"]


def test_csv_holds_the_texts_and_rows_their_full_precision() -> None:
    assert csv_text(TABLE.frame).splitlines()[-1] == (
        "bce & <b>50%</b>,30.0 (40.0 / 20.0),7.0 (8.0 / 6.0)"
    )
    rows = pd.DataFrame({"acer": [1 / 3, None]})
    assert csv_text(rows) == f'acer\n{1 / 3}\n""\n'


def test_texts_are_found_by_the_name_of_their_column() -> None:
    texts = TABLE.frame.set_index("method")
    assert texts.at["objective (few_shot)", "grandtest\n(simulated)"] == "12.3 ± 0.6 (20.0 / 4.7)"


def test_three_files_are_written_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "tables" / "study"
    write_table(TABLE, folder)
    assert {path.name for path in folder.iterdir()} == {"table.md", "table.csv", "table.tex"}
    assert (folder / "table.md").read_text(encoding="utf-8") == markdown(TABLE)
    assert (folder / "table.tex").read_text(encoding="utf-8") == latex(TABLE)


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


def test_rows_by_column_name_may_lack_cells() -> None:
    table = Table.of("own", "", [{"name": "a", "x": 1}, {"name": "b", "y": Cell("2", 2.0)}])
    assert table.header == ("name", "x", "y")
    texts = table.frame.set_index("name")
    assert texts.loc["a"].tolist() == ["1", "–"]
    assert texts.loc["b"].tolist() == ["–", "2"]
    assert dict(zip(table.header, table.rows[1], strict=True))["y"].order == 2.0
