"""A row of the report for every sample."""

from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.report import lost_share, outcome_counts, prepare_report
from anomaly_fas.data.store.index import Entry
from anomaly_fas.data.store.record import Outcome

ROWS = pd.DataFrame(
    {
        "sample_id": ["a1", "a2", "a3", "b1", "b2", "c1"],
        "dataset": ["a", "a", "a", "b", "b", "c"],
        "split": ["train", "devel+test", "test", "train", "", "test"],
        "label": ["bona_fide", "attack", "attack", "bona_fide", "attack", "attack"],
    }
)


def entry(name: str, outcome: str, crops: int, reason: str = "") -> Entry:
    return Entry(
        sample_id=name, dataset=name[0], outcome=Outcome(outcome), reason=reason,
        source=f"{name}.mp4", sha256="", size=1, given="", turned=0, shard=0, first=0, crops=crops,
    )  # fmt: skip


def capture(name: str, *, found: bool = True) -> Capture:
    path = Path(name) if found else None
    return Capture(name, name[0], path, f"{name}.mp4", "" if found else "no such file")


CAPTURES = [capture("a1"), capture("a2"), capture("a3", found=False)]
HELD = {
    "a1": entry("a1", "ok", 10),
    "a2": entry("a2", "no_face", 0, "no face in 10 of 10 frame(s)"),
    "b1": entry("b1", "partly_decoded", 4, "cut short"),  # of an earlier prepare
}


def test_a_row_for_what_was_looked_for_and_for_what_is_held() -> None:
    report = prepare_report(ROWS, CAPTURES, HELD)
    columns = ["sample_id", "dataset", "split", "label", "outcome", "crops", "reason", "source"]
    assert report[columns].to_numpy().tolist() == [
        ["a1", "a", "train", "bona_fide", "ok", 10, "", "a1.mp4"],
        ["a2", "a", "devel+test", "attack", "no_face", 0, "no face in 10 of 10 frame(s)", "a2.mp4"],
        ["a3", "a", "test", "attack", "missing", 0, "no such file", "a3.mp4"],
        ["b1", "b", "train", "bona_fide", "partly_decoded", 4, "cut short", "b1.mp4"],
    ]


def test_the_summary_has_every_outcome() -> None:
    counts = outcome_counts(prepare_report(ROWS, CAPTURES, HELD))
    assert list(counts.columns) == [*Outcome, "crops"]
    nothing = dict.fromkeys(counts.columns, 0)
    assert counts.loc["a"].to_dict() == nothing | {"ok": 1, "missing": 1, "no_face": 1, "crops": 10}
    assert counts.loc["b"].to_dict() == nothing | {"partly_decoded": 1, "crops": 4}


def test_what_is_missing_is_no_loss() -> None:
    assert lost_share(prepare_report(ROWS, CAPTURES, HELD)) == pytest.approx(1 / 3)
    nothing = [capture("a3", found=False)]
    assert lost_share(prepare_report(ROWS, nothing, {})) == 0
