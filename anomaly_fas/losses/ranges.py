"""Checks of what a loss is given, so that a mistake in its config is named before training."""

from anomaly_fas.errors import ConfigError


def require_positive(loss: str, **values: float) -> None:
    """Refuse values of 0 or less.

    Args:
        loss: its name in `conf/loss`.
        values: by the names they have there.

    Raises:
        ConfigError: a value is out of range, or no number.
    """
    for name, value in values.items():
        if not value > 0:
            raise ConfigError(f"loss={loss}: {name}={value}: a number above 0 is needed")


def require_not_negative(loss: str, **values: float) -> None:
    """Refuse values below 0; see `require_positive`."""
    for name, value in values.items():
        if not value >= 0:
            raise ConfigError(f"loss={loss}: {name}={value}: a number of 0 or more is needed")


def require_share(loss: str, **values: float) -> None:
    """Refuse values outside of 0 to 1; see `require_positive`."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ConfigError(f"loss={loss}: {name}={value}: a number from 0 to 1 is needed")
