"""How long the command line takes: to answer, and to be at the first training step.

Run it as `python experiments/bench/start_up.py`. Processes are started by turns; the alternative is
one that imports torch, timm and lightning. The training command is that of a user, with the default
data, protocol, callbacks and loggers and a small network, in a new run folder; its images have
been rendered before. A callback ends it when the batch of the first step is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comparison import Comparison, at_most_times, interleaved, run_script

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
CACHE: Final = "outputs/cache"
PLAIN: Final = "import torch, timm, lightning"
MENDED: Final = f"import anomaly_fas; {PLAIN}"
"""With what lets torchvision be imported beside a build of torch that it does not fit."""

TRAIN: Final = ("train", "model=lcnet_050", "image_size=112", f"paths.cache_dir={CACHE}")
SMALL: Final = (
    "data.extent.train=2", "data.extent.devel=1", "data.extent.test=1", "data.extent.bona_fide=4"
)  # fmt: skip


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Import, answer and train by turns."""
    imports = partial(_run, "-c", PLAIN if _works(PLAIN) else MENDED)
    train = (*TRAIN, *(SMALL if quick else ()))
    with tempfile.TemporaryDirectory() as folder:
        _train(folder, train, after=False)  # renders what is not there
        imported, answered, arrived, stepped = interleaved(
            imports,
            partial(_run, "-m", "anomaly_fas", "--help"),
            partial(_train, folder, train, after=False),
            partial(_train, folder, train, after=True),
            rounds=2 if quick else 7,
        )
    against = "importing torch, timm, lightning"
    yield Comparison("start: --help", answered, imported, "s", at_most_times(1 / 8), against)
    yield Comparison(
        "start: train, until the first step", arrived, imported, "s", at_most_times(1.5), against
    )
    yield Comparison("start: train, through the first step", stepped, None, "s")


def _works(code: str) -> bool:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return run.returncode == 0


def _train(folder: str, arguments: tuple[str, ...], *, after: bool) -> None:
    runs = Path(folder) / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    stop = ("+callbacks.end._target_=first_step.EndAtFirstStep", f"+callbacks.end.after={after}")
    _run("-m", "anomaly_fas", *arguments, *stop, f"paths.output_dir={runs}")


def _run(*arguments: str) -> None:
    """A process that says nothing, to its end.

    Raises:
        RuntimeError: it failed.
    """
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.run(
            [sys.executable, *arguments], env=environment, stdout=said, stderr=said, check=False
        )
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{arguments}: {said.read()[-2000:]}")


if __name__ == "__main__":
    run_script(comparisons)
