"""The command line on bad input: exit code 2, and one message that names everything at fault."""

import csv
import re
import subprocess
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import torch
from PIL import Image

from anomaly_fas.models.checkpoint import FACTS, build_detector
from tests import forked
from tests.nonempty import nonempty

pytestmark = pytest.mark.slow

SPLITS: Final = ("train", "train", "devel", "devel", "test", "test")
ROWS: Final = [
    f"{subject}_{label},{subject}_{label}.png,{label},,{subject},{split}"
    for subject, split in enumerate(SPLITS)
    for label in ("bona_fide", "attack")
]
COLUMNS: Final = "sample_id,path,label,pai,subject,split"
NAMES: Final = [row["path"] for row in csv.DictReader([COLUMNS, *ROWS])]
MANIFESTS: Final = {
    "good": [COLUMNS, *ROWS],
    "rows": [
        COLUMNS, *ROWS,
        "x1,absent.png,attack,print,0,train",
        "x2,0_attack.png,real,,0,train",
        "x3,0_attack.png,attack,hat,0,train",
        "x4,../outside.png,attack,mask,0,train",
        "0_attack,1_attack.png,attack,mask,0,train",
        "x6,1_attack.png,attack,mask,0,tset",
    ],
    "column": [COLUMNS.replace("label", "lable"), *ROWS],
    "unreadable": [COLUMNS, *ROWS, "u1,empty.png,attack,,0,train", "u2,text.png,attack,,5,test"],
    "no_bona_fide": [COLUMNS, *(row for row in ROWS if not re.match(r"[45]_bona", row))],
    "no_attack": [COLUMNS, *(row for row in ROWS if not re.match(r"[23]_attack", row))],
    "shared": [COLUMNS, *ROWS, "s1,0_attack.png,attack,,0,devel", "s2,2_attack.png,attack,,2,test"],
    "no_split": [COLUMNS.replace("split", "part"), *ROWS],
}  # fmt: skip
NAMED: Final = {
    "data.manifest={}/rows.csv": [
        r"6 fault\(s\) in the manifest \S*rows\.csv:",
        r"row 14: no file 'absent\.png' under",
        r"row 15: label 'real'; choose one of bona_fide, attack",
        r"row 16: pai 'hat'; choose one of print, replay, mask, makeup, partial",
        r"row 17: '\.\./outside\.png' leaves the root",
        r"row 18: sample_id '0_attack' stands in row 3 already",
        r"row 19: split 'tset'; choose one of train, devel, test",
    ],
    "data.manifest={}/column.csv": [r"label \(is it 'lable'\?\)", "it has sample_id, path, lable"],
    "data.manifest={}/absent.csv": [r"no manifest at \S*absent\.csv"],
    "data.manifest={}/unreadable.csv": [
        r"2 sample\(s\)",
        r"images/empty\.png",
        r"images/text\.png",
    ],
    "data.manifest={}/no_bona_fide.csv": ["the test split has no bona_fide samples"],
    "data.manifest={}/no_attack.csv": ["the devel split has no attack samples"],
    "data.manifest={}/shared.csv": [r"2 subject\(s\).*: shared/0, shared/2\.", "split_by=subject"],
    "data.manifest={}/no_split.csv": [r"\S*no_split\.csv has no splits", "default_split=test"],
    "paths.root={}/nowhere": [r"paths\.root=\S*nowhere: no such folder"],
    "paths.cache_dir={}/good.csv": [r"cannot write the cache \S*good\.csv", "`paths.cache_dir=…`"],
    "init_from={}/good.csv": [r"\S*good\.csv is no checkpoint that can be read"],
    "init_from={}/nowhere.ckpt": [r"no checkpoint at \S*nowhere\.ckpt"],
    "init_from={}/other.ckpt": [r"other\.ckpt is a resnet10t", r"set model\.backbone=resnet10t"],
    "model.weights={}/good.csv": [r"model\.weights=\S*good\.csv cannot be loaded into lcnet_050"],
    "model.backbone=lcnet_05": ["model.backbone='lcnet_05' is no timm network", "lcnet_050"],
    "trainer.precision=half": ["trainer.precision='half': choose one of auto"],
    "lists=mine": ["lists='mine': choose one of leak_free, official"],
    "loss.main.mining=soft": ["mining='soft': choose one of all, semi_hard, hard"],
    "sampler.batch_size=2": ["triplets need two of each", "batch_size"],
}
CHECKPOINT: Final = {
    "image_size": 32,
    "model": {
        "_target_": "anomaly_fas.models.embedder.Embedder", "backbone": "resnet10t",
        "pretrained": False, "weights": None, "frozen_stages": 0,
    },
    "head": {"_target_": "anomaly_fas.models.head.ProjectionHead", "_partial_": True, "dim": 4},
    "scorer": {
        "centre": {"_target_": "anomaly_fas.scorers.live_centre.LiveCentre", "references": 9},
    },
}  # fmt: skip


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.run(arguments, folder, within=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bad")
    (made / "images").mkdir()
    rng = np.random.default_rng(0)
    for name in NAMES:
        pixels = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made / "images" / name)
    (made / "outside.png").write_bytes((made / "images" / "0_attack.png").read_bytes())
    (made / "images" / "empty.png").touch()
    (made / "images" / "text.png").write_text("no image")
    for name, lines in MANIFESTS.items():
        (made / f"{name}.csv").write_text("\n".join(lines))
    detector = build_detector(CHECKPOINT, ["eer"])
    detector.set_thresholds("centre", {"eer": 1.0})
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    facts = {"config": CHECKPOINT, "threshold_names": ["eer"]}
    torch.save({"state_dict": state, FACTS: facts}, made / "other.ckpt")
    return made


@pytest.mark.parametrize("override", NAMED)
def test_a_run_that_cannot_be_made_says_why_in_one_message(folder: Path, override: str) -> None:
    arguments = {
        "data.manifest": f"{folder}/good.csv", "paths.root": f"{folder}/images",
        "sampler.batch_size": "4", "paths.cache_dir": f"{folder}/cache",
    }  # fmt: skip
    key, _, value = override.format(folder).partition("=")
    done = run(
        folder, "train", "data=manifest", "model=lcnet_050", "image_size=32", "epochs=1",
        "epoch_steps=1", "runtime.workers=0", "runtime.cache_workers=1", "logger=csv",
        f"paths.output_dir={folder}/out", *map("=".join, (arguments | {key: value}).items()),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    message = re.split(r"^training .*\n", done.stderr, flags=re.MULTILINE)[-1]
    assert message.startswith("error: ")
    assert message.count("error: ") == 1
    for pattern in nonempty(NAMED[override]):
        assert re.search(pattern, message), message
    left = {path.name for path in (folder / "out").rglob("*") if path.is_file()}
    assert "config.yaml" in left or "training " not in done.stderr
    assert not {"metrics.json", "best.ckpt", "last.ckpt", "scores.parquet"} & left


def test_an_output_folder_that_is_a_file_is_named(folder: Path) -> None:
    done = run(folder, "train", f"paths.output_dir={folder}/good.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"error: cannot write \S*/good\.csv/single/\S+: .*\n", done.stderr)
    assert "`paths.output_dir=…`" in done.stderr


def test_predict_scores_what_can_be_read_and_names_all_the_rest(folder: Path) -> None:
    done = run(folder, "predict", f"checkpoint={folder}/other.ckpt", f"input={folder}/images")
    assert done.returncode == 2
    scored = [Path(row["path"]).name for row in csv.DictReader(done.stdout.splitlines())]
    assert sorted(scored) == sorted(NAMES)
    assert re.fullmatch(
        r"error: 2 image\(s\) were not scored:\n"
        r"  \S*images/empty\.png: not an image.*\n  \S*images/text\.png: not an image.*\n",
        done.stderr,
    )


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [(["predict", "checkpoint={}/other.ckpt", "input={}/nowhere"], r"input=\S*nowhere: no such"),
     (["predict", "checkpoint={}/good.csv", "input={}/images"], r"good\.csv is no checkpoint"),
     (["evaluate"], r"name one of a score file, scores=…, a run folder, run=…, or"),
     (["evaluate", "run={}/out/seed=0"], r"no checkpoint at \S*out/seed=0/checkpoints/best\.ckpt"),
     (["table", "study=absent", "paths.output_dir={}/out"], r"no finished run in \S*out/absent")],
)  # fmt: skip
def test_the_other_commands_name_what_they_do_not_find(
    folder: Path, arguments: list[str], pattern: str
) -> None:
    done = run(folder, *(argument.format(folder) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert re.match(rf"error: .*{pattern}", done.stderr), done.stderr
    assert "Traceback" not in done.stderr
