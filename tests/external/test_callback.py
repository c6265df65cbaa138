"""A callback of the user's own: it is called, and leaves the run where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import QUICK

if TYPE_CHECKING:
    from tests.external.conftest import UserFolder


@pytest.mark.slow
def test_it_is_called_and_does_not_rename_the_run(user: UserFolder) -> None:
    user.add(
        "my_callback.py",
        """
        from pathlib import Path

        from lightning.pytorch.callbacks import Callback

        class Notes(Callback):
            def __init__(self, folder):
                self.folder = Path(folder)

            def on_test_end(self, trainer, pl_module):
                (self.folder / "note.txt").write_text("tested")
        """,
    )
    user.add(
        "conf/callbacks/notes.yaml",
        "_target_: my_callback.Notes\nfolder: ${run_folder}\n",
    )
    folder = user.train("+callbacks@callbacks.notes=notes")
    assert (folder / "note.txt").read_text() == "tested"
    printed = user.run("train", *QUICK)
    assert "finished already" in printed
