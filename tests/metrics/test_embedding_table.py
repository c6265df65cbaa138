"""The file of embeddings keeps what it is given, and runs no code of a stranger."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.embedding_table import EmbeddingTable
from tests.nonempty import nonempty


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = EmbeddingTable(
        np.array(["a", "ü/b c"]), np.array(["devel", "test"]), np.eye(2, 3), np.zeros(3)
    )
    table.write(tmp_path / "embeddings.npz")
    read = EmbeddingTable.read(tmp_path / "embeddings.npz")
    for name, value in nonempty(vars(table).items()):
        assert np.array_equal(getattr(read, name), value)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.npz"
    with pytest.raises(DataError, match="embeddings"):
        EmbeddingTable.read(path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match="embeddings"):
        EmbeddingTable.read(path)


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.npz"
    path.write_bytes(pickle.dumps({"sample_id": 1}))
    with pytest.raises(DataError, match="embeddings"):
        EmbeddingTable.read(path)
