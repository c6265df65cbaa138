"""Cross-device: one kind of capture device is kept for the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from anomaly_fas.errors import require_choice
from anomaly_fas.protocols.protocol import in_split
from anomaly_fas.types import Device, DeviceKind, Split


@dataclass(frozen=True)
class CrossDevice:
    """Train and tune on captures of the other kinds of device, test on those of one kind.

    A sample whose device is not annotated counts as of another kind, as in the official lists.

    Raises:
        ConfigError: an unknown kind of device.
    """

    device: str

    def __post_init__(self) -> None:
        require_choice("protocol.device", self.device, DeviceKind)

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"cross_device_{self.device}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        devices = [device for device in Device if device.kind == self.device]
        of_kind = rows["device"].isin(devices)
        return in_split(rows["split"], split) & (of_kind == (split is Split.TEST))

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        present = {Device(device).kind for device in rows["device"].unique() if device}
        return [cls(kind) for kind in DeviceKind if kind in present]
