"""Training that learns: on embedded data, and one real step of the paper's backbone."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

from anomaly_fas.commands.app import config_dir
from anomaly_fas.commands.fit import build_datamodule, build_module, build_trainer
from anomaly_fas.commands.wandb_state import register_resolver
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.protocols.grandtest import Grandtest
from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "loss", [["objective", "loss.main.anchors=both", "scale=8.0"], ["binary_cross_entropy"]]
)
def test_training_lowers_devel_acer(cli: Cli, tmp_path: Path, loss: list[str]) -> None:
    settings = ["epochs=4", "epoch_steps=60", "optimizer.lr=0.01", "image_size=80", "logger=csv"]
    extent = ["data.extent.train=6", "data.extent.devel=3", "data.extent.bona_fide=16"]
    without_makeup = ["protocol=unseen_attack", "protocol.pai=makeup"]  # which takes long to learn
    arguments = ["experiment=quickstart", f"loss={loss[0]}", *loss[1:], *without_makeup]
    cli("train", *arguments, *settings, *extent, "data.extent.attacks=2", cwd=tmp_path)
    (run,) = tmp_path.glob("outputs/quickstart/*/*/seed=0")
    devel = pd.read_csv(run / "metrics.csv")["devel_acer"].dropna()
    assert devel.iloc[-1] < devel.iloc[0] - 0.08
    figures = json.loads((run / "metrics.json").read_text())["figures"]
    assert next(iter(figures.values()))["devel"]["eer"]["auc"] > 0.75


def test_one_real_step_of_resnet50_at_224_pixels(cache_dir: Path, tmp_path: Path) -> None:
    register_resolver()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(config_dir()), version_base="1.3"):
        extent = {"train": 2, "devel": 1, "test": 1, "bona_fide": 2, "attacks": 1, "frames": 1}
        config = compose(
            "train",
            [
                "model.pretrained=false",
                "epochs=1",
                "epoch_steps=1",
                "sampler.batch_size=8",
                "scheduler.warmup=0",
                "workers=0",
                f"cache_dir={cache_dir}",
                f"run_folder={tmp_path}",
                "logger=csv",
                *(f"data.extent.{key}={value}" for key, value in extent.items()),
            ],
        )
    torch.manual_seed(0)
    datamodule = build_datamodule(config, Grandtest())
    module = build_module(config)
    detector = module.detector
    assert (config.image_size, detector.embedder.dim) == (224, 512)
    trainer = build_trainer(
        config, module, callbacks=[], limit_val_batches=0, enable_progress_bar=False
    )
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
    embedding = module.embed(batch.image)
    torch.testing.assert_close(embedding.norm(dim=1), torch.ones(8))
