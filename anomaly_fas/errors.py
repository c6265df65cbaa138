"""The exceptions of this package: each message says what is wrong, where, and how to mend it."""

from collections.abc import Iterable, Sequence


class AnomalyFasError(Exception):
    """A mistake in the input: shown to the user without a traceback, exit code 2."""


class ConfigError(AnomalyFasError):
    """A config value that no class accepts."""


class DataError(AnomalyFasError):
    """A manifest, image, score file or split that cannot be used."""


class CheckpointError(AnomalyFasError):
    """A checkpoint or weights file that cannot be read, or belongs to another network."""


class RunError(AnomalyFasError):
    """A run folder that cannot be used, or a run that had to stop."""


class BusyError(RunError):
    """A run that another process is at; the exit code is 75."""


def require_choice(key: str, value: object, choices: Iterable[str]) -> None:
    """Refuse a value that is not one of a closed set.

    Args:
        key: name of the value in the config.
        value: value to check.
        choices: values allowed.

    Raises:
        ConfigError: the value is another one.
    """
    allowed = list(choices)
    if value not in allowed:
        raise ConfigError(f"{key}={value!r}: choose one of {', '.join(allowed)}")


def first_lines(lines: Sequence[str], most: int = 20) -> list[str]:
    """The first lines of many, and how many more there are.

    Example:
        >>> first_lines(["a", "b", "c"], most=1)
        ['a', '… and 2 more']
    """
    more = [f"… and {len(lines) - most} more"] if len(lines) > most else []
    return [*lines[:most], *more]
