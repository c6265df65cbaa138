"""Deep anomaly detection for generalised face anti-spoofing."""

from anomaly_fas import torchvision_ops

__version__ = "0.1.0"

torchvision_ops.install()
