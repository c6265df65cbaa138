"""Whom a network was trained on, for data that it is to be tested on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import OmegaConf

from anomaly_fas.errors import AnomalyFasError
from anomaly_fas.runs.outcome import mistake
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

_log = logging.getLogger(__name__)


def known_subjects(run: Path, saved: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
    """The subjects of `rows` that a run was trained on, as dataset/subject, in order.

    None of them where the run's own data are gone, of which there is a warning.

    Args:
        run: where the run or its checkpoint is, to name it.
        saved: its config.
        rows: annotations of samples.
    """
    from anomaly_fas.data.source_selection import select_from
    from anomaly_fas.protocols.selection import subject_keys

    try:
        config = OmegaConf.create(dict(saved))
        protocol, source = instantiate(config.protocol), instantiate(config.data)
        chosen = select_from(source, protocol, saved["lists"], needed=())[Split.TRAIN]
    except (AnomalyFasError, InstantiationException) as error:  # the latter of data that is gone
        _log.warning("cannot tell whom %s was trained on: %s", run, mistake(error))
        return []
    trained, asked = (set(subject_keys(r)) for r in (source.annotations.iloc[chosen], rows))
    return sorted(trained & asked - {""})
