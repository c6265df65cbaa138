"""What all tests share. Importing the package first lets torchvision be imported anywhere."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

import anomaly_fas  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

os.environ["WANDB_MODE"] = "disabled"
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of crops that all tests share, those of pytest-xdist's other workers, too."""
    base = tmp_path_factory.getbasetemp()
    worker = "PYTEST_XDIST_WORKER" in os.environ
    place = (base.parent if worker else base) / "cache"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture
def ctrl_c_allowed() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests run in a shell's background and would not hear it."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)
