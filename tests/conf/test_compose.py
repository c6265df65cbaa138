"""Every file of conf/ composes, and what it names exists and takes the arguments it gives."""

from __future__ import annotations

import inspect
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import timm
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.utils import get_object, instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.cli import COMMANDS
from anomaly_fas.commands.app import FACE_GROUPS, config_dir
from anomaly_fas.runs import composition
from anomaly_fas.runs.composition import composed_with_hydra
from anomaly_fas.runs.folder import plain, run_folder, sources
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from collections.abc import Iterator

CONF = config_dir()
TOP = sorted(path.stem for path in [*CONF.glob("*.yaml"), *CONF.glob("command/*.yaml")])
OPTIONS = sorted(
    (path.parent.relative_to(CONF).as_posix(), path.stem)
    for path in CONF.glob("*/**/*.yaml")
    if path.parent != CONF / "command"
)
STUDIES = sorted(path.stem for path in CONF.glob("study/*.yaml"))
NEEDED = {
    "protocol.dataset": "sim-gate", "protocol.pai": "mask", "protocol.device": "webcam",
    "protocol.attack": "half_mask", "protocol.target": "oulu-npu",
    "protocol.list_name": "one-pai-mask", "protocol.train_session": "01",
    "data.manifest": "m.csv", "paths.root": "images",
    "data.sources.real.manifest": "m.csv",
    "data.source.manifest": "m.csv", "data.source.sources.real.manifest": "m.csv",
    "checkpoint": "best.ckpt", "input": "images", "root": "images", "output": "made",
    "run": "seed=0", "model.backbone": "resnet18",
}  # fmt: skip
HANDED_OVER = {"model": {"head"}, "head": {"features"}, "scorer": {"dim"}}
DIRECTIVES = {"_target_", "_partial_", "_recursive_", "_convert_"}
GENERIC = {"Chain", "MetricLearning"}
"""Classes of this package whose configs are named after what they are given."""

NAMED_AFTER_WHAT_THEY_DO = {
    "flip_crop": "Compose", "none": "Identity", "field": "Chain", "lighting": "Chain",
    "colour": "ColorJitter", "blur": "RandomApply", "cutout": "RandomErasing",
    "contrastive": "MetricLearning", "supervised_contrastive": "MetricLearning",
    "triplet_margin_batch_hard": "MetricLearning",
}  # fmt: skip

CALLED_IN_WORDS = {"folds": "folds_0_of_3_train_01"}


INSIDE_DATA = {"face_crop", "face_detector"}
"""Groups that are part of a source."""


def overriding(group: str, option: str) -> list[str]:
    """What the command line says, in Hydra's own words, to choose an option."""
    if group in INSIDE_DATA:
        return ["data=gradgpad", f"{FACE_GROUPS[group]}={option}"]
    if group == "classifier":
        return ["baseline=colour_texture", f"classifier={option}"]
    return [f"+{group}={option}" if group == "shared" else f"{group}={option}"]


def commanding(group: str) -> str:
    """The command that has a group: all are `train`'s but those that begin with a command."""
    first = group.partition("/")[0]
    return first if first in COMMANDS else "train"


@cache
def composed(command: str, *overrides: str, hydra: bool = False) -> DictConfig:
    """The config, its mandatory values filled in."""
    made = (composed_with_hydra if hydra else composition.composed)(command, overrides)
    made.paths.root = NEEDED["paths.root"]  # sources refer to it
    for key in sorted(key for key in OmegaConf.missing_keys(made) if not key.startswith("hydra.")):
        OmegaConf.update(made, key, NEEDED.get(key, "anything"))
    return made


def whole(made: DictConfig) -> dict[str, Any]:
    values = OmegaConf.to_container(made, resolve=True, throw_on_missing=True)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def targets(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict]]:  # type: ignore[type-arg]
    if isinstance(node, dict):
        if "_target_" in node:
            yield path, node
        for name, part in node.items():
            yield from targets(part, (*path, str(name)))
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from targets(part, (*path, str(number)))


def check_targets(values: dict[str, Any]) -> None:
    for path, node in targets(values):
        target = get_object(node["_target_"])
        assert callable(target), path
        given = {name: node[name] for name in node.keys() - DIRECTIVES}
        handed_over = dict.fromkeys(HANDED_OVER.get(path[0], set()))
        if inspect.getmodule(target).__name__ in sys.stdlib_module_names:  # type: ignore[union-attr]
            target(**given)  # written in C, without a signature
            continue
        signature = inspect.signature(target)
        bind = signature.bind_partial if node.get("_partial_") else signature.bind
        bind(**given, **handed_over)


def named_alike(name: str, target: str) -> bool:
    words = {word for word in name.split("_") if word != "best"}
    return all(word in target.rsplit(".", 1)[-1].lower().replace("_", "") for word in words)


def test_every_command_has_its_config_and_every_config_its_command() -> None:
    # `anomaly-fas protocols audit` is a command of two words.
    assert set(TOP) == {*COMMANDS, "audit", "base"}


@pytest.mark.parametrize("command", TOP)
def test_every_commands_config_composes_and_shares_the_base(command: str) -> None:
    values = whole(composed(command))
    assert whole(composed("base")).keys() <= values.keys()
    check_targets(values)


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_of_every_group_composes_and_fits_its_target(group: str, option: str) -> None:
    made = composed(commanding(group), *overriding(group, option), hydra=True)
    assert option in made.hydra.runtime.choices.values()
    with_hydra = OmegaConf.masked_copy(made, [key for key in made if key != "hydra"])
    values = whole(with_hydra)
    for source in nonempty(sources(made.data)):
        size = source.get("image_size", source.get("face_crop", {}).get("size"))
        assert values["image_size"] == size
    check_targets(values)
    if group == "hydra/sweeper":
        check_targets({"sweeper": OmegaConf.to_container(made.hydra.sweeper)})


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_an_option_is_named_after_what_it_builds(group: str, option: str) -> None:
    made = composed(commanding(group), *overriding(group, option), hydra=True)
    key = f"data.{group}" if group in INSIDE_DATA else group.replace("/", ".")
    node = OmegaConf.to_container(OmegaConf.select(made, key) or OmegaConf.create())
    assert isinstance(node, dict)
    if group == "model":
        assert option in {"timm", node["backbone"].removeprefix("tf_")}
        assert timm.is_model(node["backbone"])
    elif group in {"scorer", "logger", "callbacks"}:
        assert group == "callbacks" or list(node) == [option]
        for name, part in nonempty(node.items()):
            # A class with a choice to make is named together with what is chosen.
            chosen = part["_target_"] + part.get("reduce", "")
            assert named_alike(name, chosen), (name, chosen)
    elif group == "trainer":  # after what it runs on
        assert node["_target_"] == "lightning.Trainer"
    elif option in NAMED_AFTER_WHAT_THEY_DO:
        assert node["_target_"].endswith("." + NAMED_AFTER_WHAT_THEY_DO[option])
    elif (
        "_target_" in node
        and option != "default"
        and node["_target_"].startswith("anomaly_fas.")
        and node["_target_"].rpartition(".")[2] not in GENERIC
    ):
        assert named_alike(option, node["_target_"]), node["_target_"]


@pytest.mark.parametrize("command", ["evaluate", "protocols", "simulate"])
@pytest.mark.parametrize("option", sorted(path.stem for path in CONF.glob("data/*.yaml")))
def test_every_source_serves_every_command_that_takes_one(command: str, option: str) -> None:
    made = composed(command, f"data={option}")
    assert {source.cache_dir for source in sources(made.data)} == {"outputs/cache"}
    check_targets(whole(made))


@pytest.mark.parametrize("option", sorted(path.stem for path in CONF.glob("protocol/*.yaml")))
def test_a_protocol_is_called_after_its_file_and_what_it_holds_out(option: str) -> None:
    made = composed("train", f"protocol={option}")
    given = [made.protocol[key] for key in made.protocol if key not in DIRECTIVES]
    held_out = [str(value) for value in given if value is not None]
    name = CALLED_IN_WORDS.get(option, "_".join([option, *held_out]).replace("-", "_"))
    assert instantiate(made.protocol).name == name
    assert instantiate(composed("evaluate", f"protocol={option}").protocol).name == name


@pytest.mark.parametrize("study", STUDIES)
def test_axes_of_a_study_set_different_keys(study: str) -> None:
    made = composed("train", f"study={study}", hydra=True)
    keys = [
        {part.partition("=")[0] for entry in entries for part in entry.split()}
        for entries in made.hydra.sweeper.axes.values()
    ]
    assert sum(map(len, keys)) == len(set().union(*keys))


@pytest.mark.parametrize("study", STUDIES)
def test_every_entry_of_a_study_composes_and_has_a_folder_of_its_own(study: str) -> None:
    made = composed("train", f"study={study}", hydra=True)
    assert made.hydra.mode.name == "MULTIRUN"
    check_targets({"sweeper": OmegaConf.to_container(made.hydra.sweeper)})
    axes = list(made.hydra.sweeper.axes.values())
    first = [entries[0] for entries in axes]
    jobs = {  # each entry of each axis once: axes set different keys, so all others follow
        (*first[:number], entry, *first[number + 1 :])
        for number, entries in enumerate(axes)
        for entry in entries
    }
    folders = set()
    for job in nonempty(jobs):
        overrides = " ".join(job).split()
        config = composed("train", f"study={study}", *overrides)
        for override in nonempty(overrides):
            given = OverridesParser.create().parse_override(override)
            if not (CONF / given.key_or_group).is_dir():
                assert OmegaConf.select(config, given.key_or_group) == given.value()
        check_targets(whole(config))
        assert config.study_name == study
        folders.add(run_folder(plain(config), instantiate(config.protocol).name)[0].path)
    assert len(folders) == len(jobs) > 1
