"""Report how much of the datasets, and of each protocol, has files."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.protocol import PadProtocol, in_split
from anomaly_fas.protocols.selection import Lists, official_selection, select, without_leaks
from anomaly_fas.types import Split


class Coverage(StrEnum):
    """How much of a protocol can be run."""

    FULL = "full"
    PART = "part"
    NONE = "none"


def coverage(rows: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    """The samples of each dataset and split, and how many of them have a file.

    Args:
        rows: annotation table.
        found: bool, shape [rows], which samples have a file.

    Returns:
        One row a dataset and split that has samples, with `dataset`, `split` (empty for samples
        of no split), `listed`, `found` and `missing`. A sample of several splits counts in each.
    """
    counts = []
    for dataset, cells in rows["split"].reset_index(drop=True).groupby(rows["dataset"].to_numpy()):
        inside = {str(split): in_split(cells, split) for split in Split} | {"": cells == ""}
        for split, members in inside.items():
            listed = int(members.sum())
            if listed:
                here = int(found[cells.index[members]].sum())
                counts.append((dataset, split, listed, here, listed - here))
    return pd.DataFrame(counts, columns=["dataset", "split", "listed", "found", "missing"])


def protocol_coverage(
    families: Sequence[type[PadProtocol]],
    rows: pd.DataFrame,
    found: np.ndarray,
    lists: Lists = "leak_free",
) -> pd.DataFrame:
    """How much of each protocol can be run with the samples that were found.

    Args:
        families: protocol classes.
        rows: annotation table.
        found: bool, shape [rows], which samples have a file.
        lists: of the samples, as for a training.

    Returns:
        One row a protocol, with `protocol`, `state` (a value of `Coverage`), `<split>_listed` and
        `<split>_found` for each split, and `reason`, why it cannot be run: a dataset it is
        about, or a class of a split, is not there.
    """
    present = rows[found]
    table: list[dict[str, str | int]] = []
    for protocol in (protocol for family in families for protocol in family.family(rows)):
        reason = ""
        try:
            select(protocol, present, lists)
        except (ConfigError, DataError) as error:  # a dataset, or a class of a split, is not there
            reason = str(error)
        listed = official_selection(protocol, rows)
        if lists == "leak_free":
            listed = without_leaks(listed, rows)
        counts = {}
        for split in Split:
            counts[f"{split}_listed"] = len(listed[split])
            counts[f"{split}_found"] = int(found[listed[split]].sum())
        complete = all(found[chosen].all() for chosen in listed.values())
        state = Coverage.NONE if reason else Coverage.FULL if complete else Coverage.PART
        table.append({"protocol": protocol.name, "state": state} | counts | {"reason": reason})
    return pd.DataFrame(table)
