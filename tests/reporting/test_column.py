"""Titles of columns, as tables have them."""

from anomaly_fas.reporting.column import Column


def test_titles_name_the_lists_unless_they_are_the_default() -> None:
    assert Column("unseen_attack_mask", "leak_free", "real").title == "unseen attack mask"
    assert Column("grandtest", "official", "real").title == "grandtest, official lists"
