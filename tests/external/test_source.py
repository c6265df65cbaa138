"""A source of the user's own, whose config has nothing that is not its own argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from anomaly_fas.metrics.score_table import ScoreTable

if TYPE_CHECKING:
    from tests.external.conftest import UserFolder

SOURCE = """
import numpy as np
import pandas as pd

from anomaly_fas.types import ANNOTATION_COLUMNS, DataKind


class Stripes:
    kind = DataKind.SIMULATED
    fingerprint = "stripes"

    def __init__(self, image_size, people):
        self.image_size = image_size
        rows = [
            {
                "sample_id": f"{split}-{person}-{label}",
                "dataset": "stripes",
                "label": label,
                "pai": "" if label == "bona_fide" else "print",
                "subject": f"{split}-{person}",
                "split": split,
            }
            for split in ("train", "devel", "test")
            for person in range(people)
            for label in ("bona_fide", "attack")
        ]
        columns = list(ANNOTATION_COLUMNS)
        self.annotations = pd.DataFrame(rows).reindex(columns=columns, fill_value="")
        self.frame_counts = np.ones(len(rows), dtype=np.int64)

    def prepare(self):
        pass

    def frame_counts_before(self, number):
        return np.minimum(self.frame_counts, number)

    def frame(self, row, number):
        rng = np.random.default_rng(row)
        crop = rng.integers(0, 256, (self.image_size, self.image_size, 3), dtype=np.uint8)
        if self.annotations["label"].iloc[row] == "attack":
            crop[::2] = 255
        return crop
"""


@pytest.mark.slow
def test_it_is_trained_on_evaluated_and_adapted_to(user: UserFolder) -> None:
    user.add("my_source.py", SOURCE)
    user.add(
        "conf/data/stripes.yaml",
        "_target_: my_source.Stripes\nimage_size: ${image_size}\npeople: 6\n",
    )
    user.run(
        "train", "--config-dir=conf", "model=lcnet_050", "data=stripes", "image_size=32",
        "epochs=1", "epoch_steps=3", "sampler.batch_size=8", "runtime.workers=0", "logger=csv",
    )  # fmt: skip
    (folder,) = user.path.glob("outputs/*/*/*/seed=0")
    table = ScoreTable.read(folder / "scores.parquet")
    assert set(table.rows["dataset"]) == {"stripes"}
    trust = "trusted_packages=[my_source]"
    assert "my_source.Stripes" in user.run("evaluate", f"run={folder}", exit_code=2)
    user.run("evaluate", f"run={folder}", "output=again", trust)
    user.run(
        "shots", f"run={folder}", "output=curves", "shots=[1,2]", "draws=2", "replicates=10", trust
    )
    curves = pd.read_csv(user.path / "curves" / "figures.csv")
    assert set(curves["shots"]) == {0, 1, 2}
