"""HTGER and WCGER by hand; their spread over families against pandas."""

from typing import Any

import pandas as pd
import pytest
from generalisation import generalisation_figures


def result(acer: float, apcer: float) -> dict[str, Any]:
    points = {"apcer": {"bpcer_10": apcer}}
    return {"fine_grained_pai": {"acer": acer, "relative_working_points": points}}


RESULTS = {
    "grandtest": result(99.0, 99.0),
    "cross_dataset_siw": result(10.0, 20.0),
    "cross_dataset_uvad": result(20.0, 50.0),
    "cross_device_webcam": result(33.1, 44.7),
    "lodo_siw": result(55.3, 100.0),
    "unseen_attack_mask": result(12.9, 70.2),
}


def test_mean_and_worst_case_of_a_family() -> None:
    figures = generalisation_figures(RESULTS)
    assert figures["class"]["CROSS DATASET"] == {
        "HTGER (APCER@BPCER=10%)": 35.0,
        "WCGER (APCER@BPCER=10%)": 50.0,
    }
    assert figures["job"]["CROSS DATASET"] == {
        "HTGER (ACER)": 15.0,
        "WCGER (APCER@BPCER=10%)": 50.0,
        "Average (APCER@BPCER=10%)": 35.0,
    }


@pytest.mark.parametrize("kind", ["class", "job"])
def test_spread_over_families_agrees_with_pandas(kind: str) -> None:
    figures = generalisation_figures(RESULTS)[kind]
    families = ["CROSS DATASET", "CROSS DEVICE", "LODO", "UNSEEN ATTACK"]
    table = pd.DataFrame([figures[family] for family in families])
    for metric in figures.keys() - set(families):
        spread = table[metric].agg(["mean", "std"]).to_dict()
        assert figures[metric] == pytest.approx(spread, rel=1e-14)
