"""`anomaly-fas adapt` on a run's checkpoint, and what the other commands make of the result."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.models.checkpoint import load
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of references: eight bona fide ones, and eight of each of two species."""
    root = tmp_path_factory.mktemp("references")
    extent = Extent(train=4, devel=2, test=2, bona_fide=3, attacks=2, frames=1)
    for sample in plan(extent):
        coarse = "" if sample.species is None else str(sample.species.coarse)
        folder = root / ("attack" if coarse else "bona_fide") / coarse
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.png")))
        if coarse in {"", "print", "mask"} and number < 8:
            Image.fromarray(render_frame(sample, 0, 32)).save(folder / f"{number}.png")
    return root


def test_the_adapted_checkpoint_predicts_and_is_evaluated(
    cli: Cli, finished_run: Path, pictures: Path, tmp_path: Path
) -> None:
    checkpoint = f"checkpoint={finished_run}/checkpoints/best.ckpt"
    done = cli("adapt", checkpoint, f"references={pictures}", "output=a.ckpt", cwd=tmp_path)
    assert "8 bona fide references and 16 attacks, thresholds of the references" in done.stderr
    adapted = load(tmp_path / "a.ckpt")
    done = cli("predict", "checkpoint=a.ckpt", f"input={pictures}", cwd=tmp_path)
    listed = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(listed) == 24
    limit = adapted.threshold("few_shot", "eer")
    assert {row["threshold"] for row in listed} == {f"{limit:.6f}"}
    images = [np.asarray(Image.open(row["path"])) for row in listed]
    scores = [float(row["score"]) for row in listed]
    assert scores == pytest.approx(adapted.score(images).tolist(), abs=1e-5)
    cli("evaluate", "checkpoint=a.ckpt", "output=evaluated", cwd=tmp_path)
    table = ScoreTable.read(tmp_path / "evaluated" / "scores.parquet")
    assert table.facts["adapted"][0]["attack"] == 16
    assert table.facts["thresholds"]["few_shot"]["eer"] == limit
