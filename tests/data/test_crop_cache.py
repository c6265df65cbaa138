"""The crop cache: the same from any number of workers, resumed, and honest about failures."""

from pathlib import Path

import numpy as np
import pytest

from anomaly_fas.data.crop_cache import open_or_fill
from anomaly_fas.errors import DataError, RunError

COUNTS = np.array([1, 3, 2] * 20)
SIZE = 8


class Maker:
    """Frames that tell their row; remembers on disk which rows it made."""

    def __init__(self, log: Path, *, fail: tuple[int, ...] = (), stop_at: int | None = None):
        self.log, self.fail, self.stop_at = log, fail, stop_at

    def __call__(self, row: int) -> np.ndarray:
        if row == self.stop_at:
            raise KeyboardInterrupt
        if row in self.fail:
            raise DataError(f"row {row}: cannot be made")
        with self.log.open("a") as file:
            file.write(f"{row}\n")
        rng = np.random.default_rng(row)
        return rng.integers(0, 256, (COUNTS[row], SIZE, SIZE, 3), dtype=np.uint8)


def expected() -> np.ndarray:
    return np.concatenate(
        [
            np.random.default_rng(row).integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)
            for row, count in enumerate(COUNTS)
        ]
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same(tmp_path: Path, workers: int) -> None:
    maker = Maker(tmp_path / "log")
    crops = open_or_fill(tmp_path / "new" / "cache", maker, COUNTS, SIZE, workers, "filling")
    np.testing.assert_array_equal(crops, expected())
    crops[:] = 0  # a private map: the file stays as it is
    again = open_or_fill(tmp_path / "new" / "cache", maker, COUNTS, SIZE, workers, "filling")
    np.testing.assert_array_equal(again, expected())
    again = open_or_fill(tmp_path / "new" / "cache", maker, COUNTS, SIZE, workers, "filling")
    np.testing.assert_array_equal(again, expected())
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == list(range(len(COUNTS)))


def test_an_interrupted_filling_goes_on(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with pytest.raises(KeyboardInterrupt):
        open_or_fill(tmp_path / "c", Maker(first, stop_at=40), COUNTS, SIZE, 1, "filling")
    assert not (tmp_path / "c").exists()
    crops = open_or_fill(tmp_path / "c", Maker(second), COUNTS, SIZE, 1, "filling")
    np.testing.assert_array_equal(crops, expected())
    made_before = set(first.read_text().split())
    assert len(made_before) == 40
    # Whole chunks are kept: at most the chunk that was being made is made again.
    assert len(made_before & set(second.read_text().split())) < 16


def test_all_failures_are_named_and_nothing_else_is_lost(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        open_or_fill(tmp_path / "c", Maker(tmp_path / "log", fail=(3, 50)), COUNTS, SIZE, 2, "x")
    assert str(error.value) == (
        "2 sample(s) cannot be read:\n  row 3: cannot be made\n  row 50: cannot be made"
    )
    later = tmp_path / "later"
    crops = open_or_fill(tmp_path / "c", Maker(later), COUNTS, SIZE, 1, "x")
    np.testing.assert_array_equal(crops, expected())
    assert sorted(map(int, later.read_text().split())) == [3, 50]


def test_rubbish_left_behind_is_made_anew(tmp_path: Path) -> None:
    partial = tmp_path / "c.partial"
    partial.mkdir()
    (partial / "crops.npy").write_bytes(b"rubbish")
    crops = open_or_fill(tmp_path / "c", Maker(tmp_path / "log"), COUNTS, SIZE, 1, "x")
    np.testing.assert_array_equal(crops, expected())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"cannot write the cache .*cache_dir=…"):
        open_or_fill(tmp_path / "file" / "c", Maker(tmp_path / "log"), COUNTS, SIZE, 1, "x")
