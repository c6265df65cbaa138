"""From the 13 datasets as distributed, in miniature, to a table: the commands of the README."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf
from PIL import Image

from anomaly_fas.metrics.score_table import ScoreTable
from tests.integration.conftest import Cli
from tests.integration.miniature import FRAMES, build, chosen_samples

pytestmark = pytest.mark.slow

CROPS = ["data=gradgpad", "data.frames=2", "image_size=64", "data.face_detector.max_side=320"]
TINY = [
    *CROPS, "model=lcnet_050", "model.pretrained=false", "epochs=1", "epoch_steps=3",
    "sampler.batch_size=12", "runtime.workers=0", "logger=csv", "~callbacks.figures",
]  # fmt: skip


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    return chosen_samples()


@pytest.fixture(scope="module")
def place(samples: pd.DataFrame, cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the miniature was prepared: half of the roots in a file, half named."""
    place = tmp_path_factory.mktemp("gradgpad")
    roots = build(place / "copies", samples)
    in_file = sorted(roots)[::2]
    OmegaConf.save({name: str(roots[name]) for name in in_file}, place / "roots.yaml")
    named = [f"paths.roots.{name}={root}" for name, root in roots.items() if name not in in_file]
    done = cli("prepare", *CROPS, "paths.roots_file=roots.yaml", *named, cwd=place)
    (place / "screen.txt").write_text(done.stdout)
    return place


def test_every_sample_of_every_dataset_is_prepared(samples: pd.DataFrame, place: Path) -> None:
    assert len(samples) == 13 * 3 * 6
    assert samples.groupby(["dataset", "split", "label"]).size().eq(3).all()
    report = pd.read_csv(place / "outputs/prepare/prepare_report.csv", keep_default_na=False)
    assert len(report) == 29_567
    report = report.set_index("sample_id")
    ours = report.loc[samples["sample_id"]]
    assert set(ours["outcome"]) == {"ok"}, ours[ours["outcome"] != "ok"]
    assert ours["crops"].between(1, 2).all()
    assert ours["crops"].mean() > 1.9
    others = report.drop(samples["sample_id"])
    assert set(others["outcome"]) == {"missing"}
    assert others["reason"].str.contains("no such file under").all()


def test_the_index_says_where_each_crop_comes_from(place: Path, cache_dir: Path) -> None:
    (store,) = cache_dir.glob("crops-gradgpad-64px-*")
    index = pd.read_parquet(store / "index.parquet")
    assert index["number"].isin([FRAMES // 4, 3 * FRAMES // 4]).all()
    assert index["score"].between(0.35, 1).all()
    inside = (index["left"] > 40) & (index["right"] < 280) & (index["bottom"] - index["top"] > 60)
    assert inside.mean() > 0.95
    assert index["landmarks"].map(len).eq(10).all()
    assert index["source_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_the_screen_tells_what_is_there_and_what_can_run(place: Path) -> None:
    screen = (place / "screen.txt").read_text()
    rows = [line.split() for line in screen.splitlines()]
    assert ["oulu-npu", "devel", "1350", "6", "1344"] in rows
    assert ["all", "29567", "234", "29333"] in rows
    can_run = {row[0]: row[1:3] for row in rows if len(row) > 4}
    assert can_run["grandtest"] == ["in", "part"]
    assert can_run["cross_dataset_oulu_npu"] == ["in", "part"]
    assert can_run["intradataset_csmad"][0] == "no"
    assert ["siw", "18", "0", "0", "4459", "0", "36"] in rows


def test_there_is_a_contact_sheet_of_each_dataset(samples: pd.DataFrame, place: Path) -> None:
    sheets = {path.stem: path for path in (place / "outputs/prepare/contact_sheets").iterdir()}
    assert set(sheets) == set(samples["dataset"])
    assert np.asarray(Image.open(sheets["uvad"])).std() > 20


def test_train_evaluate_and_table(samples: pd.DataFrame, place: Path, cli: Cli) -> None:
    protocol = ["protocol=cross_dataset", "protocol.dataset=oulu-npu"]
    cli("train", *TINY, *protocol, "study_name=mini", cwd=place)
    (run,) = place.glob("outputs/mini/cross_dataset_oulu_npu/*/seed=0")
    scores = ScoreTable.read(run / "scores.parquet")
    test = scores.rows[scores.rows["split"] == "test"]
    oulu = samples[(samples["dataset"] == "oulu-npu") & (samples["split"] == "test")]
    assert set(test["sample_id"]) == set(oulu["sample_id"])
    assert test["n_frames"].between(1, 2).all()
    assert scores.facts["data_kind"] == "real"
    cli("evaluate", f"run={run}", cwd=place)
    again = ScoreTable.read(run / "evaluation/scores.parquet").rows
    pd.testing.assert_frame_equal(again, scores.rows)
    cli("train", *TINY, "study_name=mini", cwd=place)
    cli("table", "study=mini", cwd=place)
    table = pd.read_csv(place / "outputs/tables/mini/table.csv")
    assert {"cross_dataset_oulu_npu", "grandtest"} <= set(table["protocol"])


def test_a_run_is_another_one_when_the_store_holds_more(place: Path, cli: Cli) -> None:
    few = [*TINY, "data.datasets=[oulu-npu,siw]", "study_name=few"]
    cli("train", *few, cwd=place)
    cli("train", *few[:-2], "data.datasets=[oulu-npu,siw,hkbu]", "study_name=few", cwd=place)
    configs = [OmegaConf.load(path) for path in place.glob("outputs/few/*/*/*/config.yaml")]
    assert len({config.data.contents for config in configs}) == 2


def test_what_was_not_prepared_is_told(place: Path, cli: Cli) -> None:
    done = cli("train", *TINY, "image_size=48", cwd=place, exit_code=2)
    assert "no crops are prepared in" in done.stderr
    assert "size: 64 there, 48 here" in done.stderr
    done = cli("prepare", *CROPS, cwd=place, exit_code=2)
    assert "paths.roots.oulu-npu=FOLDER" in done.stderr
    done = cli("prepare", *CROPS, "paths.roots.siw=/no/such/folder", cwd=place, exit_code=2)
    assert "/no/such/folder" in done.stderr
    (place / "empty").mkdir()
    done = cli("prepare", *CROPS, "paths.roots.siw=empty", cwd=place, exit_code=2)
    assert "no capture was found; are the folders right?" in done.stderr
    assert "nothing of siw was found, such as Train/spoof/003/" in done.stderr
    done = cli("prepare", "data=embedded", cwd=place, exit_code=2)
    assert "needs no preparation" in done.stderr


def test_the_study_over_gradgpad_runs_what_the_copies_allow(place: Path, cli: Cli) -> None:
    some = ["loss=objective", "protocol=unseen_attack", "protocol.pai=print,partial"]
    done = cli("train", "study=gradgpad", *TINY[1:], *some, cwd=place, exit_code=2)
    assert "unseen_attack_partial (lists=leak_free): the test split has no attack" in done.stderr
    runs = list(place.glob("outputs/gradgpad/*/*/seed=0/metrics.json"))
    assert [run.parts[-4] for run in runs] == ["unseen_attack_print"]
