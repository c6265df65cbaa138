"""What launchers have in common."""

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.launcher import need


def test_an_extra_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'anomaly-fas\[ray\]'"):
        need("no_such_module", extra="ray")
