"""Types and ranges of what the commands take, checked before a command starts."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Literal, get_args

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.config_classes import argument_faults
from anomaly_fas.runs.override_keys import refuse_renamed_in

Schema = dict[str, Any]
"""Keys of a config to the types of their values."""


def _at_least(least: int) -> Any:
    words = f"a whole number of {least} or more is needed"
    return Annotated[int, Field(strict=True, ge=least, description=words)]


_AT_LEAST_0: Final = _at_least(0)
_AT_LEAST_1: Final = _at_least(1)
_AT_LEAST_2: Final = _at_least(2)
_SHARE: Final = Annotated[
    float, Field(strict=True, ge=0, le=1, description="a number from 0 to 1 is needed")
]
_FLAG: Final = Annotated[bool, Field(strict=True, description="true or false is needed")]
_FILE: Final = Annotated[
    str | None, Field(strict=True, description="a file name is needed, in quotes if it is a number")
]
_THRESHOLD: Final = Annotated[
    Literal["eer", "bpcer_1", "bpcer_5", "bpcer_10"]
    | Annotated[float, Field(strict=True, ge=float("-inf"))],
    Field(description="choose one of eer, bpcer_1, bpcer_5, bpcer_10, or give a value"),
]
_LAYER: Final = Literal["embedding", "features"]


def _or(alternative: Any, expected: Any, word: str) -> Any:
    return Annotated[
        expected | alternative, Field(description=f"{_described(expected)}, or {word}")
    ]


def _list_of(expected: Any, description: str, *, least: int = 1) -> Any:
    return Annotated[list[expected], Field(min_length=least, description=description)]


def _described(expected: Any) -> str:
    for part in getattr(expected, "__metadata__", ()):
        if isinstance(part, FieldInfo) and part.description:
            return part.description
    return f"choose one of {', '.join(map(str, get_args(expected)))}"


_RUNTIME: Final[Schema] = {
    "runtime.num_nodes": _AT_LEAST_1,
    "runtime.workers": _AT_LEAST_0,
    "runtime.cache_workers": _AT_LEAST_0,
}
_BOOTSTRAP: Final[Schema] = {
    "threshold": _THRESHOLD,
    "replicates": _AT_LEAST_0,
    "seed": _AT_LEAST_0,
}
_TRAIN: Final[Schema] = {
    "seed": _AT_LEAST_0,
    "epochs": _AT_LEAST_1,
    "epoch_steps": _AT_LEAST_1,
    "image_size": _AT_LEAST_1,
    "module.channels_last": _FLAG,
    "module.gather": _FLAG,
    "datamodule.eval_batch_size": _AT_LEAST_1,
    "checkpoint.every_steps": _AT_LEAST_1,
}
_SCHEMAS: Final[dict[str, Schema]] = {
    "ablation": {"replicates": _AT_LEAST_2, "seed": _AT_LEAST_0},
    "adapt": {"layer": _LAYER, "limit": _AT_LEAST_1, "seed": _AT_LEAST_0},
    "audit": {"csv": _FILE},
    "compare": {
        "replicates": _AT_LEAST_2,
        "seed": _AT_LEAST_0,
        "scorers": Literal["first", "all"],
    },
    "evaluate": {
        **_BOOTSTRAP,
        "mode": Literal["correct", "gradgpad"],
        "higher_is": Literal["attack", "bona_fide"],
    },
    "manifest": {"output": _FILE, "overwrite": _FLAG},
    "predict": {"output": _FILE},
    "prepare": {
        "image_size": _AT_LEAST_1,
        "processes": _or(None, _AT_LEAST_0, "null"),
        "tolerated_losses": _SHARE,
        "verify": _FLAG,
        "contact_sheet_columns": _AT_LEAST_1,
    },
    "protocols": {"csv": _FILE},
    "report": _BOOTSTRAP,
    "runs": {"format": Literal["table", "csv"]},
    "search": {
        **_TRAIN,
        "search.trials": _AT_LEAST_0,
        "search.workers": _or(Literal["auto"], _AT_LEAST_1, "auto"),
        "search.seed": _AT_LEAST_0,
        "search.seeds": _list_of(_AT_LEAST_0, "a list of whole numbers of 0 or more is needed"),
    },
    "shots": {
        "shots": _list_of(
            _AT_LEAST_1, "a list of whole numbers of 1 or more is needed, such as shots=[1,5,10]"
        ),
        "draws": _AT_LEAST_1,
        "replicates": _AT_LEAST_1,
        "seed": _AT_LEAST_0,
        "layers": _list_of(_LAYER, "[embedding], [features] or [embedding,features]"),
        "strengths": _list_of(
            Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)],
            "a list of numbers above 0 is needed, or []",
            least=0,
        ),
    },
    "simulate": {"image_size": _AT_LEAST_1, "columns": _AT_LEAST_1},
    "table": {"published": _FLAG},
    "train": _TRAIN,
}


def check_config(config: DictConfig, command: str) -> None:
    """Check what a command line and config files have set, before anything is built.

    Args:
        config: config of the command.
        command: name of its config, such as `audit` for `protocols audit`.

    Raises:
        ConfigError: keys with an earlier name, values of another type or out of range, or text for
            an argument of a class that takes a number; all are named.
    """
    refuse_renamed_in(config)
    check_values(config, command, HydraConfig.get().overrides.task)


def check_values(config: DictConfig, command: str, overrides: Iterable[str] = ()) -> None:
    """Check the types and ranges of a composed config and of the overrides that led to it.

    Raises:
        ConfigError: as `check_config`, but for earlier names.
    """
    schema = _SCHEMAS[command] | _RUNTIME
    faults = [*_value_faults(config, schema), *argument_faults(config, overrides)]
    if faults:
        raise ConfigError("; ".join(faults))


def _value_faults(config: DictConfig, schema: Schema) -> Iterator[str]:
    for key, expected in schema.items():
        value = OmegaConf.select(config, key)
        plain = OmegaConf.to_container(value) if OmegaConf.is_config(value) else value
        try:
            TypeAdapter(expected).validate_python(plain)
        except ValidationError:
            yield f"{key}={plain}: {_described(expected)}"
