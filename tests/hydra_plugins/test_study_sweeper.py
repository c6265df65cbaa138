"""The sweeper of studies: which jobs it makes of its axes and the command line."""

from itertools import product

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.utils import get_class

from anomaly_fas.commands.app import config_dir

TARGET = "hydra_plugins.anomaly_fas.study_sweeper.StudySweeper"
AXES = {
    "protocol": ["protocol=grandtest", "protocol=lodo protocol.dataset=b"],
    "loss": ["loss=triplet_focal", "loss=objective loss.weight=0.1", "loss=metric_softmax"],
}


def batches(
    axes: dict[str, list[str]], *given: str, max_batch_size: int | None = None
) -> list[list[list[str]]]:
    Plugins.instance()  # Hydra executes the modules of plugins anew when it first looks for them
    overrides = OverridesParser.create().parse_overrides(list(given))
    made: list[list[list[str]]] = get_class(TARGET)(axes).split_arguments(overrides, max_batch_size)
    return made


def jobs(axes: dict[str, list[str]], *given: str) -> list[str]:
    (batch,) = batches(axes, *given)
    return [" ".join(job) for job in batch]


def test_every_combination_of_one_entry_of_each_axis_is_a_job() -> None:
    assert jobs(AXES) == [f"{a} {b}" for a, b in product(AXES["protocol"], AXES["loss"])]


def test_without_axes_the_command_line_is_the_only_job() -> None:
    assert jobs({}, "seed=1", "+x=2") == ["seed=1 +x=2"]
    assert jobs({}) == [""]


def test_an_entry_sets_its_keys_together() -> None:
    (batch,) = batches({"protocol": AXES["protocol"]})
    assert batch == [["protocol=grandtest"], ["protocol=lodo", "protocol.dataset=b"]]


@pytest.mark.parametrize("given", ["protocol=unseen_attack", "protocol.dataset=c"])
def test_a_key_of_the_command_line_takes_the_place_of_the_axis_that_sets_it(given: str) -> None:
    assert jobs(AXES, given) == [f"{given} {entry}" for entry in AXES["loss"]]


def test_any_key_of_an_axis_gives_way_even_if_one_entry_alone_sets_it() -> None:
    assert jobs(AXES, "loss.weight=1") == [f"{entry} loss.weight=1" for entry in AXES["protocol"]]
    assert jobs(AXES, "loss.weight=1", "protocol=grandtest") == ["protocol=grandtest loss.weight=1"]


@pytest.mark.parametrize("given", ["model=b", "model.c=1"])
def test_a_choice_of_the_command_line_means_the_entries_that_say_so_whole(given: str) -> None:
    axes = {"model": ["model=a", "model=b size=80 model.c=1", "model=b model.c=1 size=96"]}
    assert jobs(axes, given) == axes["model"][1:]
    assert jobs(axes, given, "size=64") == [f"{entry} size=64" for entry in axes["model"][1:]]


def test_an_entry_that_says_no_more_than_the_command_line_is_the_one_meant() -> None:
    axes = {"loss": ["loss=a loss.anchors=x", "loss=a", "loss=b loss.anchors=x"]}
    assert jobs(axes, "loss=a") == ["loss=a"]
    assert jobs(axes, "loss.anchors=x", "loss=a") == ["loss=a loss.anchors=x"]
    assert jobs(axes, "loss=a", "loss.anchors=y") == ["loss=a loss.anchors=y"]


@pytest.mark.parametrize("name", ["01", '"01"', "'01'"])
def test_an_entry_is_meant_whatever_its_quotes(name: str) -> None:
    entries = [
        f'protocol=folds protocol.train_session="{session}" protocol.fold={fold}'
        for session in ("01", "02")
        for fold in (0, 1)
    ]
    found = jobs({"protocol": entries}, "protocol=folds", f"protocol.train_session={name}")
    assert found == entries[:2]


def test_each_choice_of_a_sweep_means_its_own_entries() -> None:
    axes = {"model": ["model=a", "model=b size=80", "model=c"]}
    assert jobs(axes, "model=b,d,a") == ["model=b size=80", "model=d", "model=a"]


def test_what_an_entry_sets_beside_its_choice_is_set_for_all() -> None:
    axes = {"model": ["model=a", "model=b image_size=80 optimizer.lr=0.002"]}
    assert jobs(axes, "image_size=64") == [f"{entry} image_size=64" for entry in axes["model"]]


def test_other_keys_of_the_command_line_reach_every_job() -> None:
    found = jobs(AXES, "epochs=3", "loss_scale=2")
    assert found == [f"{job} epochs=3 loss_scale=2" for job in jobs(AXES)]


def test_sweeps_of_the_command_line_multiply() -> None:
    seeds, rates = ["seed=0", "seed=1", "seed=2"], ["optimizer.lr=0.1", "optimizer.lr=0.2"]
    found = jobs(AXES, "seed=0,1,2", "optimizer.lr=0.1,0.2")
    assert found == [" ".join(parts) for parts in product(jobs(AXES), seeds, rates)]


def test_a_sweep_takes_the_place_of_an_axis() -> None:
    found = jobs(AXES, "protocol=grandtest,grandtest_type_i")
    names = ["protocol=grandtest", "protocol=grandtest_type_i"]
    assert found == [f"{name} {entry}" for name, entry in product(names, AXES["loss"])]


def test_jobs_are_batched_in_order() -> None:
    found = batches(AXES, "seed=0,1", max_batch_size=5)
    assert [len(batch) for batch in found] == [5, 5, 2]
    assert [" ".join(job) for batch in found for job in batch] == jobs(AXES, "seed=0,1")


def test_hydra_finds_it_under_the_name_that_the_config_gives() -> None:
    with initialize_config_dir(str(config_dir()), version_base="1.3"):
        made = compose("train", ["hydra/sweeper=study"], return_hydra_config=True)
    assert made.hydra.sweeper._target_ == TARGET
    assert get_class(TARGET) in Plugins.instance().discover(Sweeper)
