"""The tables of a comparison, and all its figures unrounded, for other programs."""

import re
from collections.abc import Mapping, Sequence
from math import isinf, isnan, nan

import pandas as pd

from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.reporting.compare.blocks import Block
from anomaly_fas.reporting.compare.figures import (
    COMPARED,
    LEADING,
    SIGNIFICANT,
    BlockFigures,
    Contrast,
    MethodFigures,
)
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.reporting.compare.scorer_matrix import Matrix
from anomaly_fas.reporting.study import RunFacts, distinct
from anomaly_fas.reporting.study import provenance as run_provenance
from anomaly_fas.reporting.tables import ABSENT, Cell, Table, figure_cell, percent, points_cell


def method_table(judged: BlockFigures) -> Table:
    """Tabulate methods by rising EER, each against the first."""
    against = {contrast.name: contrast for contrast in judged.to_best}
    rows = [
        {
            "method": method.name,
            "runs": len(judged.block.methods[method.name]),
            **{
                figure.name.upper(): figure_cell(round(mean.value, 9), mean.as_rate.interval)
                for figure, mean in method.means.items()
            },
            **_standing(against.get(method.name)),
        }
        for method in judged.methods
    ]
    return _table(judged, "methods", "Methods by EER", rows)


def reference_table(judged: BlockFigures) -> Table:
    """Tabulate every method against the reference."""
    others = [figure for figure in COMPARED if figure != LEADING]
    rows = [
        {
            "method": contrast.name,
            "Δ EER": _difference_cell(contrast, LEADING),
            "EER, relative": _ratio_cell(contrast),
            **{f"Δ {own.name.upper()}": _difference_cell(contrast, own) for own in others},
        }
        for contrast in judged.to_reference
    ]
    return _table(judged, "reference", f"Against {judged.reference}", rows)


def protocol_table(judged: BlockFigures) -> Table:
    """Tabulate EER under each protocol, the mean over seeds."""
    rows = [
        {
            "method": method.name,
            **{
                name.replace("_", " "): _percent(method.by_protocol[name][LEADING].value)
                for name in judged.block.protocols
            },
        }
        for method in judged.methods
    ]
    return _table(judged, "protocols", "EER under each protocol", rows)


def scorer_table(judged: BlockFigures, matrix: Matrix) -> Table:
    """Tabulate EER of every scorer, one column each."""
    rows = [
        {
            "method": method.name,
            **{scorer: _percent(own.get(method.name, nan)) for scorer, own in matrix.items()},
        }
        for method in judged.methods
    ]
    return _table(judged, "scorers", "EER of every scorer", rows)


def _table(
    judged: BlockFigures, name: str, title: str, rows: Sequence[Mapping[str, object]]
) -> Table:
    return Table.of(_file_name(judged.block, name), title, rows, provenance(judged))


def provenance(judged: BlockFigures) -> str:
    """Name the data, seeds, subjects, commits and versions behind a block."""
    block, clusters = judged.block, judged.clusters
    facts = [file.facts for files in block.methods.values() for file in files.values()]
    strata = f" in {clusters.strata} disjoint test sets" if clusters.strata > 1 else ""
    extent = f"{block.extent[0].upper()}{block.extent[1:]}."
    return run_provenance(facts, f"{extent} Subjects on test: {clusters.number}{strata}.")


def signed_percent(ratio: float) -> str:
    """Write how much a ratio is above or below 1.

    Example:
        >>> signed_percent(0.85), signed_percent(1.2), signed_percent(float("inf"))
        ('−15 %', '+20 %', '∞')
    """
    if isinf(ratio):
        return "∞"
    rounded = round(100 * (ratio - 1))
    return f"{rounded:+d} %".replace("-", "−") if rounded else "0 %"


def _percent(fraction: float) -> str:
    """Write a fraction in percent, independent of the order a mean was summed in."""
    return percent(round(fraction, 9))


def _standing(contrast: Contrast | None) -> dict[str, object]:
    """Show the difference to the first method and its verdict; None for the first itself."""
    if contrast is None:
        cells: tuple[object, ...] = (ABSENT, ABSENT, Cell("first", is_bold=True))
    else:
        adjusted, difference = contrast.adjusted[LEADING], contrast.differences[LEADING]
        word = "not known" if isnan(adjusted) else "behind" if contrast.is_shown else "tied"
        cells = points_cell(difference.value, difference.interval), _shown(adjusted), word
    return dict(zip(("Δ EER to the first", "p", "standing"), cells, strict=True))


def _difference_cell(contrast: Contrast, figure: Figure) -> Cell:
    difference, adjusted = contrast.differences[figure], contrast.adjusted[figure]
    mark = " *" if adjusted < SIGNIFICANT else ""
    return points_cell(difference.value, difference.interval, f"p {_shown(adjusted)}{mark}")


def _ratio_cell(contrast: Contrast) -> Cell:
    if isnan(contrast.ratio):
        return Cell(ABSENT)
    detail = ""
    if contrast.bounds is not None:
        low, high = map(signed_percent, contrast.bounds)
        detail = f"[{low}, {high}]"
    return Cell(signed_percent(contrast.ratio), contrast.ratio, detail=detail)


def _shown(p_value: float) -> str:
    if isnan(p_value):
        return ABSENT
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _file_name(block: Block, table: str) -> str:
    group = block.group
    parts = [group.family, group.lists, group.variant, group.data_kind]
    span = [*(f"without {name}" for name in block.without), "seeds", *map(str, block.seeds)]
    return re.sub(r"\W+", "_", " ".join(filter(None, [*parts, *span, table])))


def figure_rows(blocks: Sequence[BlockFigures]) -> pd.DataFrame:
    """List all figures: one row per block, method, protocol (empty for all) and figure."""
    return pd.DataFrame(
        {
            **_place(judged.block),
            "method": method.name,
            "protocol": protocol,
            "figure": figure.name,
            **numbers(figures[figure], ["standard_error"]),
            "subjects": judged.clusters_of.get(protocol, judged.clusters).number,
            "config_hashes": " ".join(distinct(run.config_hash for run in facts)),
            "commits": " ".join(distinct(run.commit for run in facts)),
        }
        for judged in blocks
        for method in judged.methods
        for protocol, figures in {"": method.means, **method.by_protocol}.items()
        for facts in [_facts(judged, method, protocol)]
        for figure in COMPARED
    )


def difference_rows(blocks: Sequence[BlockFigures]) -> pd.DataFrame:
    """List all differences: one row per block, comparison and figure."""
    return pd.DataFrame(
        {
            **_place(judged.block),
            "method": contrast.name,
            "compared_with": other,
            "role": role,
            "figure": figure.name,
            **numbers(contrast.differences[figure], ["standard_error"]),
            "p_value": contrast.differences[figure].p_value,
            "p_holm": contrast.adjusted[figure],
            "ratio": contrast.ratio if figure == LEADING else None,
            "ratio_low": contrast.bounds.low if figure == LEADING and contrast.bounds else None,
            "ratio_high": contrast.bounds.high if figure == LEADING and contrast.bounds else None,
        }
        for judged in blocks
        for role, other, contrasts in (
            ("reference", judged.reference, judged.to_reference),
            ("first", judged.methods[0].name, judged.to_best),
        )
        for contrast in contrasts
        for figure in COMPARED
    )


def _facts(judged: BlockFigures, method: MethodFigures, protocol: str) -> list[RunFacts]:
    """List the facts of the runs behind a row."""
    files = judged.block.methods[method.name]
    return [file.facts for condition, file in files.items() if protocol in ("", condition.protocol)]


def _place(block: Block) -> dict[str, object]:
    group = block.group
    return {
        "family": group.family,
        "lists": group.lists,
        "data_kind": group.data_kind,
        "variant": group.variant,
        "protocols": " ".join(block.protocols),
        "seeds": " ".join(map(str, block.seeds)),
    }


def numbers(
    estimate: Estimate | None, errors: Sequence[str], prefix: str = ""
) -> dict[str, float | None]:
    """Value, bounds and named standard errors of an estimate as columns; None for what it lacks."""
    columns = dict.fromkeys(("value", "low", "high", *errors))
    if estimate is not None:
        low, high = estimate.interval or (None, None)
        errors_of = {name: getattr(estimate, name) for name in errors}
        columns = {"value": estimate.value, "low": low, "high": high} | errors_of
    return {f"{prefix}{name}": number for name, number in columns.items()}
