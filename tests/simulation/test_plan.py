"""The plan of the embedded data: who is in it, and that every protocol family can use it."""

from collections import defaultdict

import pytest

from anomaly_fas.protocols.cross_device import CrossDevice
from anomaly_fas.protocols.grandtest import Grandtest, GrandtestTypeI
from anomaly_fas.protocols.one_dataset import CrossDataset, Intradataset, Lodo
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import select, subject_keys
from anomaly_fas.protocols.unseen_attack import UnseenAttack
from anomaly_fas.simulation.plan import DATASETS, Extent, annotation_table, pas_type, plan
from anomaly_fas.types import ANNOTATION_COLUMNS, CLOSED_SETS, Device, FinePai, Lighting, Split
from tests.nonempty import nonempty

SAMPLES = plan(Extent())
ROWS = annotation_table(SAMPLES)
FAMILIES = (
    Grandtest, GrandtestTypeI, CrossDataset, Lodo, Intradataset, CrossDevice, UnseenAttack,
)  # fmt: skip
PROTOCOLS: list[PadProtocol] = [p for kind in FAMILIES for p in kind.family(ROWS)]


def test_there_are_enough_people_and_each_is_in_one_split() -> None:
    splits = defaultdict(set)
    for key, split in zip(subject_keys(ROWS), ROWS["split"], strict=True):
        splits[key].add(split)
    assert len(splits) >= 60
    assert all(len(found) == 1 for found in nonempty(splits.values()))


def test_victims_are_of_the_same_split_and_another_person() -> None:
    homes = {sample.presenter: (sample.dataset, sample.split) for sample in SAMPLES}
    for sample in SAMPLES:
        assert homes[sample.victim] == (sample.dataset, sample.split)
        assert sample.victim != sample.presenter


def test_every_species_device_and_lighting_is_there_and_in_two_datasets() -> None:
    datasets = ROWS[ROWS["pai_fine"] != ""].groupby("pai_fine")["dataset"].nunique()
    assert set(datasets.index) == set(FinePai)
    assert (datasets >= 2).all()
    assert set(ROWS["device"]) == set(Device)
    assert set(ROWS["lighting"]) == set(Lighting)
    assert ROWS["dataset"].nunique() == len(DATASETS) == 4


def test_datasets_differ_in_devices_and_instruments() -> None:
    setups = [(dataset.devices, dataset.places, dataset.species) for dataset in DATASETS]
    for number, (devices, _, species) in nonempty(enumerate(setups)):
        for other_devices, _, other_species in setups[number + 1 :]:
            assert set(devices) != set(other_devices)
            assert set(species) != set(other_species)


def test_annotations_keep_to_the_closed_sets() -> None:
    assert list(ROWS.columns) == list(ANNOTATION_COLUMNS)
    assert ROWS["sample_id"].is_unique
    for column, allowed in CLOSED_SETS.items():
        assert set(ROWS[column]) <= {*allowed, ""}


def test_no_class_is_tied_to_a_device_lighting_or_session() -> None:
    for _, rows in nonempty(ROWS.groupby("dataset")):
        for column in ("device", "lighting", "session"):
            shares = rows.groupby(column)["label"].apply(lambda labels: (labels == "attack").mean())
            assert shares.max() - shares.min() < 0.15, (column, shares)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_every_family_can_run(protocol: PadProtocol) -> None:
    selection = select(protocol, ROWS)
    assert all(len(selection[split]) for split in Split)
    official = select(protocol, ROWS, "official")
    assert all((selection[split] == official[split]).all() for split in Split)


def test_there_are_all_protocols() -> None:
    # grandtest, type I, four datasets in three families, three kinds of device, five species.
    assert len(PROTOCOLS) == 2 + 3 * 4 + 3 + 5


def test_pas_types_are_those_of_gradgpad() -> None:
    from anomaly_fas.protocols.gradgpad import gradgpad_annotations

    attacks = gradgpad_annotations().query("pai_fine != ''")
    expected = attacks.groupby("pai_fine")["pas_type"].unique()
    assert {species: [pas_type(FinePai(species))] for species in expected.index} == {
        species: list(types) for species, types in expected.items()
    }


def test_another_seed_gives_other_people() -> None:
    others = {sample.presenter for sample in plan(Extent(seed=1))}
    assert not others & {sample.presenter for sample in SAMPLES}
