"""A logger of the user's own: it logs its own run, and leaves the run where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import QUICK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.external.conftest import UserFolder


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_it_logs_and_neither_renames_the_run_nor_writes_to_another(user: UserFolder) -> None:
    user.add(
        "my_logger.py",
        """
        from pathlib import Path

        from lightning.pytorch.loggers.logger import Logger

        class Lines(Logger):
            name = version = ""

            def __init__(self, folder):
                super().__init__()
                self.path = Path(folder) / "lines.txt"

            def log_hyperparams(self, params):
                self.write(f"epochs {params['epochs']}")

            def log_metrics(self, metrics, step=None):
                for name, value in metrics.items():
                    self.write(f"{name} {value} {step}")

            def write(self, line):
                with self.path.open("a") as file:
                    print(line, file=file)
        """,
    )
    user.add(
        "conf/logger/lines.yaml",
        "lines:\n  _target_: my_logger.Lines\n  folder: ${run_folder}\n",
    )
    folder = user.train("logger=[csv,lines]")
    before = contents(folder)
    first, *figures = before[folder / "lines.txt"].decode().splitlines()
    assert first == "epochs 2"
    assert {"train/loss", "devel_acer"} <= {line.split()[0] for line in figures}
    assert "finished already" in user.run("train", *QUICK)

    other = user.train("logger=lines", "epochs=1")
    assert (other / "lines.txt").read_text().startswith("epochs 1\n")
    assert (other / "lines.txt").read_text().count("epochs") == 1
    assert contents(folder) == before
