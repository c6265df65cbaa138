"""The study `ablation` and the factors that its report knows are the same."""

from __future__ import annotations

from pathlib import Path

from omegaconf import OmegaConf

from anomaly_fas.commands.ablation import plan
from anomaly_fas.commands.app import config_dir
from anomaly_fas.reporting.ablation.arms import place
from anomaly_fas.reporting.study import StudyRun
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import hashed_part, plain, run_folder
from tests.reporting.factor_study import score_file

CONF = config_dir()


def test_every_run_of_the_study_is_a_level_and_every_level_a_run() -> None:
    axes = OmegaConf.load(CONF / "study" / "ablation.yaml").hydra.sweeper.axes
    runs = []
    declared = plan(composed("ablation"))
    for setting in axes.setting:
        config = plain(composed("train", ["study=ablation", *setting.split()]))
        _, digest = run_folder(config, "grandtest")
        for seed in (int(one.removeprefix("seed=")) for one in axes.seed):
            for protocol in declared.protocols:
                file = score_file(
                    Path("ablation"), seed, scorers=tuple(config["scorer"]),
                    config_hash=digest, protocol=protocol,
                )  # fmt: skip
                runs.append(StudyRun.of(file, hashed_part(config)))
    assert len(axes.protocol) == len(declared.protocols)
    placed = place(runs, declared)
    assert placed.missing == ()
    assert placed.elsewhere == ()
    levels = {(arm.factor.name, arm.level) for arm in placed.arms}
    assert levels == {(own.name, level) for own in declared.factors for level in own.levels}
