"""The exceptions of this package: each message says what is wrong, where, and how to mend it."""


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
