"""Features on disk: computed once, by one, and again where they do not hold any more."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.embedded import Embedded
from anomaly_fas.data.feature_cache import cached_features
from anomaly_fas.data.joined import Joined
from anomaly_fas.data.manifest import Manifest
from anomaly_fas.data.simulated_attacks import SimulatedAttacks
from anomaly_fas.data.source import Source
from anomaly_fas.errors import RunError
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.simulation.plan import Extent
from anomaly_fas.types import DataKind


class Numbered:
    """Samples of no to three frames, each of one grey."""

    kind = DataKind.REAL
    image_size = 4
    fingerprint = "numbered"

    def __init__(self, samples: int = 150) -> None:
        self.annotations = pd.DataFrame({"sample_id": [f"s{n}" for n in range(samples)]})
        self.frame_counts = np.arange(samples) % 4

    def prepare(self) -> None:
        """Nothing to do."""

    def frame_counts_before(self, number: int) -> np.ndarray:
        counts: np.ndarray = np.minimum(self.frame_counts, number)
        return counts

    def frame(self, row: int, number: int) -> np.ndarray:
        return np.full((4, 4, 3), 4 * (row % 50) + number, dtype=np.uint8)


class Means:
    """The mean of an image and its square; it counts how often it is asked."""

    dim: ClassVar[int] = 2
    version = 1

    def __init__(self, name: str = "plain", seconds: float = 0.0, stop_at: int = -1) -> None:
        self.name, self.seconds, self.stop_at = name, seconds, stop_at
        self.asked = 0

    def __repr__(self) -> str:
        return f"Means({self.name!r})"

    def __call__(self, image: np.ndarray) -> np.ndarray:
        if self.asked == self.stop_at:
            raise KeyboardInterrupt
        self.asked += 1
        time.sleep(self.seconds)
        return np.array([image.mean(), image.mean() ** 2])


def expected(source: Numbered, rows: Sequence[int]) -> dict[int, np.ndarray]:
    greys = {
        row: [4.0 * (row % 50) + number for number in range(source.frame_counts[row])]
        for row in rows
    }
    return {row: np.array([[g, g**2] for g in own]).reshape(-1, 2) for row, own in greys.items()}


def check(found: dict[int, np.ndarray], wanted: dict[int, np.ndarray]) -> None:
    assert found.keys() == wanted.keys()
    for row, values in wanted.items():
        assert found[row].dtype == np.float32
        np.testing.assert_allclose(found[row], values)


def test_what_is_there_is_not_measured_again(tmp_path: Path) -> None:
    source = Numbered()
    rows = np.array([5, 3, 149, 3, 0, *range(20, 110)])
    first, again, more = Means(), Means(), Means()
    wanted = expected(source, sorted(set(rows.tolist())))
    check(cached_features(source, rows, first, tmp_path, 0), wanted)
    assert first.asked == sum(map(len, wanted.values()))
    check(cached_features(source, rows, again, tmp_path, 0), wanted)
    assert again.asked == 0
    wanted = expected(source, [2, 3, 7])
    check(cached_features(source, np.array([2, 3, 7]), more, tmp_path, 0), wanted)
    assert more.asked == len(wanted[2]) + len(wanted[7])


def test_other_measures_versions_images_and_samples_have_their_own_cache(tmp_path: Path) -> None:
    rows = np.arange(8)

    def asked(source: Numbered, features: Means) -> int:
        cached_features(source, rows, features, tmp_path, 0)
        return features.asked

    whole = asked(Numbered(), Means())
    assert asked(Numbered(), Means()) == 0
    assert asked(Numbered(), Means("other")) == whole
    newer = Means()
    newer.version = 2
    assert asked(Numbered(), newer) == whole
    changed = Numbered()
    changed.fingerprint = "changed"
    assert asked(changed, Means()) == whole
    assert asked(Numbered(151), Means()) == whole
    longer = Numbered()
    longer.frame_counts = longer.frame_counts + 1
    assert asked(longer, Means()) == whole + 8


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_a_damaged_part_is_measured_again_and_mended(tmp_path: Path, content: bytes) -> None:
    source, rows = Numbered(), np.arange(150)
    cached_features(source, rows, Means(), tmp_path, 0)
    parts = sorted(tmp_path.glob("*/*.npz"))
    assert len(parts) == 3
    parts[1].write_bytes(content)
    mending, after = Means(), Means()
    check(cached_features(source, rows, mending, tmp_path, 0), expected(source, range(150)))
    assert mending.asked == source.frame_counts[64:128].sum()
    cached_features(source, rows, after, tmp_path, 0)
    assert after.asked == 0


def test_nothing_in_a_part_is_unpickled(tmp_path: Path) -> None:
    source, rows = Numbered(), np.arange(10)
    cached_features(source, rows, Means(), tmp_path, 0)
    (part,) = tmp_path.glob("*/*.npz")
    pickled = np.empty(10, dtype=object)
    np.savez(part, rows=rows, features=pickled)
    mending = Means()
    check(cached_features(source, rows, mending, tmp_path, 0), expected(source, range(10)))
    assert mending.asked


def test_of_two_that_ask_at_once_one_measures_and_the_other_waits(tmp_path: Path) -> None:
    both = [Means(seconds=0.003) for _ in range(2)]
    found: list[dict[int, np.ndarray]] = []
    source = Numbered(100)

    def ask(features: Means) -> None:
        found.append(cached_features(source, np.arange(100), features, tmp_path, 0))

    threads = [threading.Thread(target=ask, args=(features,)) for features in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(features.asked for features in both) == [0, 150]
    check(found[0], expected(source, range(100)))
    check(found[1], expected(source, range(100)))


def test_what_an_interrupted_run_has_measured_is_kept(tmp_path: Path) -> None:
    source, rows = Numbered(), np.arange(150)
    broken, after = Means(stop_at=120), Means()
    with pytest.raises(KeyboardInterrupt):
        cached_features(source, rows, broken, tmp_path, 0)
    check(cached_features(source, rows, after, tmp_path, 0), expected(source, range(150)))
    assert after.asked == source.frame_counts[64:].sum()


def test_a_cache_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cache_dir"):
        cached_features(Numbered(), np.arange(3), Means(), tmp_path / "file", 0)


def embedded(cache_dir: Path) -> Embedded:
    extent = Extent(train=1, devel=1, test=1, bona_fide=2, attacks=1, frames=2)
    return Embedded(extent, 32, str(cache_dir), workers=1)


def with_attacks(source: Source, **changes: Any) -> SimulatedAttacks:
    settings: dict[str, Any] = {
        "species": ["print"], "share": 0.5, "camera_share": 0.5, "recapture": 0.0,
        "framing": Framing(1.25, 0.0, 0.0), "seed": 0, "alone": False,
    }  # fmt: skip
    return SimulatedAttacks(source, **(settings | changes))


@pytest.mark.slow
def test_processes_measure_what_one_does(cache_dir: Path, tmp_path: Path) -> None:
    from anomaly_fas.baselines.colour_texture import ColourTexture

    source = embedded(cache_dir)
    source.prepare()
    fabricated = with_attacks(Joined({"only": source}))
    rows = np.arange(len(fabricated.annotations))[-140:]
    alone, together = (
        cached_features(fabricated, rows, ColourTexture(), tmp_path / str(workers), workers)
        for workers in (1, 2)
    )
    assert alone.keys() == together.keys() == set(rows.tolist())
    for row, values in alone.items():
        np.testing.assert_array_equal(values, together[row])
    last = int(rows[-1])
    measured = ColourTexture()(fabricated.frame(last, 1))
    np.testing.assert_allclose(alone[last][1], measured, rtol=1e-6)


def test_a_manifests_fingerprint_changes_with_an_image(tmp_path: Path) -> None:
    import cv2

    for number in range(2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((9, 9, 3), number, dtype=np.uint8))
    (tmp_path / "m.csv").write_text("path,label\n0.png,bona_fide\n1.png,attack\n")

    def fingerprint(size: int = 8) -> str:
        return Manifest(
            str(tmp_path / "m.csv"), str(tmp_path), size, str(tmp_path), 1, split_by=None,
            default_split="test", split_shares=[0.5, 0.25, 0.25], split_seed=0,
            shared_subjects=False,
        ).fingerprint  # fmt: skip

    first = fingerprint()
    assert fingerprint() == first
    assert fingerprint(9) != first
    cv2.imwrite(str(tmp_path / "1.png"), np.full((12, 12, 3), 7, dtype=np.uint8))
    assert fingerprint() != first


def test_fingerprints_of_parts_and_settings_tell(cache_dir: Path) -> None:
    one = embedded(cache_dir)
    other = Embedded(Extent(train=1, devel=1, test=1, bona_fide=2, attacks=1, frames=2, seed=5),
                     32, str(cache_dir), workers=1)  # fmt: skip
    assert one.fingerprint == embedded(cache_dir).fingerprint != other.fingerprint
    assert Joined({"a": one}).fingerprint == Joined({"a": embedded(cache_dir)}).fingerprint
    assert len({Joined({"a": one}).fingerprint, Joined({"b": one}).fingerprint,
                Joined({"a": one, "b": other}).fingerprint}) == 3  # fmt: skip

    assert with_attacks(one).fingerprint == with_attacks(one).fingerprint
    changes: list[dict[str, Any]] = [
        {}, {"framing": Framing(1.3, 0.0, 0.0)}, {"camera_share": 0.6}, {"seed": 1}
    ]  # fmt: skip
    assert len({with_attacks(one, **change).fingerprint for change in changes}) == 4
