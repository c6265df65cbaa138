"""The launchers, where Hydra looks for them."""

from anomaly_fas.sweeps import local, ray, submitit


class LocalLauncher(local.LocalLauncher):
    """Several runs at a time on this machine."""


class RayLauncher(ray.RayLauncher):
    """Each run is a task of a Ray cluster."""


class SubmititLauncher(submitit.SubmititLauncher):
    """Each run is a job of a cluster, such as SLURM's."""
