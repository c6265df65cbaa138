"""Deep anomaly detection for generalised face anti-spoofing."""

from typing import TYPE_CHECKING, Any

from anomaly_fas import torchvision_ops

if TYPE_CHECKING:
    from anomaly_fas.models.checkpoint import load

__all__ = ["__version__", "load"]

__version__ = "0.1.0"

torchvision_ops.install()


def __getattr__(name: str) -> Any:
    """`load` is imported when it is first asked for, and torch with it."""
    if name == "load":
        from anomaly_fas.models.checkpoint import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
