"""The report's page in a real browser, and the files beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from anomaly_fas.reporting.published import published_results
from anomaly_fas.reporting.report.entries import Settings, entries
from anomaly_fas.reporting.report.page import Report
from anomaly_fas.reporting.study import finished_runs
from tests.nonempty import nonempty
from tests.reporting.studies import write_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from anomaly_fas.reporting.study import ScoreFile

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PROTOCOLS = ("grandtest", "cross_dataset_siw", "unseen_attack_mask")


def images(file: ScoreFile, sample_ids: Sequence[str]) -> list[np.ndarray]:
    """Grey squares."""
    return [np.full((8, 8, 3), 128, np.uint8) for _ in sample_ids]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report on two methods, three protocols and two seeds."""
    study = tmp_path_factory.mktemp("report") / "outputs" / "trial"
    for protocol in PROTOCOLS:
        for seed in (0, 1):
            write_run(study, protocol=protocol, seed=seed)
        write_run(study, protocol=protocol, method="<b>bce", config_hash="4567", apart=1.5)
    found = entries(finished_runs(study), Settings(replicates=60))
    folder = study / "report"
    Report("Study <trial>", found, Settings(replicates=60), published_results(PROTOCOLS), images
           ).write(folder)  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def content(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report / "metrics.json").read_text())
    return found


@pytest.fixture(scope="module")
def page(report: Path) -> Iterator[Page]:
    """The page, opened from disk without a network; anything that goes wrong is an error."""
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH; install it, or name it in CHROMIUM")
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(offline=True, viewport={"width": 1400, "height": 900})
        opened = context.new_page()
        opened.on("console", lambda message: faults.append(message.text))
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("file:", "data:"))
                else faults.append(f"asked for {request.url}")
            ),
        )
        opened.goto((report / "report.html").as_uri())
        yield opened
        browser.close()
    assert faults == []


def shown(fraction: float) -> str:
    return f"{100 * fraction:.1f}"


def test_the_numbers_on_the_page_are_those_of_metrics_json(
    page: Page, content: dict[str, Any]
) -> None:
    cells = page.eval_on_selector_all(
        "td[data-figure]", "cells => cells.map(c => [c.dataset.figure, c.textContent])"
    )
    if not cells:
        pytest.fail("the page has no figures")
    for path, text in cells:
        key, threshold, part, name, *rest = path.split("|")
        exact = name.endswith("/binomial")
        own = content["entries"][key]["figures"][threshold][part][name.removesuffix("/binomial")]
        if exact:
            low, high = own["binomial"]
            assert text.split() == [
                f"[{shown(low)},", f"{shown(high)}]", str(own["errors"]), "of", str(own["samples"]),
            ]  # fmt: skip
            continue
        expected = shown(own["value"])
        expected += f" ± {shown(own['spread'])}" if "spread" in own else ""
        if "bootstrap" in own:
            low, high = own["bootstrap"]
            expected += f" [{shown(low)}, {shown(high)}]"
        assert text.strip() == expected, path
        assert not rest


def test_every_entry_has_its_figures_on_the_page(page: Page, content: dict[str, Any]) -> None:
    paths = page.eval_on_selector_all(
        "td[data-figure]", "cells => cells.map(c => c.dataset.figure)"
    )
    assert {path.split("|")[0] for path in paths} == set(content["entries"])
    assert len(content["entries"]) == 12


def header(page: Page, table: str, name: str) -> Locator:
    return page.locator(f"table[data-name='{table}'] th").filter(has_text=name)


def column(page: Page, table: str, name: str) -> list[str]:
    names = page.locator(f"table[data-name='{table}'] th").all_inner_texts()
    place = [text.rstrip(" ↑↓") for text in names].index(name)
    rows = page.locator(f"table[data-name='{table}'] tbody tr")
    return [rows.nth(n).locator("td").nth(place).inner_text() for n in range(rows.count())]


def test_tables_sort_by_number_and_by_name_both_ways(page: Page) -> None:
    table = "grandtest_leak_free_simulated_species"
    name = "APCER (%), objective (few_shot)"
    button = header(page, table, name).locator("button")
    button.click()
    rising = [float(text.split()[0]) for text in column(page, table, name)]
    assert rising == sorted(rising)
    assert len(set(rising)) > 2
    button.click()
    falling = [float(text.split()[0]) for text in column(page, table, name)]
    assert falling == sorted(rising, reverse=True)
    assert header(page, table, name).get_attribute("aria-sort") == "descending"
    header(page, table, "species").locator("button").click()
    names = column(page, table, "species")
    assert names == sorted(names, key=str.lower)


def test_every_picture_is_there(page: Page, report: Path) -> None:
    sizes = page.eval_on_selector_all(
        "img", "all => all.map(i => [i.complete, i.naturalWidth, i.alt])"
    )
    stored = sorted((report / "figures").glob("*.png"))
    assert len(sizes) == len(stored)
    assert all(complete and width > 100 and text for complete, width, text in sizes)
    for path in nonempty(stored):
        with Image.open(path) as image:
            assert min(image.size) > 100
        assert ET.parse(path.with_suffix(".svg")).getroot().tag.endswith("svg")
    kinds = {re.sub(r"^(?!radar).*simulated(_\d)?_", "", path.stem) for path in stored}
    assert kinds == {
        "det", "species", "fine_species", "histogram", "embeddings", "training",
        "false_accepts", "false_rejects", "radar_all_protocols_simulated_leak_free_lists",
    }  # fmt: skip


def test_there_is_a_light_and_a_dark_look(page: Page) -> None:
    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = ground()
    page.locator("#look").click()
    dark = ground()
    page.locator("#look").click()
    assert (light, dark, ground()) == ("rgb(255, 255, 255)", "rgb(22, 24, 28)", light)
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert ground() == dark
    page.emulate_media(color_scheme="light")
    page.reload()


def test_names_are_shown_as_they_are(page: Page) -> None:
    assert page.locator("h1").inner_text() == "Study <trial>"
    assert page.locator("td b").count() == 0
    assert "<b>bce (few_shot)" in page.locator("table").first.inner_text()


def test_it_prints_with_everything_open(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    closed = page.eval_on_selector_all("details", "all => all.filter(d => !d.open).length")
    assert closed == 0
    page.emulate_media(media="print")
    assert not page.locator("#look").is_visible()
    page.emulate_media(media="screen")


def test_published_figures_are_marked_and_explained(page: Page) -> None:
    summary = page.locator("table[data-name='summary']").inner_text()
    assert "auxiliary (published, correct figures)" in summary
    assert "GRAD-GPAD v2, official lists (published)" in summary
    note = page.locator("figure:has(table[data-name='summary']) .note").inner_text()
    assert "official lists, which leak" in note


def test_nothing_on_the_page_is_fetched(report: Path) -> None:
    text = (report / "report.html").read_text()
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert "@import" not in text


def test_every_table_comes_in_three_formats_of_one_content(report: Path) -> None:
    names = {path.stem for path in (report / "tables").iterdir()}
    assert "summary" in names
    assert "grandtest_leak_free_simulated_differences" in names
    for name in names:
        table = pd.read_csv(report / "tables" / f"{name}.csv", dtype=str, keep_default_na=False)
        markdown = (report / "tables" / f"{name}.md").read_text().splitlines()
        rows = [line for line in markdown if line.startswith("| ")][2:]
        assert len(rows) == len(table)
        latex = (report / "tables" / f"{name}.tex").read_text()
        assert latex.count(r"\\") == len(table) + 1
        for line, values in nonempty(zip(rows, table.to_numpy().tolist(), strict=True)):
            assert [cell.strip() for cell in line.strip("| ").split(" | ")] == values


def test_the_long_table_holds_every_figure(report: Path, content: dict[str, Any]) -> None:
    rows = pd.read_csv(report / "figures.csv")
    counted = sum(
        len(figures)
        for entry in content["entries"].values()
        for parts in entry["figures"].values()
        for figures in parts.values()
    )
    assert len(rows) == counted
    assert rows["value"].between(0, 1).all()
    rates = rows.dropna(subset=["errors"])
    assert (rates["binomial_low"] <= rates["binomial_high"]).all()
