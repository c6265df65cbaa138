"""Classical methods from the command line: what a run leaves, and what it shares with others."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import SCORE_COLUMNS, Split
from tests.integration.conftest import QUICK, TINY, Cli

pytestmark = pytest.mark.slow

TEXTURE = (*TINY, "baseline=colour_texture", "logger=csv", "study_name=classical")


def run_folder(place: Path, method: str, protocol: str = "grandtest") -> Path:
    (folder,) = place.glob(f"outputs/*/{protocol}/{method}-*/seed=0")
    return folder


def parts(cache: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in cache.glob("features-*/*.npz")}


@pytest.fixture(scope="module")
def place(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run of colour texture has been made, beside the network's of the same study."""
    place = tmp_path_factory.mktemp("classical")
    cli("train", *TEXTURE, cwd=place)
    cli(
        "train", *TINY, "logger=csv", "study_name=classical", "loss=binary_cross_entropy", cwd=place
    )
    return place


def test_the_run_folder_holds_what_that_of_a_network_does(place: Path) -> None:
    folder, network = run_folder(place, "colour_texture"), run_folder(place, "binary_cross_entropy")
    names = {
        str(path.relative_to(one)).replace("_logit_", "_svm_")
        for one in (folder, network)
        for path in one.rglob("*.*")
        if path.parent.name != "checkpoints"
    }
    own = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert own == names - {"embeddings.npz", "embeddings.json"}
    table, other = (ScoreTable.read(one / "scores.parquet") for one in (folder, network))
    assert list(table.rows.columns) == list(SCORE_COLUMNS)
    shared = [name for name in SCORE_COLUMNS if name not in {"scorer", "score"}]
    pd.testing.assert_frame_equal(table.rows[shared], other.rows[shared])
    assert table.facts.keys() == other.facts.keys() | {"classifier"}
    assert table.facts["data_kind"] == "simulated"
    assert table.facts["config_hash"] == folder.parent.name.rpartition("-")[2]
    assert table.scorers == ["svm"]
    assert table.facts["method"] == "colour_texture"


def test_thresholds_come_from_devel_and_metrics_from_the_scores(place: Path) -> None:
    folder = run_folder(place, "colour_texture")
    table = ScoreTable.read(folder / "scores.parquet")
    thresholds = table.facts["thresholds"]["svm"]
    assert thresholds == devel_thresholds(table.of("svm", Split.DEVEL))
    expected = error_figures(table.of("svm", Split.TEST), thresholds[HEADLINE])
    summary = json.loads((folder / "metrics.json").read_text())
    assert summary["figures"]["svm"]["test"][HEADLINE] == pytest.approx(expected)


def test_the_settings_are_those_of_least_devel_acer(place: Path) -> None:
    folder = run_folder(place, "colour_texture")
    classifier = yaml.safe_load((folder / "config.yaml").read_text())["classifier"]
    devel = pd.read_csv(folder / "metrics.csv").dropna(subset=["devel_acer"])
    tried = [(gamma, cost) for gamma in classifier["gamma"] for cost in classifier["C"]]
    assert list(zip(devel["svm/gamma"], devel["svm/C"], strict=True)) == tried
    best = devel.sort_values(["devel_acer", "devel/svm/eer"], kind="stable").iloc[0]
    table = ScoreTable.read(folder / "scores.parquet")
    facts = table.facts["classifier"]
    assert (facts["C"], facts["gamma"]) == (best["svm/C"], best["svm/gamma"])
    rows = table.of("svm", Split.DEVEL)
    figures = error_figures(rows, table.facts["thresholds"]["svm"][HEADLINE])
    assert figures["acer"] == pytest.approx(best["devel_acer"])


def test_a_finished_run_is_skipped_and_listed(place: Path, cli: Cli) -> None:
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*.*")}
    done = cli("train", *TEXTURE, "model=resnet18", cwd=place)  # which does not concern it
    assert "finished already" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*.*")} == before
    listed = cli("runs", "study=classical", cwd=place).stdout
    assert "9/9" in listed
    assert "2 finished" in listed


def test_the_table_has_it_beside_the_network(place: Path, cli: Cli) -> None:
    shown = cli("table", "study=classical", cwd=place).stdout
    assert "colour_texture" in shown
    assert "binary_cross_entropy" in shown


def test_the_same_run_elsewhere_gives_equal_numbers_from_features_that_are_there(
    place: Path, cli: Cli, cache_dir: Path, tmp_path: Path
) -> None:
    before = parts(cache_dir)
    done = cli("train", *TEXTURE, cwd=tmp_path)
    assert parts(cache_dir) == before != {}
    assert "Measuring" not in done.stdout + done.stderr
    first, again = (
        ScoreTable.read(run_folder(one, "colour_texture") / "scores.parquet")
        for one in (place, tmp_path)
    )
    pd.testing.assert_frame_equal(first.rows, again.rows)
    assert first.facts["thresholds"] == again.facts["thresholds"]


def test_protocols_and_methods_sweep_and_share_features(
    place: Path, cli: Cli, cache_dir: Path, tmp_path: Path
) -> None:
    before = parts(cache_dir)
    sweep = ["baseline=colour_texture,image_quality", "protocol=unseen_attack", "protocol.pai=mask"]
    cli("train", "-m", *QUICK, *sweep, cwd=tmp_path)
    new = parts(cache_dir).keys() - before.keys()
    assert {path.parent.name.split("-")[1] for path in new} == {"imagequality"}
    for method in ("colour_texture", "image_quality"):
        folder = run_folder(tmp_path, method, "unseen_attack_mask")
        test = ScoreTable.read(folder / "scores.parquet").of("svm", Split.TEST)
        assert set(test["pai"]) == {"", "mask"}


def test_it_cannot_be_scored_again_and_says_so(place: Path, cli: Cli) -> None:
    folder = run_folder(place, "colour_texture")
    done = cli("evaluate", f"run={folder}", cwd=place, exit_code=2)
    assert "classical" in done.stderr
    assert "scores=" in done.stderr
    assert "Traceback" not in done.stderr


def test_fabricated_attacks_of_ones_own_images_are_trained_on(
    cli: Cli, cache_dir: Path, tmp_path: Path
) -> None:
    extent = {"train": 2, "devel": 1, "test": 1, "bona_fide": 3, "attacks": 1, "frames": 1}
    sizes = [f"data.extent.{key}={value}" for key, value in extent.items()]
    cli("simulate", "output=.", "image_size=32", *sizes, cwd=tmp_path)
    listed = pd.read_csv(tmp_path / "manifest.csv")
    listed[listed["label"] == "bona_fide"].to_csv(tmp_path / "mine.csv", index=False)
    data = [
        "data=simulated_attacks", "data@data.source=manifest", "data.source.manifest=mine.csv",
        "paths.root=images", "image_size=32",
    ]  # fmt: skip
    fabricated = ["data.species=[print,replay]"]
    rest = ["baseline=image_quality", "logger=csv"]
    before = parts(cache_dir)
    cli("train", *data, *fabricated, *rest, cwd=tmp_path)
    table = ScoreTable.read(run_folder(tmp_path, "image_quality") / "scores.parquet")
    assert table.facts["fabricated"]["train"] == 2 * table.facts["classifier"]["train_frames"] // 3
    measured = np.concatenate(
        [np.load(path)["rows"] for path in parts(cache_dir).keys() - before.keys()]
    )
    bona_fide = listed[listed["label"] == "bona_fide"]
    in_train = int((bona_fide["split"] == "train").sum())
    # Of devel and test one fabricated attack a sample is scored, and no other is measured.
    assert len(measured) == 3 * in_train + 2 * (len(bona_fide) - in_train)
