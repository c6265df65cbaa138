"""How far simulated captures are from real ones, and what a classifier learns from them.

    python experiments/realism/compare.py --faces real_faces.tar --name after

Writes `<name>.csv` (a row a label and statistic), `<name>.json` (classifiers) and pictures of the
statistics. The real crops stay where they are: nothing that is written shows one.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pandas as pd
from captures import REPORTING, TUNING, Captures, real_captures, simulated_captures
from distance import coverage, distances
from measurements import Measured, measure
from network import network_auc
from pictures import draw_distributions, draw_spectra
from transfer import cues, transfer_auc

from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Collection

SIZE = 160
"""Pixels: of the real crops."""

Sets = dict[Label, Captures]
Statistics = dict[Label, Measured]


def main() -> None:
    """Measure, compare, write."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    tuning = options.subjects == "tuning"
    real = _real(options, TUNING if tuning else REPORTING)
    others = _real(options, REPORTING if tuning else TUNING)
    simulated = {label: simulated_captures(label, options.count, SIZE) for label in Label}
    found, of_real, of_others = (_measured(sets) for sets in (simulated, real, others))
    options.output.mkdir(parents=True, exist_ok=True)
    target = options.output / options.name
    table = pd.concat([_rows(label, real, of_real, of_others, simulated, found) for label in Label])
    cue = {"real": cues(*of_real.values()), "simulated": cues(*found.values())}
    table["cue real"] = table.statistic.map(cue["real"])
    table["cue simulated"] = table.statistic.map(cue["simulated"])
    table.to_csv(target.with_suffix(".csv"), index=False, float_format="%.3f")
    classifiers = {"statistics": transfer_auc(_pair(found), _pair(of_real))}
    classifiers["statistics, trained on other real subjects"] = transfer_auc(
        _pair(of_others), _pair(of_real)
    )
    for seed in range(options.networks):
        classifiers[f"network, seed {seed}"] = network_auc(simulated, real, options.steps, seed)
    target.with_suffix(".json").write_text(json.dumps(classifiers, indent=2) + "\n")
    draw_spectra(of_real, found, options.output / f"{options.name}-spectra.png")
    draw_distributions(of_real, found, options.output / f"{options.name}-distributions.png")
    print(table.to_string(index=False, float_format="%.2f"))
    print(table.groupby("label", sort=False)[["all", "webcams", "subjects", "sessions", "coverage"]]
          .mean().round(3).to_string())  # fmt: skip
    print(json.dumps(classifiers, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    place = os.environ.get("ANOMALY_FAS_REAL_FACES")
    parser.add_argument("--faces", type=Path, default=place, required=place is None)
    parser.add_argument("--name", required=True, help="of the state of the simulator: before, …")
    parser.add_argument("--output", type=Path, default=Path("outputs/realism"))
    parser.add_argument("--subjects", choices=["tuning", "reporting"], default="reporting")
    parser.add_argument("--every", type=int, default=2, help="take every so manieth real crop")
    parser.add_argument("--count", type=int, default=432, help="simulated crops of each label")
    parser.add_argument("--networks", type=int, default=0, help="trainings, each with its seed")
    parser.add_argument("--steps", type=int, default=300, help="of each training")
    return parser


def _real(options: argparse.Namespace, subjects: Collection[str]) -> Sets:
    return {
        label: real_captures(Path(options.faces), label, subjects, options.every) for label in Label
    }


def _measured(sets: Sets) -> Statistics:
    return {label: measure(captures.images) for label, captures in sets.items()}


def _pair(statistics: Statistics) -> tuple[Measured, Measured]:
    return statistics[Label.BONA_FIDE], statistics[Label.ATTACK]


def _rows(
    label: Label,
    real: Sets,
    of_real: Statistics,
    of_others: Statistics,
    simulated: Sets,
    found: Statistics,
) -> pd.DataFrame:
    """Distances of the simulated set and of its webcams, the two floors, and coverage."""
    webcam = simulated[label].facts.device.str.startswith("webcam")
    first = real[label].facts.session == "01"
    sessions = (_part(of_real[label], first), _part(of_real[label], ~first))
    rows = pd.DataFrame(
        {
            "all": distances(of_real[label], found[label]),
            "webcams": distances(of_real[label], _part(found[label], webcam)),
            "subjects": distances(of_real[label], of_others[label]),
            "sessions": distances(*sessions),
            "coverage": coverage(of_real[label], found[label]),
        }
    )
    return rows.rename_axis("statistic").reset_index().assign(label=label)


def _part(measured: Measured, rows: pd.Series) -> Measured:
    return Measured(measured.scalars[rows.to_numpy()], measured.spectra[rows.to_numpy()])


if __name__ == "__main__":
    main()
