"""Settings that differ make another store."""

from dataclasses import replace
from pathlib import Path

import pytest

from anomaly_fas.data.store.settings import StoreSettings, differences, stores
from anomaly_fas.errors import DataError

SETTINGS = StoreSettings(
    10, 224, {"name": "d", "threshold": 0.5}, {"name": "square", "margin": 0.3}
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SETTINGS, frames=9),
        replace(SETTINGS, size=112),
        replace(SETTINGS, detector={"name": "d", "threshold": 0.6}),
        replace(SETTINGS, crop={"name": "square", "margin": 0.31}),
    ],
)
def test_every_setting_counts(changed: StoreSettings, tmp_path: Path) -> None:
    ours, theirs = SETTINGS.folder(tmp_path, "x"), changed.folder(tmp_path, "x")
    assert ours != theirs
    changed.claim(theirs)
    theirs.rename(ours)
    with pytest.raises(DataError, match=r"other settings.* there, .* here"):
        SETTINGS.claim(ours)


def test_the_same_settings_find_their_store_again(tmp_path: Path) -> None:
    folder = SETTINGS.folder(tmp_path, "gradgpad")
    assert folder.name.startswith("crops-gradgpad-224px-")
    SETTINGS.claim(folder)
    before = (folder / "settings.json").read_bytes()
    SETTINGS.claim(folder)
    assert (folder / "settings.json").read_bytes() == before
    assert stores(tmp_path) == {folder: SETTINGS.plain}


def test_differences_name_the_key_and_both_values() -> None:
    other = replace(SETTINGS, crop={"name": "square", "margin": 0.5}).plain
    assert differences(other, SETTINGS.plain) == "crop.margin: 0.5 there, 0.3 here"
