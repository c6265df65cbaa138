"""Read JSON score files of the gradgpad package: a devel and a test file of a protocol."""

import logging
from pathlib import Path
from typing import get_args

import pandas as pd
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.metrics.score_file import read_gradgpad_scores
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import Lists, Selection, official_selection, without_leaks
from anomaly_fas.runs.config_classes import families
from anomaly_fas.types import DataKind, Split

_log = logging.getLogger(__name__)


def gradgpad_table(config: DictConfig) -> ScoreTable:
    """Read the scores of devel and test, labelled by id.

    The protocol is `protocol=…`, or the one in the file's name, as in
    `auxiliary_cross_dataset_siw_test.json`; samples of its lists that the files lack become rows
    without a score.

    Raises:
        ConfigError: there is no devel file beside the test file, and none is named.
        DataError: a file cannot be used.
    """
    test = Path(config.scores)
    paths = {Split.DEVEL: _devel_of(test, config.devel), Split.TEST: test}
    annotations = gradgpad_annotations()
    protocol = _protocol(config, test, annotations)
    lists: Lists = config.lists or "official"
    if lists not in get_args(Lists):
        raise ConfigError(f"lists={lists}: choose one of {', '.join(get_args(Lists))}")
    if protocol is None:
        _log.warning(
            "%s names no protocol, so samples that it lacks are not counted; name it: protocol=…",
            test.name,
        )
        name, listed, kept = "unnamed", {}, {}
    else:
        name, selection = protocol.name, official_selection(protocol, annotations)
        listed = kept = _ids(selection, annotations)
        if lists == "leak_free":
            kept = _ids(without_leaks(selection, annotations), annotations)
    rows = []
    for split, path in paths.items():
        part = read_gradgpad_scores(path, split, annotations, listed.get(split))
        rows.append(part[part["sample_id"].isin(kept[split])] if split in kept else part)
    method = test.stem.removesuffix("_test").removesuffix(f"_{name}")
    facts = {"protocol": name, "lists": lists, "data_kind": str(DataKind.REAL), "method": method}
    return ScoreTable(pd.concat(rows, ignore_index=True).assign(scorer=facts["method"]), facts)


def _devel_of(test: Path, named: str | None) -> Path:
    if named is not None:
        return Path(named)
    beside = test.with_name(test.name.replace("_test.", "_devel."))
    if beside == test or not beside.exists():
        raise ConfigError(
            f"thresholds are taken on devel, and there is no {beside.name} beside {test}: name the "
            "devel file with devel=FILE"
        )
    return beside


def _protocol(config: DictConfig, test: Path, annotations: pd.DataFrame) -> PadProtocol | None:
    chosen = OmegaConf.select(config, "protocol")
    if chosen is not None:
        return instantiate(chosen)  # type: ignore[no-any-return]
    stem = test.stem.removesuffix("_test")
    known = [protocol for family in families() for protocol in family.family(annotations)]
    fitting = [protocol for protocol in known if stem.endswith(f"_{protocol.name}")]
    return max(fitting, key=lambda protocol: len(protocol.name), default=None)


def _ids(selection: Selection, annotations: pd.DataFrame) -> dict[Split, list[str]]:
    ids = annotations["sample_id"].to_numpy()
    return {split: ids[rows].tolist() for split, rows in selection.items()}
