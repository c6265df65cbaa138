"""A shard holds what was appended, whatever moment its writer was killed at."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.data.store.shard import Shard, ShardWriter

SIZE = 4
CROP_BYTES = SIZE * SIZE * 3


def sample(number: int, crops: int) -> tuple[SampleRecord, np.ndarray]:
    """A sample whose crops are filled with its number and theirs."""
    images = np.stack(
        [np.full((SIZE, SIZE, 3), 10 * number + crop, dtype=np.uint8) for crop in range(crops)]
        or [np.empty((0, SIZE, SIZE, 3), dtype=np.uint8)]
    ).reshape(-1, SIZE, SIZE, 3)
    records = tuple(
        CropRecord(crop, crop / 25, (1.5, 2.0, 30.25, 40.0), ((1.0, 2.0),) * 5, 0.75)
        for crop in range(crops)
    )
    outcome = Outcome.OK if crops else Outcome.NO_FACE
    record = SampleRecord(f"ä/{number} b.mov", outcome, "", "x.mov", "ab", 7, "", 90, records)
    return record, images


SAMPLES = [sample(number, crops) for number, crops in enumerate([2, 0, 3, 1])]


def written(folder: Path, samples: int = len(SAMPLES), *, seal: bool = True) -> Shard:
    shard = Shard(folder, "shard-000000", SIZE, "d", ())
    with ShardWriter(shard) as writer:
        for record, images in SAMPLES[writer.done : samples]:
            writer.append(record, images)
        if seal:
            writer.seal()
    return shard


def files(shard: Shard) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(shard.folder.iterdir())}


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    shard = written(tmp_path)
    assert shard.records() == [record for record, _ in SAMPLES]
    np.testing.assert_array_equal(shard.open(), np.concatenate([images for _, images in SAMPLES]))
    assert shard.crops_path.stat().st_size == 6 * CROP_BYTES
    assert shard.read_seal() == shard.compute_seal()
    assert (shard.read_seal().samples, shard.read_seal().crops) == (4, 6)


def test_a_record_survives_its_line_whatever_is_in_it() -> None:
    record, _ = sample(3, 2)
    unknown = CropRecord(0, math.nan, (0.0, 0.0, 1.0, 1.0), None, 1.0)
    line = SampleRecord(
        "a\nb", Outcome.OK, 'quote " and \u2028', "c", "", -1, "given", 0, (*record.crops, unknown)
    )
    again = SampleRecord.from_line(line.to_line())
    assert again.crops[:2] == record.crops
    assert math.isnan(again.crops[2].time)
    assert again.to_line() == line.to_line()
    assert line.to_line().count("\n") == 1


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"crops": 3}', '"text"'])
def test_what_is_no_record_is_said_to_be_none(line: str) -> None:
    with pytest.raises(ValueError, match=r"no record|Expecting"):
        SampleRecord.from_line(line)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_writer_killed_at_any_byte_is_taken_up_again(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shard")
    whole = files(written(folder / "whole"))
    half = written(folder / "half", data.draw(st.integers(0, 4), "samples"), seal=False)
    # Crops reach the disk before their line, so a cut in the line may leave crops behind it.
    index, crops = half.index_path.read_bytes(), half.crops_path.read_bytes()
    half.index_path.write_bytes(index[: data.draw(st.integers(0, len(index)), "line")])
    half.crops_path.write_bytes(crops + data.draw(st.binary(max_size=3 * CROP_BYTES), "torn"))
    assert files(written(folder / "half")) == whole


def test_lines_without_their_crops_are_not_believed(tmp_path: Path) -> None:
    whole = files(written(tmp_path / "whole"))
    half = written(tmp_path / "half", seal=False)
    half.crops_path.write_bytes(half.crops_path.read_bytes()[: 3 * CROP_BYTES])
    assert files(written(tmp_path / "half")) == whole


def test_a_shard_without_crops_is_empty(tmp_path: Path) -> None:
    shard = Shard(tmp_path, "shard-000000", SIZE, "d", ())
    with ShardWriter(shard) as writer:
        writer.append(*sample(1, 0))
        writer.seal()
    assert shard.open().shape == (0, SIZE, SIZE, 3)


def test_crops_of_another_shape_are_refused(tmp_path: Path) -> None:
    record, images = sample(0, 2)
    with ShardWriter(Shard(tmp_path, "shard-000000", SIZE, "d", ())) as writer:
        with pytest.raises(ValueError, match="shape"):
            writer.append(record, images[:1])
        with pytest.raises(ValueError, match="float32"):
            writer.append(record, images.astype(np.float32))
        assert writer.done == 0


def test_torch_views_the_file_and_what_it_writes_stays_in_memory(tmp_path: Path) -> None:
    shard = written(tmp_path)
    before = shard.crops_path.read_bytes()
    crops = shard.open()
    view = torch.from_numpy(crops[1])
    assert view.data_ptr() == crops.ctypes.data + CROP_BYTES
    view.zero_()
    assert shard.crops_path.read_bytes() == before


def test_the_seal_tells_a_single_changed_bit(tmp_path: Path) -> None:
    shard = written(tmp_path)
    content = bytearray(shard.crops_path.read_bytes())
    content[77] ^= 1
    shard.crops_path.write_bytes(content)
    assert shard.compute_seal() != shard.read_seal()
    shard.seal_path.write_text(json.dumps({"other": 1}))
    with pytest.raises(ValueError, match="other"):
        shard.read_seal()
