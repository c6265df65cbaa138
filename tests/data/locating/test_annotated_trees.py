"""Trees written by the annotations' own paths are found one to one, at full scale."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.locating import locate as module
from anomaly_fas.data.locating.locate import locate
from anomaly_fas.data.locating.scan import Scan
from anomaly_fas.protocols.gradgpad import gradgpad_annotations

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path("/data/all of them")


@cache
def annotations() -> pd.DataFrame:
    return gradgpad_annotations()


def with_files(monkeypatch: pytest.MonkeyPatch, files: list[str]) -> None:
    monkeypatch.setattr(module, "scan", lambda root: Scan(root, sorted(files)))


def as_distributed(path: str) -> str:
    """The name of a sample's file where HDF5 is distributed; the others' as annotated."""
    if path.startswith("threedmad/"):
        return str(PurePosixPath(path).with_suffix(".hdf5"))
    return f"{path}.h5" if path.startswith("csmad/") else path


@pytest.mark.parametrize("above", ["", "downloads/"])
def test_all_samples_under_one_common_root_are_found_one_to_one(
    monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    rows = annotations()
    files = [above + as_distributed(path) for path in rows["path"]]
    with_files(monkeypatch, files)
    found = locate(rows, dict.fromkeys(rows["dataset"].unique(), ROOT))
    assert [place.path for place in found] == [ROOT / name for name in files]
    assert len({place.path for place in found}) == 29_567


def test_no_sample_is_taken_for_one_of_another_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = annotations()
    for dataset in rows["dataset"].unique():
        own = rows["dataset"] == dataset
        with_files(monkeypatch, [as_distributed(path) for path in rows["path"][~own]])
        assert not any(place.path for place in locate(rows[own], {dataset: ROOT})), dataset


def test_rows_of_any_order_and_index_keep_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = annotations().sample(3000, random_state=np.random.default_rng(0))
    with_files(monkeypatch, annotations()["path"].tolist())
    found = locate(rows, dict.fromkeys(rows["dataset"].unique(), ROOT))
    assert [place.path for place in found] == [ROOT / path for path in rows["path"]]


@given(
    at=st.integers(0, 29_566),
    above=st.lists(st.sampled_from(["Data", "é", "a b", "dataset"]), max_size=3),
    recase=st.sampled_from([str.upper, str.lower, str.swapcase, str]),
    suffix=st.sampled_from([".avi", ".MP4", ".mov", ".h5", ".hdf5", ".png", ""]),
)
def test_any_sample_is_found_in_any_case_with_any_suffix(
    at: int, above: list[str], recase: type[str], suffix: str
) -> None:
    rows = annotations().iloc[[at]]
    path = rows["path"].iloc[0]
    bare = path if path.startswith("csmad/") else path.rpartition(".")[0]
    name = "/".join([*above, recase(bare) + suffix])
    with pytest.MonkeyPatch.context() as patch:
        with_files(patch, [name])
        (found,) = locate(rows, {rows["dataset"].iloc[0]: ROOT})
    assert (found.path, found.reason) == (ROOT / name, "")


def test_a_whole_dataset_on_disk_is_found(tmp_path: Path) -> None:
    rows = annotations()
    rows = rows[rows["dataset"] == "replay-mobile"]
    for path in rows["path"]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = locate(rows, {"replay-mobile": tmp_path})
    assert [place.path for place in found] == [tmp_path / path for path in rows["path"]]
