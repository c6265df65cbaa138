"""A process that is spawned says what the first one would, on the screen and in the log file."""

import logging
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anomaly_fas.runs.screen_and_log import ScreenAndLog


@pytest.fixture
def silent_root() -> Iterator[logging.Logger]:
    """The root logger as a process finds it that has just begun."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    root.setLevel(logging.WARNING)
    with warnings.catch_warnings():
        yield root
    logging.captureWarnings(capture=False)
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


def _spawned(log: Path | None) -> ScreenAndLog:
    copy: ScreenAndLog = pickle.loads(pickle.dumps(ScreenAndLog(log)))
    return copy


def _set_up(callback: ScreenAndLog, *, first: bool) -> None:
    trainer: Any = SimpleNamespace(is_global_zero=first)
    callback.setup(trainer, None, "fit")  # type: ignore[arg-type]


def test_the_first_process_speaks_to_both(
    tmp_path: Path, silent_root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up(_spawned(tmp_path / "train.log"), first=True)
    logging.getLogger("anomaly_fas.some").info("epoch 1")
    assert capsys.readouterr().err == "epoch 1\n"
    (line,) = (tmp_path / "train.log").read_text().splitlines()
    assert line.endswith(" epoch 1")


def test_the_others_speak_of_errors_alone(
    silent_root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up(_spawned(None), first=False)
    logging.getLogger("anomaly_fas.some").info("epoch 1")
    logging.getLogger("anomaly_fas.some").error("lost")
    assert capsys.readouterr().err == "lost\n"


def test_what_is_done_on_purpose_is_not_remarked_upon(silent_root: logging.Logger) -> None:
    _spawned(None)
    with warnings.catch_warnings(record=True) as said:
        warnings.warn("It is recommended to use `sync_dist=True`", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert [str(one.message) for one in said] == ["something else"]
    assert not logging.getLogger("lightning.fabric").isEnabledFor(logging.INFO)
