"""GRAD-GPAD v2: the annotations and official splits of 29,567 samples of 13 datasets.

Facts from the `gradgpad` package 2.1.0 (MIT, see LICENSE in this folder), Costa-Pazo et al., IET
Biometrics 2021, doi:10.1049/bme2.12049. `build.py` rebuilds the table.
"""

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from anomaly_fas.types import ANNOTATION_COLUMNS

TABLE: Final = Path(__file__).with_name("annotations.csv.xz")
OFFICIAL_LISTS: Final = Path(__file__).with_name("official_lists.csv")


@cache
def _table() -> pd.DataFrame:
    rows = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    return rows.reindex(columns=list(ANNOTATION_COLUMNS), fill_value="")


def gradgpad_annotations() -> pd.DataFrame:
    """Return one row per sample, with the columns of `ANNOTATION_COLUMNS`.

    `split` names every split that the official lists put the sample in, joined by `+`; 298 SiW-M
    samples stand in no list and have none.
    """
    return _table().copy()
