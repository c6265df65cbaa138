"""Write what a comparison of methods says: a page, pictures, tables and all figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Final

from matplotlib.figure import Figure

from anomaly_fas.files import write_text
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.plots.dots import Dot, Look, methods_figure
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.compare.figures import LEADING, BlockFigures, Contrast
from anomaly_fas.reporting.compare.scorer_matrix import Matrix
from anomaly_fas.reporting.compare.tables import (
    difference_rows,
    figure_rows,
    method_table,
    protocol_table,
    provenance,
    reference_table,
    scorer_table,
)
from anomaly_fas.reporting.tables import Table, csv_text, render, write_table

FEW: Final = 30
"""Subjects below which the page warns of coarse intervals."""

_WIDTH: Final = 46
"""Letters that the width of a panel holds."""

_STANDINGS: Final[Mapping[Look, str]] = {
    "first": "lowest EER",
    "tied": "not shown to differ from it (p ≥ 0.05 after correction)",
    "behind": "shown to be higher",
}
_SIGNS: Final[Mapping[Look, str]] = {
    "better": "lower EER",
    "alike": "not shown to differ (p ≥ 0.05 after correction)",
    "worse": "higher EER",
}


def write_comparison(
    study: str,
    blocks: Sequence[BlockFigures],
    matrices: Sequence[Matrix],
    missing: Sequence[str],
    reference: str | None,
    replicates: int,
    folder: Path,
) -> Path:
    """Write `compare.md`, `figures.csv`, `differences.csv`, two pictures and `tables/`.

    There are as many matrices (EER of every scorer) as blocks, or none.

    Returns:
        The page.

    Raises:
        RunError: a file cannot be written.
    """
    sections = [
        (block, provenance(block), _tables(block, matrices[number] if matrices else None))
        for number, block in enumerate(blocks)
    ]
    for _, _, tables in sections:
        for table in tables:
            write_table(table, folder / "tables")
    save(eer_picture(blocks), folder / "eer.png")
    referenced = [block for block in blocks if block.to_reference]
    if referenced:
        assert reference is not None
        save(difference_picture(referenced, reference), folder / "differences.png")
    write_text(folder / "figures.csv", csv_text(figure_rows(blocks)))
    write_text(folder / "differences.csv", csv_text(difference_rows(blocks)))
    page = render(
        "compare.md",
        study=study,
        has_differences=bool(referenced),
        reference=reference,
        missing=missing,
        sections=sections,
        few=FEW,
        replicates=replicates,
    )
    write_text(folder / "compare.md", page)
    return folder / "compare.md"


def _tables(block: BlockFigures, matrix: Matrix | None) -> list[Table]:
    tables = [method_table(block)]
    if block.to_reference:
        tables.append(reference_table(block))
    if len(block.block.protocols) > 1:
        tables.append(protocol_table(block))
    if matrix is not None:
        tables.append(scorer_table(block, matrix))
    return tables


def eer_picture(blocks: Sequence[BlockFigures]) -> Figure:
    """Draw the EER of every method, one panel per block."""
    panels = {}
    for figures in blocks:
        against = {contrast.name: contrast for contrast in figures.to_best}
        panels[_title(figures)] = [
            dot(
                method.name,
                method.means[LEADING],
                _standing(against.get(method.name)),
                tuple(100 * own[LEADING].value for own in method.by_protocol.values()),
            )
            for method in figures.methods
        ]
    title = "EER on test. Bars: 95 % interval. Ticks: single protocols"
    return methods_figure(panels, _rows(blocks), "EER (%)", title, _STANDINGS)


def difference_picture(blocks: Sequence[BlockFigures], reference: str) -> Figure:
    """Draw the differences in EER to the reference, one panel per block that has it."""
    panels = {
        _title(figures): [
            dot(contrast.name, contrast.differences[LEADING], _sign(contrast))
            for contrast in figures.to_reference
        ]
        for figures in blocks
    }
    rows = [name for name in _rows(blocks) if name != reference]
    title = f"EER less that of {reference.replace('_', ' ')}. Bars: 95 % interval, not corrected"
    return methods_figure(panels, rows, "percentage points", title, _SIGNS, of_differences=True)


def _standing(contrast: Contrast | None) -> Look:
    if contrast is None:
        return "first"
    return "behind" if contrast.is_shown else "tied"


def _sign(contrast: Contrast) -> Look:
    if not contrast.is_shown:
        return "alike"
    return "better" if contrast.differences[LEADING].value < 0 else "worse"


def dot(
    row: str | float, mean: Estimate, look: Look, parts: tuple[float, ...] = (), aside: float = 0.0
) -> Dot:
    """Turn an estimate into a dot in percent or percentage points, with its interval."""
    interval = mean.interval and (100 * mean.interval.low, 100 * mean.interval.high)
    return Dot(row, 100 * mean.value, interval, look, parts, aside)


def _rows(blocks: Sequence[BlockFigures]) -> list[str]:
    """List all methods, in the order of the block that has most of them."""
    widest = sorted(blocks, key=lambda figures: -len(figures.methods))
    return list(dict.fromkeys(method.name for figures in widest for method in figures.methods))


def _title(figures: BlockFigures) -> str:
    return fill(figures.block.title.replace("_", " "), _WIDTH)
