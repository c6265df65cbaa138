"""Checkpoint files that are whole or not there at all."""

from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.fabric.utilities.types import _PATH

from anomaly_fas.files import atomic_path, cannot_write


class AtomicCheckpointIO(TorchCheckpointIO):
    """Write to a temporary file, sync and rename it; read plain values and tensors only."""

    def save_checkpoint(
        self,
        checkpoint: dict[str, Any],
        path: _PATH,
        storage_options: Any = None,
    ) -> None:
        """Save a checkpoint.

        Raises:
            RunError: the file cannot be written.
        """
        try:
            with atomic_path(Path(path)) as temporary, temporary.open("wb") as file:
                torch.save(checkpoint, file)  # by its name, torch would not know why it fails
        except RuntimeError as error:  # torch's, on the way out from that of the disk
            if not isinstance(error.__context__, OSError):
                raise
            raise cannot_write(Path(path), error.__context__.strerror or str(error)) from error

    def load_checkpoint(
        self,
        path: _PATH,
        map_location: Any = None,
        weights_only: bool | None = None,
    ) -> dict[str, Any]:
        """Load a checkpoint."""
        loaded: dict[str, Any] = torch.load(path, map_location=map_location, weights_only=True)
        return loaded
