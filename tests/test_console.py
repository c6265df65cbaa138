"""What is printed where the output is a file: whole lines, texts as they are."""

import pytest

from anomaly_fas.console import print_table, tracked


def test_texts_to_the_left_and_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a[b]", 5, "1 + 2"), ("long_name", 1000, "10 + 20")]
    print_table(("name", "n_samples", "sum"), rows, right=["sum"])
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "name       n samples      sum",
        "a[b]               5    1 + 2",
        "long_name       1000  10 + 20",
    ]


def test_a_title_rules_and_sections(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("number",), [(number,) for number in range(4)], title="Title", section=2)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "Title"
    assert [line for line in lines[2:] if not line.startswith("─")] == [
        "number", "0", "1", "", "2", "3", "",
    ]  # fmt: skip


def test_lines_of_a_file_are_as_long_as_they_need(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("text",), [("word " * 100,)])
    assert "word " * 99 in capsys.readouterr().out


def test_items_are_passed_on_without_a_bar_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(tracked(iter("abc"), "Letters", 3)) == ["a", "b", "c"]
    assert list(tracked([1, 2], "Numbers")) == [1, 2]
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""
