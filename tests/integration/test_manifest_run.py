"""One's own images: from files and a manifest to figures, simulated here and real ones."""

import os
import tarfile
from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.metrics.score_table import ScoreTable
from tests.integration.conftest import QUICK, Cli

pytestmark = pytest.mark.slow

REAL_FACES = os.environ.get("ANOMALY_FAS_REAL_FACES", "")


def scores(place: Path) -> ScoreTable:
    (path,) = place.glob("outputs/*/*/*/seed=0/scores.parquet")
    return ScoreTable.read(path)


@pytest.fixture(scope="module")
def images(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images and a manifest without splits."""
    place = tmp_path_factory.mktemp("images")
    extent = {"train": 2, "devel": 2, "test": 2, "bona_fide": 3, "attacks": 1, "frames": 1}
    sizes = [f"data.extent.{key}={value}" for key, value in extent.items()]
    cli("simulate", "output=.", "image_size=32", *sizes, cwd=place)
    manifest = pd.read_csv(place / "manifest.csv")
    manifest.drop(columns=["split"]).to_csv(place / "unsplit.csv", index=False)
    return place


@pytest.mark.parametrize("manifest", ["manifest.csv", "unsplit.csv"])
def test_subjects_are_held_out(images: Path, cli: Cli, tmp_path: Path, manifest: str) -> None:
    tiny = [argument for argument in QUICK if not argument.startswith("data.")]
    tiny.remove("experiment=quickstart")
    data = [
        "data=manifest",
        f"data.manifest={images / manifest}",
        f"paths.root={images / 'images'}",
    ]
    if manifest == "unsplit.csv":
        data.append("data.split_by=subject")
    arguments = [*tiny, *data, "model=lcnet_050", "runtime.cache_workers=1"]
    cli("train", *arguments, cwd=tmp_path)
    table = scores(tmp_path)
    assert table.facts["data_kind"] == "real"
    listed = pd.read_csv(images / "manifest.csv").set_index("sample_id")
    scored = table.rows.drop_duplicates("sample_id").set_index("sample_id")
    assert (listed.loc[scored.index, "subject"] == scored["subject"]).all()
    assert (scored.groupby(["dataset", "subject"])["split"].nunique() == 1).all()
    if manifest == "manifest.csv":
        assert (listed.loc[scored.index, "split"] == scored["split"]).all()
        assert set(listed.index) - set(scored.index) == set(
            listed.index[listed["split"] == "train"]
        )


@pytest.mark.skipif(not REAL_FACES, reason="ANOMALY_FAS_REAL_FACES names no tar file of faces")
def test_real_faces_of_unseen_subjects(cli: Cli, tmp_path: Path) -> None:
    with tarfile.open(REAL_FACES) as tar:
        tar.extractall(tmp_path / "faces", filter="data")
    (manifest,) = (tmp_path / "faces").rglob("manifest.csv")
    data = ["data=manifest", f"data.manifest={manifest}", f"paths.root={manifest.parent}"]
    network = ["model=lcnet_050", "image_size=64", "epochs=1", "epoch_steps=60"]
    rest = [
        "data.split_by=subject",
        "datamodule.eval_batch_size=256",
        "optimizer.lr=0.005",
        "logger=csv",
    ]
    rest.append("~callbacks.figures")
    cli("train", *data, *network, *rest, "loss=binary_cross_entropy", cwd=tmp_path)
    rows = scores(tmp_path).rows
    assert (rows.groupby("subject")["split"].nunique() == 1).all()
    listed = pd.read_csv(manifest)
    held_out = set(rows["subject"])
    assert 3 <= len(held_out) < listed["subject"].nunique()
    test = rows[rows["split"] == "test"]
    attack, bona_fide = (
        test.loc[test["label"] == label, "score"] for label in ("attack", "bona_fide")
    )
    assert attack.mean() > bona_fide.mean()
