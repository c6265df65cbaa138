"""`anomaly-fas shots` on networks that have learnt nothing: what it writes and refuses."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import torch
from omegaconf import OmegaConf
from PIL import Image

from anomaly_fas.commands.shots import shots
from anomaly_fas.errors import AnomalyFasError, ConfigError, DataError
from anomaly_fas.metrics.analysis import THRESHOLDS
from anomaly_fas.models.checkpoint import FACTS, build_detector
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import plain

if TYPE_CHECKING:
    from pathlib import Path

EXTENT = ["train=1", "devel=1", "test=2", "bona_fide=4", "attacks=1", "frames=1"]
RUNS = {
    "a/seed=0": ["seed=0"],
    "a/seed=1": ["seed=1"],
    "b/seed=0": ["loss=binary_cross_entropy", "scorer=[logit,few_shot]"],
}
QUICK = ["shots=[1,3]", "draws=3", "replicates=20"]


def write_run(folder: Path, *overrides: str, simulated: str = "data") -> None:
    data = [f"{simulated}.extent.{size}" for size in EXTENT]
    given = [
        "model=lcnet_050",
        "image_size=32",
        "scale=2",
        *data,
        f"paths.output_dir={folder.parent}",
    ]
    config = plain(composed("train", [*given, *overrides]))
    method = config["method"]
    config["run_facts"] = {"method": method, "config_hash": method[:8], "seed": config["seed"]}
    torch.manual_seed(config["seed"])
    detector = build_detector(config, THRESHOLDS)
    for name in detector.scorers:
        detector.set_thresholds(name, dict.fromkeys(THRESHOLDS, 0.5))
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    facts = {"config": config, "threshold_names": list(THRESHOLDS)}
    (folder / "checkpoints").mkdir(parents=True)
    torch.save({"state_dict": state, FACTS: facts}, folder / "checkpoints" / "best.ckpt")
    (folder / "metrics.json").write_text("{}")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of a metric loss that differ by their seed, and one of cross-entropy."""
    place = tmp_path_factory.mktemp("study")
    for name, overrides in RUNS.items():
        write_run(place / name, *overrides)
    return place


def run(study: Path, output: Path, *overrides: str, runs: object = None) -> pd.DataFrame:
    fixed = [f"output={output}", f"paths.cache_dir={study}/cache", *QUICK]
    config = composed("shots", [*fixed, *overrides, "run=x"])
    OmegaConf.update(config, "run", runs or str(study))
    check_values(config, "shots")
    shots(config)
    return pd.read_csv(output / "figures.csv")


def test_every_run_draw_and_number_of_shots_is_written(study: Path, tmp_path: Path) -> None:
    found = run(study, tmp_path, "strengths=[0.01,1]")
    objective = found[found["method"] == "objective"]
    assert objective.groupby(["adaptation", "shots"]).size().to_dict() == {
        ("few_shot", 0): 6, ("few_shot", 1): 6, ("few_shot", 3): 6,
        ("linear_probe", 1): 6, ("linear_probe", 3): 6,
    }  # fmt: skip
    assert {path.rpartition("/")[2] for path in objective["run"]} == {"seed=0", "seed=1"}
    rival = found[found["method"] == "binary_cross_entropy"]
    tuned = [f"fine_tuning C={strength}" for strength in ("0.01", "1")]
    assert set(rival["adaptation"]) == {"few_shot", "linear_probe", *tuned}
    assert set(rival.loc[rival["adaptation"] == tuned[0], "shots"]) == {0, 1, 3}
    assert found[["eer", "auc", "acer"]].notna().all().all()
    page = (tmp_path / "README.md").read_text()
    assert "simulated data" in page
    assert page.index("| objective, few_shot |") < page.index("| binary_cross_entropy, few_shot |")


def test_of_a_learnt_embedding_the_features_are_compared_too_if_asked_for(
    study: Path, tmp_path: Path
) -> None:
    found = run(study, tmp_path, "layers=[embedding,features]", "shots=[3]")
    objective = set(found.loc[found["method"] == "objective", "adaptation"])
    assert objective == {
        name + of for name in ("few_shot", "linear_probe") for of in ("", " of features")
    }
    rival = set(found.loc[found["method"] == "binary_cross_entropy", "adaptation"])
    assert rival == {"few_shot", "linear_probe", "fine_tuning C=1"}


def test_it_is_the_same_again(study: Path, tmp_path: Path) -> None:
    run(study, tmp_path / "first", runs=str(study / "b" / "seed=0"))
    run(study, tmp_path / "again", runs=[str(study / "b")])
    for name in ("figures.csv", "summary.csv", "README.md"):
        first, again = (tmp_path / place / name for place in ("first", "again"))
        assert first.read_bytes() == again.read_bytes()


def write_images(place: Path) -> list[str]:
    """Eight images of four subjects; the settings of a manifest's data."""
    rows = []
    for number in range(8):
        Image.new("RGB", (32, 32), (30 * number,) * 3).save(place / f"{number}.png")
        label = "attack" if number % 2 else "bona_fide"
        rows.append({"path": f"{number}.png", "label": label, "subject": f"s{number // 2}"})
    pd.DataFrame(rows).assign(pai="", split="test").to_csv(place / "own.csv", index=False)
    return [f"manifest={place}/own.csv", f"root={place}"]


def test_other_data_is_a_domain_as_a_whole(study: Path, tmp_path: Path) -> None:
    own = ["data=manifest", *(f"data.{setting}" for setting in write_images(tmp_path))]
    run(study, tmp_path / "out", *own, "shots=[1]", runs=str(study / "a"))
    assert "of 4 subjects" in (tmp_path / "out" / "README.md").read_text()


def test_data_that_a_run_was_trained_on_is_refused_but_for_what_it_tests(
    study: Path, tmp_path: Path
) -> None:
    data = ["data=embedded", *(f"data.extent.{size}" for size in EXTENT)]
    runs = str(study / "a" / "seed=0")
    with pytest.raises(DataError, match=r"was trained on 4 subject\(s\) of the domain, such as"):
        run(study, tmp_path / "whole", *data, runs=runs)
    part = run(study, tmp_path / "part", *data, "protocol=grandtest", runs=runs)
    pd.testing.assert_frame_equal(part, run(study, tmp_path / "own", runs=runs))
    assert "of 8 subjects" in (tmp_path / "part" / "README.md").read_text()


def test_another_protocol_of_the_same_data_is_a_domain_only_of_new_subjects(
    study: Path, tmp_path: Path
) -> None:
    folds = ["protocol=folds", "protocol.train_session='1'"]
    runs = str(study / "a" / "seed=0")
    with pytest.raises(DataError, match=r"was trained on \d subject\(s\) of the domain, such as"):
        run(study, tmp_path, *folds, runs=runs)


def test_a_run_that_is_not_finished_is_none(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study / "a", tmp_path / "a")
    (tmp_path / "a" / "seed=0" / "metrics.json").unlink()
    with pytest.raises(DataError, match=r"seed=0: no finished run"):
        run(study, tmp_path / "out", runs=str(tmp_path / "a" / "seed=0"))


def test_data_of_a_run_that_is_gone_cannot_be_compared_with_and_it_says_so(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "gone").mkdir()
    gone = [f"data.sources.real.{setting}" for setting in write_images(tmp_path / "gone")]
    write_run(tmp_path / "run", "data=joined", *gone, simulated="data.sources.simulated")
    shutil.rmtree(tmp_path / "gone")
    own = ["data=manifest", *(f"data.{setting}" for setting in write_images(tmp_path))]
    run(study, tmp_path / "out", *own, "shots=[1]", runs=str(tmp_path / "run"))
    assert f"cannot tell whom {tmp_path}/run was trained on" in caplog.text
    assert (tmp_path / "out" / "README.md").exists()


@pytest.mark.slow
def test_a_run_of_joined_sources_finds_the_cache_of_each(study: Path, tmp_path: Path) -> None:
    """The domain is what the run was tested on, prepared in the cache that is named now."""
    own = [f"data.sources.real.{setting}" for setting in write_images(tmp_path)]
    write_run(tmp_path / "joined", "data=joined", *own, simulated="data.sources.simulated")
    found = run(study, tmp_path / "out", "shots=[1]", "draws=1", runs=str(tmp_path / "joined"))
    assert set(found["shots"]) == {0, 1}
    assert "mixed data" in (tmp_path / "out" / "README.md").read_text()
    assert not (tmp_path / "cache").exists()  # where it was trained


def test_more_pairs_than_there_are_are_left_out(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = run(study, tmp_path, "shots=[2,500]", runs=str(study / "b"))
    assert set(found["shots"]) == {0, 2}
    assert "shots=[500]: in some draw there are only" in caplog.text


@pytest.mark.parametrize(
    ("overrides", "kind", "message"),
    [
        (["shots=[0,1]"], ConfigError, r"shots=\[0, 1\]: a list of whole numbers of 1 or more"),
        (["shots=5"], ConfigError, r"shots=5: a list of whole numbers of 1 or more"),
        (["shots=[true]"], ConfigError, r"shots=\[True\]: a list of whole numbers of 1 or more"),
        (["shots=[500]"], DataError, "pairs of references: raise pool_share"),
        (["draws=0"], ConfigError, "draws=0: a whole number of 1 or more"),
        (["pool_share=1.5"], ConfigError, r"pool_share=1\.5"),
        (["apart=device"], ConfigError, "apart='device': choose one of subject, session"),
        (["strengths=1"], ConfigError, r"strengths=1: a list of numbers above 0 is needed"),
        (["layers=[head]"], ConfigError, r"layers=\[.head.\]: \[embedding\], \[features\] or"),
        (["strengths=[1,0]"], ConfigError, r"strengths=\[1, 0\]: a list of numbers above 0"),
        (["strengths=[big]"], ConfigError, "a list of numbers above 0"),
        (["scorer=[]"], ConfigError, r"scorer=\[\]: name what is to be given"),
    ],
)
def test_bad_input_is_named(
    study: Path, tmp_path: Path, overrides: list[str], kind: type[AnomalyFasError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        run(study, tmp_path / "out", *overrides)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_finished_run_is_named(study: Path, tmp_path: Path) -> None:
    unfinished = tmp_path / "unfinished" / "seed=0"
    shutil.copytree(study / "b" / "seed=0", unfinished)
    (unfinished / "metrics.json").unlink()
    for path in (tmp_path / "nowhere", tmp_path / "unfinished"):
        with pytest.raises(DataError, match=f"run={path}: no finished run in it"):
            run(study, tmp_path / "out", runs=str(path))
