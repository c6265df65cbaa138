"""What is to be rendered: every sample of the embedded data with its annotations and its seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import count, product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.datasets import DATASETS, SimulatedDataset, pas_type
from anomaly_fas.simulation.person import Person, person
from anomaly_fas.types import ANNOTATION_COLUMNS, Age, Label, Sex, SkinTone, Split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anomaly_fas.simulation.surroundings import Place
    from anomaly_fas.types import Device, FinePai, Lighting


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

    @property
    def subjects(self) -> dict[Split, int]:
        """Subjects of each dataset by split."""
        return {Split.TRAIN: self.train, Split.DEVEL: self.devel, Split.TEST: self.test}


@dataclass(frozen=True)
class Sample:
    """One presentation to be captured.

    Attributes:
        sample_id: dataset, subject, species and number.
        dataset: name of the simulated dataset.
        split: the subject's split.
        subject: the presenter: the wearer, or the person shown on a print or screen.
        session: sessions differ in lighting, place and clothes.
        species: the instrument, None for a bona fide presentation.
        presenter: parameters of the subject.
        victim: who is impersonated with a mask, make-up or cut-out: of the same split and dataset.
        device: the capture device.
        lighting: the lighting.
        place: the surroundings.
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
    """Every sample, dataset by dataset and subject by subject."""
    return [
        sample
        for number, dataset in enumerate(DATASETS)
        for sample in _dataset_plan(extent, dataset, number)
    ]


def annotation_table(samples: list[Sample]) -> pd.DataFrame:
    """The samples' annotation table, with the columns of `ANNOTATION_COLUMNS`."""
    rows = pd.DataFrame([_row(sample) for sample in samples], dtype=str)
    return rows.reindex(columns=list(ANNOTATION_COLUMNS), fill_value="")


def describe(extent: Extent) -> dict[str, int]:
    """The extent as plain numbers, for file names and run facts."""
    return asdict(extent)


def _dataset_plan(extent: Extent, dataset: SimulatedDataset, number: int) -> Iterator[Sample]:
    subject_number = count()
    for split, size in extent.subjects.items():
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
    who, species = sample.presenter, sample.species
    return {
        "sample_id": sample.sample_id,
        "path": sample.sample_id,
        "dataset": sample.dataset,
        "label": Label.ATTACK if species else Label.BONA_FIDE,
        "pai": species.coarse if species else "",
        "pai_fine": species or "",
        "subject": sample.subject,
        "session": sample.session,
        "split": sample.split,
        "pas_type": pas_type(species) if species else "",
        "device": sample.device,
        "lighting": sample.lighting,
        "sex": who.sex,
        "age": who.age,
        "skin_tone": who.skin_tone,
    }
