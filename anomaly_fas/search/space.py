"""Read search spaces: keys of the config, and the values that each may take."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from anomaly_fas.errors import ConfigError

Value = str | int | float | bool | None
Values = dict[str, Value]
"""Keys of the config to what a trial sets them to."""

_RANGE: Final = {"low", "high", "log", "step"}


def distributions(space: Mapping[str, Any]) -> dict[str, BaseDistribution]:
    """Convert a search space to Optuna's distributions.

    Args:
        space: keys of the config to lists of choices or to ranges `{low, high}`, ends included,
            with an optional `log: true` or `step`; of whole numbers if all their numbers are.

    Raises:
        ConfigError: the space is empty, or entries of it are neither; all are named.

    Example:
        >>> distributions({"optimizer.lr": {"low": 1e-4, "high": 0.1, "log": True}})
        {'optimizer.lr': FloatDistribution(high=0.1, log=True, low=0.0001, step=None)}
    """
    if not space:
        raise ConfigError(
            "search.space is empty: name a file of conf/search/space/, such as "
            "`search.space=objective`, or give keys, such as "
            "`'search.space={optimizer.lr:{low:1e-4,high:1e-1,log:true}}'`"
        )
    ranges: dict[str, BaseDistribution] = {}
    faults = []
    for key, entry in space.items():
        try:
            ranges[key] = _range(entry) if isinstance(entry, dict) else _choices(entry)
        except (TypeError, ValueError) as error:
            faults.append(f"{key}: {error}")
    if faults:
        raise ConfigError("search.space: " + "; ".join(faults))
    return ranges


def _range(entry: Mapping[str, Any]) -> FloatDistribution | IntDistribution:
    unknown = entry.keys() - _RANGE
    missing = {"low", "high"} - entry.keys()
    if unknown or missing:
        names = ", ".join(sorted(map(str, unknown or missing)))
        raise ValueError(f"{'unknown' if unknown else 'missing'} {names}; a range is "
                         "{low, high} and, if wanted, log: true or a step")  # fmt: skip
    low, high, step = entry["low"], entry["high"], entry.get("step")
    numbers = [low, high] if step is None else [low, high, step]
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in numbers):
        raise TypeError("low, high and step are numbers")
    log = entry.get("log", False)
    if not isinstance(log, bool):
        raise TypeError("log is true or false")
    if all(isinstance(end, int) for end in numbers):
        return IntDistribution(low, high, log, 1 if step is None else step)
    return FloatDistribution(low, high, log, step)


def _choices(entry: Any) -> CategoricalDistribution:
    if not isinstance(entry, list) or not entry:
        raise TypeError("a list of choices or a range {low, high} is expected")
    if not all(isinstance(choice, str | int | float | None) for choice in entry):
        raise TypeError("choices are words and numbers; quote others, such as '[0.9, 0.99]'")
    return CategoricalDistribution(entry)


def first_values(space: Mapping[str, BaseDistribution]) -> Values:
    """Return a point of the space: the lower ends and the first choices."""
    return {
        key: entry.choices[0] if isinstance(entry, CategoricalDistribution) else entry.low  # type: ignore[attr-defined]
        for key, entry in space.items()
    }


def as_overrides(values: Mapping[str, Value]) -> Sequence[str]:
    """Write values as overrides of the command line.

    Example:
        >>> as_overrides({"optimizer.lr": 0.01, "module.gather": False, "init_from": None})
        ['optimizer.lr=0.01', 'module.gather=false', 'init_from=null']
    """
    words = {None: "null", True: "true", False: "false"}
    return [
        f"{key}={words[value] if value is None or isinstance(value, bool) else value}"
        for key, value in values.items()
    ]
