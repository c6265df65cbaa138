"""What a time was measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict


class Machine(TypedDict):
    """Facts without which a time says little."""

    cpu: str
    cores: int
    memory_gb: float
    amx: bool
    avx512_bf16: bool
    threads: int
    python: str
    torch: str
    commit: str
    date: str


def machine() -> Machine:
    """The facts of this machine, now (Linux)."""
    import torch

    from anomaly_fas.runs.folder import git_commit

    return Machine(
        cpu=_first("/proc/cpuinfo", "model name"),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(int(_first("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        amx=torch.cpu._is_amx_tile_supported(),
        avx512_bf16=torch.cpu._is_avx512_bf16_supported(),
        threads=torch.get_num_threads(),
        python=platform.python_version(),
        torch=torch.__version__,
        commit=git_commit(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _first(path: str, name: str) -> str:
    """What stands after the first line's colon that begins so."""
    for row in Path(path).read_text().splitlines():
        if row.startswith(name):
            return row.partition(":")[2].strip()
    return "unknown"
