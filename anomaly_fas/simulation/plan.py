"""What is to be rendered: every sample of the embedded data with its annotations and its seed.

The four simulated datasets differ in devices, instruments, lighting and surroundings, so that a
protocol that holds one of them out is a real change of domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, product
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.person import Person, person
from anomaly_fas.types import (
    ANNOTATION_COLUMNS,
    Age,
    Device,
    FinePai,
    Label,
    Lighting,
    Sex,
    SkinTone,
    Split,
)

if TYPE_CHECKING:
    from anomaly_fas.simulation.picture import Place


@dataclass(frozen=True)
class SimulatedDataset:
    """A recording campaign, each session of which has one of the lightings and places."""

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
    """Return GRAD-GPAD's type of attack of a species."""
    return "II" if species in _TYPE_II else "III" if species in _TYPE_III else "I"


@dataclass(frozen=True)
class Extent:
    """How much embedded data there is.

    Attributes:
        train: subjects of each dataset in the train split.
        devel: the same in the devel split.
        test: the same in the test split.
        bona_fide: bona fide samples of each subject.
        attacks: samples of each subject and fine PAI species.
        frames: frames of each sample.
        seed: everything follows from it.
    """

    train: int = 8
    devel: int = 4
    test: int = 6
    bona_fide: int = 16
    attacks: int = 2
    frames: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """One presentation to be captured.

    Attributes:
        sample_id: dataset, subject, species and number.
        subject: the presenter: the wearer, or the person shown on a print or screen.
        session: sessions differ in lighting, place and clothes.
        species: the instrument, None for a bona fide presentation.
        presenter: parameters of the subject.
        victim: who is impersonated with a mask, make-up or cut-out: of the same split and dataset.
        seed: seeds all that is drawn for this sample.
    """

    sample_id: str
    dataset: str
    split: Split
    subject: str
    session: str
    species: FinePai | None
    presenter: Person
    victim: Person
    device: Device
    lighting: Lighting
    place: Place
    seed: tuple[int, ...] = field(repr=False)


def plan(extent: Extent) -> list[Sample]:
    """Plan every sample, dataset by dataset and subject by subject."""
    return [
        sample
        for number, dataset in enumerate(DATASETS)
        for sample in _dataset_plan(extent, dataset, number)
    ]


def annotation_table(samples: list[Sample]) -> pd.DataFrame:
    """Build the samples' annotation table, with the columns of `ANNOTATION_COLUMNS`."""
    return pd.DataFrame(map(_row, samples), columns=list(ANNOTATION_COLUMNS), dtype=str)


def _dataset_plan(extent: Extent, dataset: SimulatedDataset, number: int) -> Iterator[Sample]:
    subject_number = count()
    sizes = {Split.TRAIN: extent.train, Split.DEVEL: extent.devel, Split.TEST: extent.test}
    for split, size in sizes.items():
        people = [_subject(extent.seed, number, next(subject_number)) for _ in range(size)]
        for index, (name, presenter) in enumerate(people):
            victims = [other for _, other in people[index + 1 :] + people[:index]] or [presenter]
            yield from _subject_plan(extent, dataset, split, name, presenter, victims)


def _subject(seed: int, dataset: int, number: int) -> tuple[str, Person]:
    rng = np.random.default_rng([seed, Stream.SIMULATED_PERSON, dataset, number])
    sex = (Sex.MALE, Sex.FEMALE)[(number + dataset) % 2]
    age = rng.choice(np.array(list(Age)), p=[0.45, 0.4, 0.15])
    tone = SkinTone(list(SkinTone)[int(rng.permutation(6)[number % 6])])
    who = person(rng, sex, Age(age), tone, glasses=bool(rng.random() < 0.2))
    return f"s{number:02d}", who


def _subject_plan(
    extent: Extent,
    dataset: SimulatedDataset,
    split: Split,
    name: str,
    presenter: Person,
    victims: list[Person],
) -> Iterator[Sample]:
    sessions = list(product(dataset.lighting, dataset.places))
    wanted: list[tuple[FinePai | None, int]] = [(None, extent.bona_fide)]
    wanted += [(species, extent.attacks) for species in dataset.species]
    for kind, (species, repeats) in enumerate(wanted):
        for repeat in range(repeats):
            # Sessions and devices are gone through in turn, so that no class is tied to one.
            turn = repeat + kind
            session = (turn // len(dataset.devices)) % len(sessions)
            lighting, place = sessions[session]
            yield Sample(
                sample_id=f"{dataset.name}/{name}/{species or Label.BONA_FIDE}_{repeat:02d}",
                dataset=dataset.name,
                split=split,
                subject=name,
                session=f"{session + 1}",
                species=species,
                presenter=presenter,
                victim=victims[turn % len(victims)],
                device=dataset.devices[turn % len(dataset.devices)],
                lighting=lighting,
                place=place,
                seed=(extent.seed, 2, presenter.seed, kind, repeat),
            )


def _row(sample: Sample) -> dict[str, str]:
    species = sample.species
    derived = {
        "path": sample.sample_id,
        "label": Label.ATTACK if species else Label.BONA_FIDE,
        "pai": species.coarse if species else "",
        "pai_fine": species or "",
        "pas_type": pas_type(species) if species else "",
    }
    facts = vars(sample.presenter) | vars(sample) | derived
    return {column: facts[column] for column in ANNOTATION_COLUMNS}
