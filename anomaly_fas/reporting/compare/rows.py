"""All figures of a comparison, unrounded, as tables for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from anomaly_fas.reporting.compare.contrasts import COMPARED, LEADING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.compare.blocks import Block
    from anomaly_fas.reporting.compare.figures import BlockFigures, MethodFigures
    from anomaly_fas.reporting.study import RunFacts


def figure_rows(blocks: Sequence[BlockFigures]) -> pd.DataFrame:
    """One row a block, method, protocol and figure; fractions, unrounded.

    The rows whose `protocol` is empty are means over the family.
    """
    return pd.DataFrame(
        {
            **_place(judged.block),
            "method": method.name,
            "protocol": protocol,
            "figure": figure.name,
            **numbers(figures[figure], ["standard_error"]),
            "subjects": judged.clusters_of.get(protocol, judged.clusters).number,
            "config_hashes": _distinct("config_hash", _facts(judged, method, protocol)),
            "commits": _distinct("commit", _facts(judged, method, protocol)),
        }
        for judged in blocks
        for method in judged.methods
        for protocol, figures in {"": method.means, **method.by_protocol}.items()
        for figure in COMPARED
    )


def difference_rows(blocks: Sequence[BlockFigures]) -> pd.DataFrame:
    """One row a block, comparison and figure; fractions, unrounded."""
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
            ("first", judged.best, judged.to_best),
        )
        for contrast in contrasts
        for figure in COMPARED
    )


def _facts(judged: BlockFigures, method: MethodFigures, protocol: str) -> list[RunFacts]:
    """Of the runs that a row rests on."""
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


def _distinct(fact: str, facts: Iterable[RunFacts]) -> str:
    return joined(sorted({getattr(run, fact) for run in facts}))


def numbers(
    estimate: Estimate | None, errors: Sequence[str], prefix: str = ""
) -> dict[str, float | None]:
    """Value, bounds and errors of an estimate as columns; None where there are none.

    Args:
        estimate: the estimate, if there is one.
        errors: names of its standard errors that are wanted.
        prefix: what the columns' names begin with.
    """
    columns = dict.fromkeys(("value", "low", "high", *errors))
    if estimate is not None:
        low, high = estimate.interval or (None, None)
        errors_of = {name: getattr(estimate, name) for name in errors}
        columns = {"value": estimate.value, "low": low, "high": high} | errors_of
    return {f"{prefix}{name}": number for name, number in columns.items()}


def joined(values: Iterable[object]) -> str:
    """Values as text, separated by blanks."""
    return " ".join(map(str, values))
