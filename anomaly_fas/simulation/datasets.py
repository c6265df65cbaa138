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


def _species(names: str) -> tuple[FinePai, ...]:
    return tuple(map(FinePai, names.split()))


DATASETS: Final = (
    SimulatedDataset(
        name="sim-desk",
        devices=(Device.WEBCAM_LOW, Device.WEBCAM_HIGH),
        lighting=(Lighting.CONTROLLED, Lighting.ADVERSE),
        places=("office", "wall"),
        species=_species(
            "print_low print_medium replay_low replay_medium mask_paper makeup_cosmetic "
            "partial_upper_half partial_lower_half"
        ),
    ),
    SimulatedDataset(
        name="sim-pocket",
        devices=(Device.MOBILE_TABLET_LOW, Device.MOBILE_TABLET_HIGH),
        lighting=(Lighting.CONTROLLED, Lighting.ADVERSE),
        places=("home", "street"),
        species=_species(
            "print_medium print_high replay_medium replay_high mask_paper makeup_impersonation "
            "partial_periocular partial_lower_half"
        ),
    ),
    SimulatedDataset(
        name="sim-studio",
        devices=(Device.DIGITAL_CAMERA_LOW, Device.DIGITAL_CAMERA_HIGH),
        lighting=(Lighting.CONTROLLED,),
        places=("wall", "home"),
        species=_species(
            "print_high replay_high mask_rigid mask_silicone makeup_cosmetic makeup_impersonation "
            "makeup_obfuscation partial_funny_eyes partial_paper_glasses"
        ),
    ),
    SimulatedDataset(
        name="sim-gate",
        devices=(Device.WEBCAM_HIGH, Device.MOBILE_TABLET_HIGH, Device.DIGITAL_CAMERA_LOW),
        lighting=(Lighting.ADVERSE,),
        places=("street", "office", "wall"),
        species=_species(
            "print_low replay_low replay_high mask_rigid mask_silicone makeup_obfuscation "
            "partial_funny_eyes partial_periocular partial_paper_glasses partial_upper_half"
        ),
    ),
)

_TYPE_II: Final = _species("partial_periocular partial_upper_half partial_lower_half")
_TYPE_III: Final = _species(
    "makeup_cosmetic makeup_obfuscation partial_funny_eyes partial_paper_glasses"
)


def pas_type(species: FinePai) -> str:
    """GRAD-GPAD's type of attack of a species."""
    return "II" if species in _TYPE_II else "III" if species in _TYPE_III else "I"
