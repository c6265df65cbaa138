"""The table of datasets in the study's README agrees with the annotations."""

from __future__ import annotations

import re
from pathlib import Path

from anomaly_fas.protocols.gradgpad import gradgpad_annotations

README = Path(__file__).parents[3] / "experiments/gradgpad/README.md"


ROW = re.compile(r"^\| \[([a-z0-9-]+)\]\(\S+\) \| (\d+) \+ (\d+) \|", re.M)


def test_the_table_has_every_dataset_with_its_samples() -> None:
    table = {name: (int(live), int(spoof)) for name, live, spoof in ROW.findall(README.read_text())}
    rows = gradgpad_annotations()
    labels = rows.groupby("dataset")["label"].value_counts()
    assert table == {
        str(name): (labels[name, "bona_fide"], labels[name, "attack"])
        for name in rows["dataset"].unique()
    }
