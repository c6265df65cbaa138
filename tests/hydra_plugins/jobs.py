"""Jobs that cost nothing: what stands for a run in tests of sweeps is a line of Python."""

from pathlib import Path

from anomaly_fas.sweeps.job import SweepJob


def job(folder: Path, name: str, code: str) -> SweepJob:
    return SweepJob(
        arguments=("-c", code),
        folder=folder,
        log=folder / "logs" / f"{name}.log",
        label=f"name={name}",
    )
