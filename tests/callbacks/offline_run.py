"""Reads the file that W&B keeps of an offline run: a LevelDB log of protocol buffers."""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BLOCK = 32_768
_HEAD, _TAIL = struct.Struct("<4sHB"), struct.Struct("<IHB")
_WHOLE, _LAST = 1, 4


@dataclass
class OfflineRun:
    """What `wandb sync` would send.

    Attributes:
        id, group, name, project: of the run.
        config: key to value; nested keys are joined by slashes.
        history: key to value, by step.
        summary: key to value.
        files: paths that are uploaded.
        exit_code: None for a run that was not ended.
    """

    id: str = ""
    group: str = ""
    name: str = ""
    project: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    history: dict[int, dict[str, Any]] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    exit_code: int | None = None


def read_offline_run(path: Path) -> OfflineRun:
    """The run of one `run-ID.wandb`."""
    from wandb.proto.wandb_internal_pb2 import Record

    run = OfflineRun()
    for content in _records(path.read_bytes()):
        record = Record.FromString(content)
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run.id, run.group = record.run.run_id, record.run.run_group
            run.name, run.project = record.run.display_name, record.run.project
            run.config |= _values(record.run.config.update)
        elif kind == "config":
            run.config |= _values(record.config.update)
        elif kind == "history":
            run.history[record.history.step.num] = _values(record.history.item)
        elif kind == "summary":
            run.summary |= _values(record.summary.update)
        elif kind == "files":
            run.files |= {file.path for file in record.files.files}
        elif kind == "exit":
            run.exit_code = record.exit.exit_code
    return run


def _values(items: Any) -> dict[str, Any]:
    named = {"/".join(item.nested_key) or item.key: item.value_json for item in items}
    return {name: json.loads(value) for name, value in named.items()}


def _records(data: bytes) -> Iterator[bytes]:
    """All that is wholly written; another process may still write the rest."""
    magic, *_ = _HEAD.unpack_from(data)
    assert magic == b":W&B"
    place, parts = _HEAD.size, b""
    while place + _TAIL.size <= len(data):
        left = _BLOCK - place % _BLOCK
        if left < _TAIL.size:
            place += left
            continue
        checksum, length, kind = _TAIL.unpack_from(data, place)
        place += _TAIL.size
        part = data[place : place + length]
        if zlib.crc32(bytes([kind]) + part) != checksum:
            return
        parts += part
        place += length
        if kind in {_WHOLE, _LAST}:
            yield parts
            parts = b""
