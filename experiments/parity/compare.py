"""Compares anomaly_fas with gradgpad 2.1.0: every figure of the reference, by `==`.

    python experiments/parity/compare.py outputs/parity/reference.json

`reference.py` writes the reference and names the folder of the score files in it. The last line is
the result; the exit code is 1 if a figure differs or none was compared.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from annotation_statistics import annotation_statistics
from generalisation import generalisation_figures
from variants import PUBLISHED, VARIANTS

from anomaly_fas.metrics.gradgpad.figures import gradgpad_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.protocols.gradgpad import gradgpad_annotations

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN: Final = 20
"""Differences that are printed."""


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the package gives; a missing one is `absent`."""

    name: str
    reference: object
    ours: object


def leaves(figures: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every figure of a nested dictionary, by its joined keys."""
    if isinstance(figures, dict):
        for key, value in figures.items():
            yield from leaves(value, f"{name}/{key}" if name else key)
    else:
        yield name, figures


def differences(reference: object, ours: object) -> tuple[int, list[Difference]]:
    """How many figures were compared, and those that differ; NaN equals NaN."""
    expected, found = dict(leaves(reference)), dict(leaves(ours))
    names = expected | found
    pairs = [(name, expected.get(name, "absent"), found.get(name, "absent")) for name in names]
    return len(pairs), [Difference(*pair) for pair in pairs if not _same(*pair[1:])]


def _same(reference: object, ours: object) -> bool:
    both_nan = reference != reference and ours != ours  # noqa: PLR0124 - only NaN differs from itself
    return both_nan or reference == ours


class Comparison:
    """The figures compared so far, by method and protocol family."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.differences: list[Difference] = []

    def add(self, method: str, family: str, name: str, reference: object, ours: object) -> None:
        """Compare one group of figures."""
        count, found = differences(reference, ours)
        row = {"method": method, "family": family, "figures": count, "differ": len(found)}
        self.rows.append(row)
        self.differences += [
            Difference(f"{method} {name} {one.name}", one.reference, one.ours) for one in found
        ]

    def table(self) -> pd.DataFrame:
        """Counts by method and family."""
        rows = pd.DataFrame(self.rows, columns=["method", "family", "figures", "differ"])
        sums = rows.groupby(["method", "family"], as_index=False)[["figures", "differ"]].sum()
        sizes = rows.value_counts(["method", "family"]).rename("protocols").reset_index()
        return sums.merge(sizes)[["method", "family", "protocols", "figures", "differ"]]


def compare(reference: dict[str, Any]) -> tuple[Comparison, float]:
    """Every figure of the reference with ours, and the seconds that ours took from files."""
    annotations = gradgpad_annotations()
    folder = Path(reference["score_folder"])
    comparison = Comparison()
    results: dict[str, dict[str, Any]] = defaultdict(dict)
    start = time.perf_counter()
    computed = [(run, _our_figures(run, folder, annotations)) for run in reference["runs"]]
    seconds = time.perf_counter() - start
    for run, ours in computed:
        expected = run["figures"]
        # Parts that the package cannot compute, or was not asked for, are nothing to compare with.
        chosen = {part: ours[part] for part in expected}
        family, name = _named(run, "family"), _named(run, "protocol")
        comparison.add(run["method"], family, name, expected, chosen)
        if run["variant"] == PUBLISHED:
            results[run["method"]][run["protocol"]] = ours["results"]
    for method, expected in reference["generalization"].items():
        ours = generalisation_figures(results[method])
        comparison.add(method, "generalisation", "generalisation", expected, ours)
    statistics = annotation_statistics(annotations)
    comparison.add("(annotations)", "statistics", "statistics", reference["statistics"], statistics)
    return comparison, seconds


def _named(run: dict[str, Any], part: str) -> str:
    made = "" if run["variant"] == PUBLISHED else f" ({run['variant']})"
    return f"{run[part]}{made}"


def _our_figures(run: dict[str, Any], folder: Path, annotations: pd.DataFrame) -> dict[str, Any]:
    make = VARIANTS[run["variant"]]
    files = [folder / run["method"] / name for name in run["files"]]
    devel, test = (
        GradgpadSubset.from_scores(make(json.loads(file.read_text())), annotations)
        for file in files
    )
    return gradgpad_figures(devel, test)


def print_gaps(reference: dict[str, Any]) -> None:
    """What the package has no scores for, and what it cannot compute, by method and family."""
    absent = Counter((method, family) for method, family in reference["absent"])
    print(f"no score files for {_total(absent)} of the package's protocols: {_listed(absent)}")
    failures: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for run in reference["runs"]:
        for part, reason in run["failures"].items():
            failures[part, reason][run["method"], _named(run, "family")] += 1
    for (part, reason), runs in failures.items():
        print(
            f"the package cannot compute {part} of {_total(runs)} runs ({reason}): {_listed(runs)}"
        )


def _total(counts: Counter[tuple[str, str]]) -> int:
    return sum(counts.values())


def _listed(counts: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{method} {family} x {n}" for (method, family), n in counts.items())


def main(path: Path) -> int:
    """Compare, and say what was found."""
    reference = json.loads(path.read_text())
    versions = ", ".join(f"{name} {made}" for name, made in reference["versions"].items())
    print(f"reference: {versions}")
    comparison, seconds = compare(reference)
    for one in comparison.differences[:SHOWN]:
        print(f"{one.name}: the package {one.reference!r}, ours {one.ours!r}")
    print(comparison.table().to_string(index=False))
    print_gaps(reference)
    print(
        f"the package took {reference['seconds']:.0f} s on 2 processes, ours {seconds:.0f} s on 1"
    )
    figures, differ = sum(row["figures"] for row in comparison.rows), len(comparison.differences)
    print(f"{figures} figures compared, {differ} differ")
    return int(differ > 0 or figures == 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
