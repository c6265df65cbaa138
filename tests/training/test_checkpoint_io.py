"""Checkpoint files are whole or not there at all, and hold plain values and tensors only."""

import errno
import os
import pickle
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from anomaly_fas.errors import RunError
from anomaly_fas.training.checkpoint_io import AtomicCheckpointIO

CHECKPOINT: dict[str, Any] = {
    "state_dict": {"weight": torch.arange(6.0).reshape(2, 3)},
    "global_step": 7,
    "anomaly_fas": {"config": {"lr": 0.1, "names": ["eer", None]}},
}


def save(path: Path, content: dict[str, Any]) -> None:
    AtomicCheckpointIO().save_checkpoint(content, path)


@pytest.mark.parametrize("kind", [Path, str])
def test_what_is_saved_is_loaded(tmp_path: Path, kind: Callable[[Path], Path | str]) -> None:
    path = kind(tmp_path / "new" / "last.ckpt")
    AtomicCheckpointIO().save_checkpoint(CHECKPOINT, path)
    loaded = AtomicCheckpointIO().load_checkpoint(path)
    assert torch.equal(loaded["state_dict"].pop("weight"), CHECKPOINT["state_dict"]["weight"])
    assert loaded == CHECKPOINT | {"state_dict": {}}
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["last.ckpt"]


def test_anyone_can_read_it_without_unpickling_objects(tmp_path: Path) -> None:
    save(tmp_path / "last.ckpt", CHECKPOINT)
    assert torch.load(tmp_path / "last.ckpt", weights_only=True)["global_step"] == 7


@pytest.mark.parametrize("weights_only", [None, False, True])
def test_objects_are_never_unpickled_whatever_is_asked(
    tmp_path: Path, weights_only: bool | None
) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"state_dict": Evil()}, tmp_path / "evil.ckpt")
    with pytest.raises(pickle.UnpicklingError):
        AtomicCheckpointIO().load_checkpoint(tmp_path / "evil.ckpt", weights_only=weights_only)
    assert not (tmp_path / "ran").exists()


def test_a_save_that_fails_half_way_leaves_the_former_file(tmp_path: Path) -> None:
    save(tmp_path / "last.ckpt", CHECKPOINT)
    former = (tmp_path / "last.ckpt").read_bytes()
    with pytest.raises((AttributeError, pickle.PicklingError)):
        save(tmp_path / "last.ckpt", {"weight": torch.zeros(1000), "no value": lambda: None})
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [former]


def test_a_full_disk_is_named_and_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "last.ckpt", CHECKPOINT)
    former = (tmp_path / "last.ckpt").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"cannot write .*last\.ckpt: No space left on device"):
        save(tmp_path / "last.ckpt", CHECKPOINT | {"global_step": 8})
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [former]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("mine")
    with pytest.raises(RunError, match=r"cannot write .*last\.ckpt"):
        save(tmp_path / "checkpoints" / "last.ckpt", CHECKPOINT)


@pytest.mark.parametrize("parts", [1, 20])
def test_a_disk_that_fills_up_half_way_is_named_for_what_it_is(tmp_path: Path, parts: int) -> None:
    save(tmp_path / "last.ckpt", CHECKPOINT)
    former = (tmp_path / "last.ckpt").read_bytes()
    large = CHECKPOINT | {"optimizer_states": [torch.zeros(20_000) for _ in range(parts)]}
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limit[1]))
    try:
        with pytest.raises(RunError, match=r"cannot write .*last\.ckpt: File too large\. Free"):
            save(tmp_path / "last.ckpt", large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [former]
