"""The words of presentation attack detection: labels, PAI species, splits and table columns.

Terms follow ISO/IEC 30107-3:2023; the species and the closed sets of annotations are those of
GRAD-GPAD v2 (Costa-Pazo et al., IET Biometrics 2021, doi:10.1049/bme2.12049).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Label(StrEnum):
    """What a sample is."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"


class Split(StrEnum):
    """What a sample is used for. A threshold is taken on devel and applied unchanged to test."""

    TRAIN = "train"
    DEVEL = "devel"
    TEST = "test"


class Pai(StrEnum):
    """Coarse species of presentation attack instrument (PAI)."""

    PRINT = "print"
    REPLAY = "replay"
    MASK = "mask"
    MAKEUP = "makeup"
    PARTIAL = "partial"


class FinePai(StrEnum):
    """Fine PAI species; print and replay are graded by the quality of the instrument."""

    PRINT_LOW = "print_low"
    PRINT_MEDIUM = "print_medium"
    PRINT_HIGH = "print_high"
    REPLAY_LOW = "replay_low"
    REPLAY_MEDIUM = "replay_medium"
    REPLAY_HIGH = "replay_high"
    MASK_PAPER = "mask_paper"
    MASK_RIGID = "mask_rigid"
    MASK_SILICONE = "mask_silicone"
    MAKEUP_COSMETIC = "makeup_cosmetic"
    MAKEUP_IMPERSONATION = "makeup_impersonation"
    MAKEUP_OBFUSCATION = "makeup_obfuscation"
    PARTIAL_FUNNY_EYES = "partial_funny_eyes"
    PARTIAL_PERIOCULAR = "partial_periocular"
    PARTIAL_PAPER_GLASSES = "partial_paper_glasses"
    PARTIAL_UPPER_HALF = "partial_upper_half"
    PARTIAL_LOWER_HALF = "partial_lower_half"

    @property
    def coarse(self) -> Pai:
        """The coarse species that this one belongs to."""
        return Pai(self.value.split("_", 1)[0])


SPECIES: Final[tuple[StrEnum, ...]] = (*FinePai, *Pai)
"""Every PAI species, in a fixed order: what a checkpoint keeps of each stands at its place."""


class PasType(StrEnum):
    """GRAD-GPAD's grading of an attack by the effort that it takes, I being the least."""

    I = "I"  # noqa: E741
    II = "II"
    III = "III"


class Device(StrEnum):
    """Capture device and its quality, as GRAD-GPAD annotates them."""

    WEBCAM_LOW = "webcam_low"
    WEBCAM_HIGH = "webcam_high"
    MOBILE_TABLET_LOW = "mobile_tablet_low"
    MOBILE_TABLET_HIGH = "mobile_tablet_high"
    DIGITAL_CAMERA_LOW = "digital_camera_low"
    DIGITAL_CAMERA_HIGH = "digital_camera_high"

    @property
    def kind(self) -> DeviceKind:
        """The device without its quality."""
        return DeviceKind(self.value.rsplit("_", 1)[0])


class DeviceKind(StrEnum):
    """Capture device without its quality, as GRAD-GPAD's cross_device protocols group them."""

    WEBCAM = "webcam"
    MOBILE_TABLET = "mobile_tablet"
    DIGITAL_CAMERA = "digital_camera"


class Lighting(StrEnum):
    """Lighting of the capture."""

    CONTROLLED = "controlled"
    ADVERSE = "adverse"


class Sex(StrEnum):
    """Sex of the person shown, as GRAD-GPAD annotates it."""

    MALE = "male"
    FEMALE = "female"


class Age(StrEnum):
    """Age group of the person shown."""

    YOUNG = "young"
    ADULT = "adult"
    SENIOR = "senior"


class SkinTone(StrEnum):
    """Skin tone of the person shown, from the lightest to the darkest."""

    LIGHT_PINK = "light_pink"
    LIGHT_YELLOW = "light_yellow"
    MEDIUM_PINK_BROWN = "medium_pink_brown"
    MEDIUM_YELLOW_BROWN = "medium_yellow_brown"
    MEDIUM_DARK_BROWN = "medium_dark_brown"
    DARK_BROWN = "dark_brown"


class Layer(StrEnum):
    """Where references are compared with what is tested: in the head's output or its input."""

    EMBEDDING = "embedding"
    FEATURES = "features"


class DataKind(StrEnum):
    """Where a number comes from; numbers of different kinds never share a column."""

    SIMULATED = "simulated"
    REAL = "real"
    MIXED = "mixed"
    PUBLISHED = "published"


CLOSED_SETS: Final[dict[str, type[StrEnum]]] = {
    "label": Label,
    "pai": Pai,
    "pai_fine": FinePai,
    "pas_type": PasType,
    "device": Device,
    "lighting": Lighting,
    "sex": Sex,
    "age": Age,
    "skin_tone": SkinTone,
}
"""Annotation columns that take only the values of an enumeration, or nothing."""

ANNOTATION_COLUMNS: Final = (
    "sample_id",
    "path",
    "dataset",
    "label",
    "pai",
    "pai_fine",
    "subject",
    "session",
    "split",
    "pas_type",
    "device",
    "lighting",
    "sex",
    "age",
    "skin_tone",
)
"""Columns of every annotation table; a missing value is the empty string."""

SCORE_COLUMNS: Final = (
    "sample_id",
    "split",
    "dataset",
    "subject",
    "session",
    "label",
    "pai",
    "pai_fine",
    "pas_type",
    "device",
    "lighting",
    "sex",
    "age",
    "skin_tone",
    "scorer",
    "score",
    "n_frames",
)
"""Columns of `scores.parquet`, one row a sample, split and scorer."""
