"""Several sources as one: whose sample, whose frame, and what the figures are of."""

import pickle

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.joined import Joined
from anomaly_fas.data.simulated_attacks import SimulatedAttacks
from anomaly_fas.data.source import Source, run_kind
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.one_dataset import CrossDataset, Lodo
from anomaly_fas.protocols.selection import Selection, select
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import ANNOTATION_COLUMNS, DataKind, Split


class Flat:
    """Images of one colour: the source's number, the sample's and the frame's."""

    def __init__(self, number: int, kind: DataKind, dataset: str, size: int = 16) -> None:
        self.kind, self.image_size, self.number = kind, size, number
        self.prepared = False
        named = dict.fromkeys(ANNOTATION_COLUMNS, "") | {"dataset": dataset}
        rows = [
            named | {"sample_id": f"{split}{label}", "split": split, "subject": split, **facts}
            for split in Split
            for label, facts in enumerate(
                ({"label": "bona_fide"}, {"label": "attack", "pai": "print"})
            )
        ]
        self.annotations = pd.DataFrame(rows)
        self.frame_counts = np.arange(1, 7) + number

    def prepare(self) -> None:
        self.prepared = True

    def frame_counts_before(self, number: int) -> np.ndarray:
        counts: np.ndarray = np.minimum(self.frame_counts, number)
        return counts

    def frame(self, row: int, number: int) -> np.ndarray:
        pixel = np.array([self.number, row, number], dtype=np.uint8)
        return np.tile(pixel, (self.image_size, self.image_size, 1))


def simulated(dataset: str = "sim", size: int = 16) -> Flat:
    return Flat(7, DataKind.SIMULATED, dataset, size)


def real(dataset: str = "mine", size: int = 16) -> Flat:
    return Flat(9, DataKind.REAL, dataset, size)


def joined() -> Joined:
    return Joined({"first": simulated(), "second": real()})


def test_frames_are_those_of_the_rows_source() -> None:
    source = pickle.loads(pickle.dumps(joined()))
    assert source.frame_counts.tolist() == [8, 9, 10, 11, 12, 13, 10, 11, 12, 13, 14, 15]
    assert source.frame_counts_before(9).tolist() == [8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
    for row, number in ((0, 0), (5, 3), (6, 0), (6, 9), (11, 14)):
        expected = (7, row, number) if row < 6 else (9, row - 6, number)
        assert tuple(source.frame(row, number)[3, 4]) == expected


def test_all_are_prepared() -> None:
    parts = {"first": simulated(), "second": real()}
    Joined(parts).prepare()
    assert [part.prepared for part in parts.values()] == [True, True]


def test_names_that_two_sources_use_are_told_apart() -> None:
    first, second = simulated("same"), real("same")
    second.annotations.loc[0, "sample_id"] = "own"
    second.annotations["glasses"] = "yes"
    rows = Joined({"first": first, "second": second}).annotations
    assert rows["sample_id"].is_unique
    assert rows["sample_id"][[0, 1, 6, 7]].tolist() == [
        "train0", "first-train1", "own", "second-train1"
    ]  # fmt: skip
    assert rows["dataset"].tolist() == ["first-same"] * 6 + ["second-same"] * 6
    assert rows["glasses"].tolist() == [""] * 6 + ["yes"] * 6
    assert rows["subject"].tolist() == first.annotations["subject"].tolist() * 2
    assert joined().annotations["dataset"].tolist() == ["sim"] * 6 + ["mine"] * 6
    # Those of the sources are left as they were.
    assert "data_kind" not in first.annotations
    assert first.annotations["sample_id"][1] == "train1"


def test_ids_that_cannot_be_told_apart_are_named() -> None:
    first, second = simulated(), real()
    second.annotations.loc[0, "sample_id"] = "first-train1"
    with pytest.raises(DataError, match=r"1 sample ids stand for two samples, .* 'first-train1'"):
        _ = Joined({"first": first, "second": second}).annotations


def test_sizes_must_be_one() -> None:
    with pytest.raises(ConfigError, match="there are first 16 px, second 20 px"):
        Joined({"first": simulated(), "second": real(size=20)})
    with pytest.raises(ConfigError, match="there are none at all"):
        Joined({})


def datamodule(source: Joined | SimulatedAttacks, selection: Selection) -> PadDataModule:
    return PadDataModule(
        source, selection, lambda **_: None, lambda image: image,  # type: ignore[arg-type,return-value]
        eval_batch_size=4, workers=0, seed=0,
    )  # fmt: skip


def test_trained_on_one_and_tested_on_the_other() -> None:
    source = joined()
    there = select(CrossDataset("mine"), source.annotations)
    assert {split: chosen.tolist() for split, chosen in there.items()} == {
        Split.TRAIN: [0, 1], Split.DEVEL: [2, 3], Split.TEST: [10, 11]
    }  # fmt: skip
    made = datamodule(source, there)
    assert made.facts == {"data_kind": "simulated_to_real"}
    # One batch a split here: the frames of every sample, all of them the real source's in test.
    devel, test = made.test_dataloader()
    assert {int(pixel) for batch in devel for pixel in batch.image[:, 0, 0, 0]} == {7}
    assert {int(pixel) for batch in test for pixel in batch.image[:, 0, 0, 0]} == {9}
    back = select(Lodo("mine"), source.annotations)
    assert {split: chosen.tolist() for split, chosen in back.items()} == {
        Split.TRAIN: [6, 7], Split.DEVEL: [8, 9], Split.TEST: [4, 5]
    }  # fmt: skip
    assert datamodule(source, back).facts == {"data_kind": "real_to_simulated"}


@pytest.mark.parametrize(
    ("train", "test", "kind"),
    [
        ([0], [4], "simulated"),
        ([6], [10], "real"),
        ([0, 6], [4, 10], "mixed"),
        ([0, 6], [10], "mixed_to_real"),
        ([6], [4, 10], "real_to_mixed"),
        ([], [10], "real"),
        ([0], [], "simulated"),
    ],
)
def test_the_kind_of_the_figures(train: list[int], test: list[int], kind: str) -> None:
    source = joined()
    chosen = {
        Split.TRAIN: np.array(train, int),
        Split.DEVEL: np.array([2]),
        Split.TEST: np.array(test, int),
    }
    assert run_kind(source.annotations, chosen, source.kind) == kind
    assert source.kind is DataKind.MIXED
    assert Joined({"first": real(), "second": real("other")}).kind is DataKind.REAL


def with_attacks(source: Source) -> SimulatedAttacks:
    return SimulatedAttacks(
        source, species=["print_high"], share=0.5, camera_share=0.0, recapture=0.0,
        framing=Framing(zoom=1.25, x=0.0, y=-0.05), seed=0, alone=False,
    )  # fmt: skip


def test_attacks_simulated_in_a_part_are_refused() -> None:
    part = with_attacks(simulated())
    with pytest.raises(ConfigError, match=r"^data\.sources\.first: .*data@data\.source=joined$"):
        Joined({"first": part, "second": real()})


def test_attacks_are_fabricated_from_the_bona_fide_samples_of_all() -> None:
    source = with_attacks(joined())
    made = source.annotations[12:]
    assert made["fabricated"].tolist() == [
        "first-train0", "first-devel0", "first-test0",
        "second-train0", "second-devel0", "second-test0",
    ]  # fmt: skip
    assert made["data_kind"].tolist() == ["simulated"] * 3 + ["real"] * 3
    assert source.frame(6, 1)[0, 0].tolist() == [9, 0, 1]
    assert source.frame(15, 0).shape == (16, 16, 3)
    own = select(CrossDataset("mine"), source.annotations)
    kept = {split: chosen[chosen < 12] for split, chosen in own.items()}
    assert datamodule(source, own).facts["data_kind"] == "simulated"
    assert datamodule(source, own | {Split.TEST: kept[Split.TEST]}).facts == {
        "data_kind": "simulated_to_real",
        "fabricated": {"train": 1, "devel": 1, "test": 0},
    }
