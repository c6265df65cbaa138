"""The figures of one run, by gradgpad's own functions. It runs where gradgpad is installed."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pandas as pd
from gradgpad import (
    SKIN_TONE_GROUP_POLICY,
    Approach,
    Demographic,
    GeneralizationMetrics,
    Metric,
    Metrics,
    MetricsDemographics,
    Protocol,
    ScoresProvider,
    Subset,
)
from gradgpad.foundations.results.results_provider import get_analysis_from_metrics
from gradgpad.foundations.scores.scores_provider import get_filename
from gradgpad.reproducible_research.cli import calculate_demographic_percentil_based_metric as bias
from gradgpad.reproducible_research.cli.calculate_generalization_metrics import (
    calculate_generalization_metrics,
)
from gradgpad.tools import group_dataframe
from gradgpad.tools.visualization.charts.create_demographic_dataframe_comparison import (
    create_demographic_dataframe_comparison,
)
from variants import PUBLISHED, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable

Figures = dict[str, Any]

FAR_POINTS = (0.05, 0.1, 0.15, 0.20, 0.25, 0.30)
FRR_POINTS = (0.01, 0.05, 0.1, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.5)


@dataclass(frozen=True)
class Run:
    """One method under one protocol, by the published scores or a variant of them."""

    method: Approach
    protocol: Protocol
    option: dict[str, Any]
    variant: str = PUBLISHED

    @property
    def key(self) -> str:
        """The protocol's name, as `ResultsProvider` spells it."""
        return "_".join([self.protocol.value, *(value.value for value in self.option.values())])

    def file(self, subset: Subset) -> Path:
        """The score file of a subset."""
        return Path(get_filename(self.method, self.protocol, subset, **self.option))


class _PlotsReachedError(Exception):
    """Raised in place of plotting: the bias metric is written by then."""


def figures_of(run: Run) -> dict[str, Any]:
    """The figures of one run by part, and the parts that the package cannot compute."""
    start = time.perf_counter()
    subsets = {subset.value: _labelled(run, subset) for subset in Subset.options()}
    metrics = Metrics(subsets["devel"], subsets["test"])
    demographics = MetricsDemographics(subsets["devel"], subsets["test"])
    parts: dict[str, Callable[[], Figures]] = {
        # What `ResultsProvider.get` does with the published scores.
        "results": lambda: get_analysis_from_metrics(metrics),
        "working_points": lambda: _working_points(metrics),
        "sex": demographics.get_bpcer_sex,
        "age": demographics.get_bpcer_age,
        "skin_tone": demographics.get_bpcer_skin_tone,
        "grouped_skin_tone": lambda: _grouped_skin_tone(subsets),
    }
    if run.protocol.value.startswith("grandtest"):
        parts["bias"] = lambda: _bias(run.protocol, subsets)
    figures, failures = {}, {}
    for part, compute in parts.items():
        try:
            figures[part] = compute()
        except Exception as error:  # whatever the package raises is its answer
            failures[part] = f"{type(error).__name__}: {error}"
    return {
        "method": run.method.value,
        "family": run.protocol.value,
        "protocol": run.key,
        "variant": run.variant,
        "files": [run.file(subset).name for subset in Subset.options()],
        "seconds": time.perf_counter() - start,
        "figures": figures,
        "failures": failures,
    }


def _labelled(run: Run, subset: Subset) -> Any:
    """The scores of a subset, which work out their labels once instead of dozens of times."""
    scores = ScoresProvider.get(run.method, run.protocol, subset, **run.option)
    scores.scores = VARIANTS[run.variant](scores.scores)
    labels = scores.get_numpy_labels()
    scores.get_numpy_labels = lambda: labels
    return scores


def _working_points(metrics: Metrics) -> Figures:
    return {
        subset.value: {
            "eer": metrics.get_eer(subset),
            "eer_th": metrics.get_eer_th(subset),
            "frr_th": {str(point): metrics.get_frr_th(subset, point) for point in FAR_POINTS},
            "far_th": {str(point): metrics.get_far_th(subset, point) for point in FRR_POINTS},
        }
        for subset in Subset.options()
    }


def _grouped_skin_tone(subsets: dict[str, Any]) -> Figures:
    frame = create_demographic_dataframe_comparison(
        Metric.BPCER, Demographic.SKIN_TONE, {"method": subsets}
    )
    grouped = group_dataframe(frame, SKIN_TONE_GROUP_POLICY)
    return dict(zip(grouped[""], grouped["BPCER (%)"], strict=True))


def _bias(protocol: Protocol, subsets: dict[str, Any]) -> Figures:
    """The demographic bias metric: the package's function has two methods, both are this one."""
    stop = mock.Mock(subplots=mock.Mock(side_effect=_PlotsReachedError))
    provider = SimpleNamespace(get=lambda subset, **_: subsets[subset.value])
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(bias, ScoresProvider=provider, plt=stop),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", DeprecationWarning)
        with contextlib.suppress(_PlotsReachedError):
            bias.calculate_demographic_percentile_based_metric(folder, protocol)
        written = Path(folder, "demographic", "percentiles", protocol.value)
        metrics = json.loads((written / "demographic_metrics.json").read_text())
    suffix = " - Quality"
    return {name.removesuffix(suffix): metrics[name] for name in metrics if name.endswith(suffix)}


def generalization(results: dict[str, Figures]) -> Figures:
    """HTGER and WCGER of a method, as `GeneralizationMetrics` and as the paper's job give them.

    The job writes rounded tables only, so they are caught on their way.
    """
    by_protocol, *summaries = GeneralizationMetrics().calculate({"Quality": results})
    families = {
        family: {
            name: {key: value for key, value in results.items() if family.value in key}
            for name in ("Quality", "Auxiliary")
        }
        for family in Protocol.generalization_options()
    }
    tables: list[pd.DataFrame] = []

    def keep(table: pd.DataFrame) -> str:
        tables.append(table)
        return ""

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(pd.DataFrame, "to_markdown", keep),
    ):
        calculate_generalization_metrics(families, folder)
    return {"class": _tables(by_protocol, summaries), "job": _tables(tables[0], tables[1:])}


def _tables(by_protocol: pd.DataFrame, summaries: list[pd.DataFrame]) -> Figures:
    own = by_protocol[by_protocol["Approach"] == "Quality"].drop(columns="Approach")
    figures: Figures = own.set_index("Protocol").to_dict("index")
    for summary in summaries:
        for (name, statistic), value in summary.loc["Quality"].items():
            figures.setdefault(name, {})[statistic] = value
    return figures
