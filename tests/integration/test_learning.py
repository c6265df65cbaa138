"""Training that learns: to tell screens by their grid, and one real step of ResNet-50."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from hydra.utils import instantiate
from PIL import Image

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.protocols.grandtest import Grandtest
from anomaly_fas.runs.build import build_datamodule, build_module, build_trainer
from anomaly_fas.runs.composition import composed
from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blurred noise of twelve subjects, of which attacks show a screen's grid."""
    folder = tmp_path_factory.mktemp("screens")
    (folder / "images").mkdir()
    rng = np.random.default_rng(0)
    grid = 25 * (np.add.outer(np.arange(64), np.arange(64)) % 3 - 1)[..., None]
    rows = ["path,label,pai,subject,split"]
    for number in range(240):
        is_attack, subject = number % 2, number // 2 % 12
        split = "train" if subject < 6 else "devel" if subject < 9 else "test"
        noise = rng.normal(128, 60, (16, 16, 3)).clip(0, 255).astype(np.uint8)
        image = cv2.resize(noise, (64, 64), interpolation=cv2.INTER_CUBIC) + grid * is_attack
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / f"images/{number}.png")
        label = "attack,replay" if is_attack else "bona_fide,"
        rows.append(f"{number}.png,{label},{subject},{split}")
    (folder / "rows.csv").write_text("\n".join(rows))
    return folder


@pytest.mark.parametrize(
    "loss", [["objective", "loss.main.anchors=both", "scale=8.0"], ["binary_cross_entropy"]]
)
def test_training_lowers_devel_acer(
    cli: Cli, tmp_path: Path, screens: Path, loss: list[str]
) -> None:
    data = ["data=manifest", f"data.manifest={screens}/rows.csv", f"paths.root={screens}/images"]
    settings = ["epochs=4", "epoch_steps=25", "optimizer.lr=0.005", "image_size=64", "logger=csv"]
    settings.append("~callbacks.figures")
    cli("train", *data, "model=lcnet_050", f"loss={loss[0]}", *loss[1:], *settings, cwd=tmp_path)
    (run,) = tmp_path.glob("outputs/single/*/*/seed=0")
    devel = pd.read_csv(run / "metrics.csv")["devel_acer"].dropna()
    assert devel.iloc[-1] < devel.iloc[0] - 0.1
    figures = json.loads((run / "metrics.json").read_text())["figures"]
    assert next(iter(figures.values()))["test"]["eer"]["auc"] > 0.9


def test_one_real_step_of_resnet50_at_224_pixels(cache_dir: Path, tmp_path: Path) -> None:
    extent = {"train": 2, "devel": 1, "test": 1, "bona_fide": 2, "attacks": 1, "frames": 1}
    config = composed(
        "train",
        [
            "model.pretrained=false",
            "epochs=1",
            "epoch_steps=1",
            "sampler.batch_size=8",
            "scheduler.warmup=0",
            "runtime.workers=0",
            f"paths.cache_dir={cache_dir}",
            f"run_folder={tmp_path}",
            "logger=csv",
            *(f"data.extent.{key}={value}" for key, value in extent.items()),
        ],
    )
    torch.manual_seed(0)
    datamodule = build_datamodule(config, Grandtest(), instantiate(config.data))
    module = build_module(config)
    detector = module.detector
    assert (config.image_size, detector.embedder.dim) == (224, 512)
    trainer = build_trainer(
        config, module, [], tmp_path, limit_val_batches=0,
        enable_progress_bar=False, enable_checkpointing=False,
    )  # fmt: skip
    datamodule.prepare_data()
    batch = next(iter(datamodule.train_dataloader()))
    before = {name: value.clone() for name, value in module.named_parameters()}

    def loss() -> float:
        with torch.no_grad():
            output = detector.train()(batch.image)
            inputs = LossInput(output.embedding, output.logit, batch.is_attack, batch.row)
            return float(module.loss(inputs)["loss"])

    state = {name: value.clone() for name, value in module.state_dict().items()}
    first = loss()
    module.load_state_dict(state)
    trainer.fit(module, datamodule=datamodule)
    assert trainer.global_step == 1
    unmoved = [name for name, value in module.named_parameters() if value.equal(before[name])]
    # timm starts the last norm of each block at zero, which stops the first gradient there.
    assert all(re.search(r"layer\d\.\d\.bn[12]\.", name) for name in unmoved), unmoved
    assert loss() < first
    embedding = detector(batch.image).embedding
    torch.testing.assert_close(embedding.norm(dim=1), torch.ones(8))
