"""Every figure that gradgpad gives for one method under one protocol."""

from typing import Any

from anomaly_fas.metrics.gradgpad.demographics import (
    demographic_bias,
    demographic_bpcer,
    grouped_skin_tone_bpcer,
)
from anomaly_fas.metrics.gradgpad.operating_points import operating_points
from anomaly_fas.metrics.gradgpad.species_analysis import devel_threshold, species_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset


def gradgpad_figures(devel: GradgpadSubset, test: GradgpadSubset) -> dict[str, Any]:
    """Compute figures by part, with the keys of the package, as plain Python values.

    Returns:
        `results`: what `ResultsProvider.get` returns, in percent. `working_points`: EER and
        thresholds of both subsets, as fractions. `sex`, `age`, `skin_tone`, `grouped_skin_tone`:
        BPCER by group, in percent. `bias`: the demographic bias metric. A demographic part is
        empty where no dataset of the test subset has all groups.

    Raises:
        DataError: a subset lacks a class.
    """
    points = {"devel": operating_points(devel), "test": operating_points(test)}
    threshold = points["devel"]["eer_th"]
    by_tone = demographic_bpcer(test, "skin_tone", threshold)
    return {
        "results": species_figures(test, devel_threshold(devel)),
        "working_points": points,
        "sex": demographic_bpcer(test, "sex", threshold),
        "age": demographic_bpcer(test, "age", threshold),
        "skin_tone": by_tone,
        "grouped_skin_tone": grouped_skin_tone_bpcer(by_tone),
        "bias": demographic_bias(test),
    }
