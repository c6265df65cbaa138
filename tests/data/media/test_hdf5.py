"""Colour streams of HDF5 files."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from anomaly_fas.data.media import hdf5
from anomaly_fas.data.media.clip import spread
from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.errors import DataError
from tests.data.media.encoding import numbered, write_3dmad, write_csmad

FRAMES = numbered(20)


def stack(*, channels_first: bool = False) -> np.ndarray:
    frames = np.stack(FRAMES)
    return frames.transpose(0, 3, 1, 2) if channels_first else frames


@pytest.mark.parametrize("write", [write_3dmad, write_csmad])
def test_the_colour_stream_is_read_exactly(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    write(tmp_path / "a.hdf5", FRAMES)
    clip = read_clip(tmp_path / "a.hdf5", 4)
    assert [frame.number for frame in clip.frames] == spread(20, 4)
    for frame in clip.frames:
        np.testing.assert_array_equal(frame.image, FRAMES[frame.number])
    assert clip.fault == ""


def test_channels_may_come_last_and_the_name_is_free_where_there_is_one_stream(
    tmp_path: Path,
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["some/where"] = stack()
        file["depth"] = np.zeros((20, 1, 64, 96), np.uint16)
    np.testing.assert_array_equal(read_clip(tmp_path / "a.h5", 1).frames[0].image, FRAMES[10])


def test_only_the_frames_wanted_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_3dmad(tmp_path / "a.hdf5", FRAMES)
    asked = []
    real = h5py.Dataset.__getitem__
    monkeypatch.setattr(
        h5py.Dataset, "__getitem__", lambda self, key: (asked.append(key), real(self, key))[1]
    )
    read_clip(tmp_path / "a.hdf5", 3)
    assert asked == spread(20, 3)


@pytest.mark.parametrize("channels_first", [True, False])
def test_a_group_may_hold_a_data_set_a_frame(tmp_path: Path, channels_first: bool) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number, frame in enumerate(FRAMES, start=1):
            colour = frame.transpose(2, 0, 1) if channels_first else frame
            file[f"stream_0/recording_1/Frame_{number}"] = colour
            file[f"stream_1/recording_1/Frame_{number}"] = colour[..., 0].astype(np.uint16)
    clip = read_clip(tmp_path / "a.h5", 4)
    assert [frame.number for frame in clip.frames] == spread(20, 4)
    for frame in clip.frames:  # the tenth comes after the ninth, not after the first
        np.testing.assert_array_equal(frame.image, FRAMES[frame.number])


def test_of_several_streams_the_one_named_after_colour_is_taken(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["sr300/RGB"] = stack()
        file["sr300/normals"] = stack()[::-1]
    np.testing.assert_array_equal(read_clip(tmp_path / "a.h5", 1).frames[0].image, FRAMES[10])


def test_streams_that_cannot_be_told_apart_are_all_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["left"], file["right"] = stack(), stack()
    with pytest.raises(DataError, match=r"several colour streams.*left uint8.*right uint8"):
        read_clip(tmp_path / "a.h5", 3)


def test_a_file_without_colour_says_what_it_holds(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["depth"] = np.zeros((3, 1, 8, 8), np.uint16)
    with pytest.raises(DataError, match=r"no colour stream; it holds depth uint16\[3, 1, 8, 8\]"):
        read_clip(tmp_path / "a.h5", 3)


@pytest.mark.parametrize("kind", ["external", "soft", "virtual", "storage"])
def test_bytes_of_other_files_are_never_read(tmp_path: Path, kind: str) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["Color_Data"] = stack(channels_first=True)
    path = tmp_path / "a.h5"
    shape = (20, 3, 64, 96)
    with h5py.File(path, "w") as file:
        if kind == "external":
            file["Color_Data"] = h5py.ExternalLink("secret.h5", "Color_Data")
        elif kind == "soft":
            file["Color_Data"] = h5py.SoftLink("/nowhere")
        elif kind == "virtual":
            layout = h5py.VirtualLayout(shape, dtype=np.uint8)
            layout[:] = h5py.VirtualSource(tmp_path / "secret.h5", "Color_Data", shape=shape)
            file.create_virtual_dataset("Color_Data", layout)
        else:
            raw = tmp_path / "raw.bin"
            raw.write_bytes(stack(channels_first=True).tobytes())
            file.create_dataset(
                "Color_Data", shape, np.uint8, external=[(str(raw), 0, h5py.h5f.UNLIMITED)]
            )
    with pytest.raises(DataError, match=r"no colour stream|lie in another file"):
        read_clip(path, 3)


def test_huge_frames_are_refused_before_they_are_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.create_dataset(
            "Color_Data",
            (5, 3, 20_000, 20_000),
            np.uint8,
            chunks=(1, 1, 500, 500),
            compression="gzip",
        )
    with pytest.raises(DataError, match="frames of 20000 x 20000 pixels"):
        read_clip(tmp_path / "bomb.h5", 1)


def test_circles_of_groups_come_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "_MAX_OBJECTS", 200)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("a")["again"] = file["/"]
    with pytest.raises(DataError, match="no colour stream"):
        read_clip(tmp_path / "a.h5", 1)


def test_a_truncated_file_is_an_error(tmp_path: Path) -> None:
    write_3dmad(tmp_path / "a.hdf5", FRAMES)
    content = (tmp_path / "a.hdf5").read_bytes()
    for share in (0.01, 0.3, 0.7, 0.99):
        (tmp_path / "a.hdf5").write_bytes(content[: int(len(content) * share)])
        with pytest.raises(DataError, match=r"a\.hdf5"):
            read_clip(tmp_path / "a.hdf5", 2)


def test_huge_chunks_are_not_unpacked(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file.create_dataset(
            "Color_Data",
            (2000, 3, 640, 640),
            np.uint8,
            chunks=(1000, 3, 640, 640),
            compression="gzip",
        )
    with pytest.raises(DataError, match="chunks of more than 1 GiB"):
        read_clip(tmp_path / "bomb.h5", 1)


def test_of_many_data_sets_only_some_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in range(25):
            file[f"stream_0/recording_1/frame_{number:08d}"] = np.zeros((3, 32, 32), np.uint16)
    with pytest.raises(DataError, match=r"frame_00000009 uint16.* and 15 more$"):
        read_clip(tmp_path / "a.h5", 1)
