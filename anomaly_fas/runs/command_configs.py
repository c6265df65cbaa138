"""Types and ranges of what the commands take, checked before a command starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_type_hints

from omegaconf import OmegaConf
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from omegaconf import DictConfig

AtLeast0 = Annotated[
    int, Field(strict=True, ge=0, description="a whole number of 0 or more is needed")
]
AtLeast1 = Annotated[
    int, Field(strict=True, ge=1, description="a whole number of 1 or more is needed")
]
AtLeast2 = Annotated[
    int, Field(strict=True, ge=2, description="a whole number of 2 or more is needed")
]
Share = Annotated[
    float, Field(strict=True, ge=0, le=1, description="a number from 0 to 1 is needed")
]
Flag = Annotated[bool, Field(strict=True, description="true or false is needed")]
LayerName = Literal["embedding", "features"]
Threshold = Annotated[
    Literal["eer", "bpcer_1", "bpcer_5", "bpcer_10"]
    | Annotated[float, Field(strict=True, ge=float("-inf"))],
    Field(description="choose one of eer, bpcer_1, bpcer_5, bpcer_10, or give a value"),
]


@dataclass(frozen=True)
class AblationConfig:
    """Values of `anomaly-fas ablation`."""

    replicates: AtLeast2
    seed: AtLeast0


@dataclass(frozen=True)
class AdaptConfig:
    """Values of `anomaly-fas adapt`."""

    layer: LayerName
    limit: AtLeast1
    seed: AtLeast0


@dataclass(frozen=True)
class CompareConfig:
    """Values of `anomaly-fas compare`."""

    replicates: AtLeast2
    seed: AtLeast0
    scorers: Literal["first", "all"]


@dataclass(frozen=True)
class BootstrapConfig:
    """Values of commands that evaluate scores: `report`, `evaluate scores=…`."""

    threshold: Threshold
    replicates: AtLeast0
    seed: AtLeast0


@dataclass(frozen=True)
class ScoresConfig(BootstrapConfig):
    """Values of `anomaly-fas evaluate scores=…`."""

    mode: Literal["correct", "gradgpad"]
    higher_is: Literal["attack", "bona_fide"]


@dataclass(frozen=True)
class PrepareConfig:
    """Values of `anomaly-fas prepare`."""

    image_size: AtLeast1
    processes: Annotated[
        AtLeast0 | None, Field(description="a whole number of 0 or more is needed, or null")
    ]
    tolerated_losses: Share
    verify: Flag
    contact_sheet_columns: AtLeast1


@dataclass(frozen=True)
class RunsConfig:
    """Values of `anomaly-fas runs`."""

    format: Literal["table", "csv"]


@dataclass(frozen=True)
class ShotsConfig:
    """Values of `anomaly-fas shots`."""

    shots: Annotated[
        list[AtLeast1],
        Field(
            min_length=1,
            description="a list of whole numbers of 1 or more is needed, such as shots=[1,5,10]",
        ),
    ]
    draws: AtLeast1
    replicates: AtLeast1
    seed: AtLeast0
    layers: Annotated[
        list[LayerName],
        Field(min_length=1, description="[embedding], [features] or [embedding,features]"),
    ]
    strengths: Annotated[
        list[Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]],
        Field(description="a list of numbers above 0 is needed, or []"),
    ]


@dataclass(frozen=True)
class SimulateConfig:
    """Values of `anomaly-fas simulate`."""

    image_size: AtLeast1
    columns: AtLeast1


@dataclass(frozen=True)
class TrainConfig:
    """Values of `anomaly-fas train` that do not belong to a chosen class."""

    seed: AtLeast0
    epochs: AtLeast1
    epoch_steps: AtLeast1
    image_size: AtLeast1


def check_values(config: DictConfig, schema: type) -> None:
    """Check a command's config against one of the classes above.

    Raises:
        ConfigError: values of another type or out of range; all are named.
    """
    faults = []
    for name, expected in get_type_hints(schema, include_extras=True).items():
        value = config[name]
        plain = OmegaConf.to_container(value) if OmegaConf.is_config(value) else value
        try:
            TypeAdapter(expected).validate_python(plain)
        except ValidationError:
            faults.append(f"{name}={plain}: {_described(expected)}")
    if faults:
        raise ConfigError("; ".join(faults))


def _described(expected: Any) -> str:
    for part in getattr(expected, "__metadata__", ()):
        if isinstance(part, FieldInfo) and part.description:
            return part.description
    return f"choose one of {', '.join(map(str, get_args(expected)))}"
