"""The bytes of a capture."""

import hashlib
from pathlib import Path

from PIL import Image

from anomaly_fas.data.preparation.capture import Capture


def test_the_bytes_of_a_folder_are_those_of_its_own_files(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name in ("b", "a"):
        Image.new("RGB", (20, 20)).save(folder / f"{name}.png")
    (tmp_path / "secret").write_bytes(b"x" * 1000)
    (folder / "link.png").symlink_to(tmp_path / "secret")
    joined = (folder / "a.png").read_bytes() + (folder / "b.png").read_bytes()
    capture = Capture("s", "d", folder, "f")
    assert capture.fingerprint() == (hashlib.sha256(joined).hexdigest(), len(joined))
    assert capture.stored_bytes == len(joined)
    assert Capture("s", "d", tmp_path / "absent", "absent").stored_bytes == -1
