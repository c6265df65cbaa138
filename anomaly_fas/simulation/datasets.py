"""The four simulated datasets: who was captured where, with what, and attacked how.

They differ in devices, instruments, lighting and surroundings, so that a protocol that holds one of
them out is a real change of domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_fas.types import Device, FinePai, Lighting

if TYPE_CHECKING:
    from anomaly_fas.simulation.surroundings import Place


@dataclass(frozen=True)
class SimulatedDataset:
    """A recording campaign.

    Attributes:
        name: as the `dataset` column has it.
        devices: capture devices.
        lighting: lightings, each session has one.
        places: surroundings, each session has one.
        species: instruments used against it.
    """

    name: str
    devices: tuple[Device, ...]
    lighting: tuple[Lighting, ...]
    places: tuple[Place, ...]
    species: tuple[FinePai, ...]


DATASETS: Final = (
    SimulatedDataset(
        name="sim-desk",
        devices=(Device.WEBCAM_LOW, Device.WEBCAM_HIGH),
        lighting=(Lighting.CONTROLLED, Lighting.ADVERSE),
        places=("office", "wall"),
        species=(
            FinePai.PRINT_LOW,
            FinePai.PRINT_MEDIUM,
            FinePai.REPLAY_LOW,
            FinePai.REPLAY_MEDIUM,
            FinePai.MASK_PAPER,
            FinePai.MAKEUP_COSMETIC,
            FinePai.PARTIAL_UPPER_HALF,
            FinePai.PARTIAL_LOWER_HALF,
        ),
    ),
    SimulatedDataset(
        name="sim-pocket",
        devices=(Device.MOBILE_TABLET_LOW, Device.MOBILE_TABLET_HIGH),
        lighting=(Lighting.CONTROLLED, Lighting.ADVERSE),
        places=("home", "street"),
        species=(
            FinePai.PRINT_MEDIUM,
            FinePai.PRINT_HIGH,
            FinePai.REPLAY_MEDIUM,
            FinePai.REPLAY_HIGH,
            FinePai.MASK_PAPER,
            FinePai.MAKEUP_IMPERSONATION,
            FinePai.PARTIAL_PERIOCULAR,
            FinePai.PARTIAL_LOWER_HALF,
        ),
    ),
    SimulatedDataset(
        name="sim-studio",
        devices=(Device.DIGITAL_CAMERA_LOW, Device.DIGITAL_CAMERA_HIGH),
        lighting=(Lighting.CONTROLLED,),
        places=("wall", "home"),
        species=(
            FinePai.PRINT_HIGH,
            FinePai.REPLAY_HIGH,
            FinePai.MASK_RIGID,
            FinePai.MASK_SILICONE,
            FinePai.MAKEUP_COSMETIC,
            FinePai.MAKEUP_IMPERSONATION,
            FinePai.MAKEUP_OBFUSCATION,
            FinePai.PARTIAL_FUNNY_EYES,
            FinePai.PARTIAL_PAPER_GLASSES,
        ),
    ),
    SimulatedDataset(
        name="sim-gate",
        devices=(Device.WEBCAM_HIGH, Device.MOBILE_TABLET_HIGH, Device.DIGITAL_CAMERA_LOW),
        lighting=(Lighting.ADVERSE,),
        places=("street", "office", "wall"),
        species=(
            FinePai.PRINT_LOW,
            FinePai.REPLAY_LOW,
            FinePai.REPLAY_HIGH,
            FinePai.MASK_RIGID,
            FinePai.MASK_SILICONE,
            FinePai.MAKEUP_OBFUSCATION,
            FinePai.PARTIAL_FUNNY_EYES,
            FinePai.PARTIAL_PERIOCULAR,
            FinePai.PARTIAL_PAPER_GLASSES,
            FinePai.PARTIAL_UPPER_HALF,
        ),
    ),
)

_TYPE_II: Final = {
    FinePai.PARTIAL_PERIOCULAR, FinePai.PARTIAL_UPPER_HALF, FinePai.PARTIAL_LOWER_HALF
}  # fmt: skip
_TYPE_III: Final = {
    FinePai.MAKEUP_COSMETIC,
    FinePai.MAKEUP_OBFUSCATION,
    FinePai.PARTIAL_FUNNY_EYES,
    FinePai.PARTIAL_PAPER_GLASSES,
}


def pas_type(species: FinePai) -> str:
    """GRAD-GPAD's type of attack of a species."""
    return "II" if species in _TYPE_II else "III" if species in _TYPE_III else "I"
