"""`embeddings.npz`: one embedding per sample and split, with the ids of the score file."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path


@dataclass(frozen=True)
class EmbeddingTable:
    """Embeddings of samples.

    Attributes:
        sample_id: of each sample, str, shape [n].
        split: that it was scored in, str, shape [n].
        embedding: the mean over its frames, float32, shape [n, D].
        centre: the live centre, float32, shape [D]; empty where the method has none.
    """

    sample_id: np.ndarray
    split: np.ndarray
    embedding: np.ndarray
    centre: np.ndarray

    def write(self, path: Path) -> None:
        """Write a compressed file, whole or not at all.

        Raises:
            RunError: the file cannot be written.
        """
        with atomic_path(path) as temporary:
            np.savez_compressed(temporary, **vars(self))

    @classmethod
    def read(cls, path: Path) -> EmbeddingTable:
        """Read what `write` wrote.

        Raises:
            DataError: the file is missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"cannot read the embeddings {path}: {error}") from error
