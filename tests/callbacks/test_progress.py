"""What a run shows while it trains: a bar on a terminal, lines in every case."""

import logging
import os
import pty
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from anomaly_fas.callbacks import epoch_lines
from anomaly_fas.callbacks.epoch_lines import EpochLines

SCRIPT = """
import logging
import anomaly_fas
from lightning import Callback, Trainer
from lightning.pytorch.demos.boring_classes import BoringModel
from anomaly_fas.callbacks.progress import TerminalProgressBar
from anomaly_fas.runs.log import ScreenHandler

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[ScreenHandler()])


class Says(Callback):
    def on_validation_end(self, trainer, pl_module):
        logging.info("said in epoch %d", trainer.current_epoch)


Trainer(
    accelerator="cpu", max_epochs=2, num_sanity_val_steps=0, limit_train_batches=4,
    limit_val_batches=2, logger=False, enable_checkpointing=False, enable_model_summary=False,
    callbacks=[TerminalProgressBar(), Says()],
).fit(BoringModel())
"""
COMMAND = (sys.executable, "-W", "ignore", "-c", SCRIPT)


def shown_on_a_terminal(command: tuple[str, ...]) -> str:
    """What a program writes to a terminal that is its standard error alone."""
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower,
        env=environment,
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 1 << 16)
        except OSError:  # so ends a terminal whose last program has ended
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert process.wait() == 0, shown.decode()
    return shown.decode()


def test_on_a_terminal_there_is_a_bar_and_lines_go_above_it() -> None:
    shown = shown_on_a_terminal(COMMAND)
    assert "━" in shown
    for epoch in range(2):
        line = rf"(?:\x1b\[2K|\n)said in epoch {epoch}(?:\x1b\[0m)?\r\n"
        assert len(re.findall(line, shown)) == 1, shown


def test_elsewhere_there_are_lines_alone() -> None:
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=True)
    assert done.stderr == "said in epoch 0\nsaid in epoch 1\n"
    assert done.stdout == ""


class Clock:
    """A clock that stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


def trainer_at(step: int, epoch: int) -> Any:
    figures = {"devel_acer": 0.125, "devel/logit/eer": 0.0625, "devel/logit/auc": 0.875}
    return SimpleNamespace(
        state=SimpleNamespace(fn="fit"), is_global_zero=True, global_step=step,
        current_epoch=epoch, max_epochs=4, estimated_stepping_batches=40,
        callback_metrics={name: torch.tensor(value) for name, value in figures.items()},
    )  # fmt: skip


def test_the_line_of_an_epoch_tells_pace_figures_and_what_is_left(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock, lines = Clock(), EpochLines()
    monkeypatch.setattr(epoch_lines, "time", clock)
    module: Any = SimpleNamespace(detector=SimpleNamespace(headline="logit"))
    # Resumed after 10 of 40 steps; then two epochs of 10 steps: 5 s training, 15 s devel.
    lines.on_train_start(trainer_at(10, 1), module)
    with caplog.at_level(logging.INFO):
        for epoch in (1, 2):
            lines.on_train_epoch_start(trainer_at(10 * epoch, epoch), module)
            for loss in (1.0, 2.0):
                lines.on_train_batch_end(trainer_at(0, epoch), module, {"loss": torch.tensor(loss)})
            clock.now += 5
            lines.on_validation_start(trainer_at(10 * epoch + 10, epoch), module)
            clock.now += 15
            lines.on_validation_end(trainer_at(10 * epoch + 10, epoch), module)
    assert caplog.messages == [
        f"epoch {epoch} of 4, step {step} of 40: loss 1.5, devel ACER 12.5 %, EER 6.2 %, "
        f"AUC 0.875 (logit), 2 steps/s, {left} left"
        for epoch, step, left in ((2, 20, "40 s"), (3, 30, "20 s"))
    ]


def test_other_processes_and_devel_passes_outside_training_say_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    module: Any = SimpleNamespace(detector=SimpleNamespace(headline="logit"))
    for change in ({"is_global_zero": False}, {"state": SimpleNamespace(fn="validate")}):
        lines, trainer = EpochLines(), trainer_at(10, 0)
        lines.on_train_epoch_start(trainer, module)
        lines.on_train_batch_end(trainer, module, {"loss": torch.tensor(1.0)})
        vars(trainer).update(change)
        with caplog.at_level(logging.INFO):
            lines.on_validation_end(trainer, module)
    assert not caplog.messages


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (3_599, "59 min 59 s"), (3_600, "1 h 0 min"),
     (86_399, "23 h 59 min"), (90_061, "1 d 1 h")],
)  # fmt: skip
def test_durations_are_told_in_two_units(seconds: float, words: str) -> None:
    assert epoch_lines.duration(seconds) == words
