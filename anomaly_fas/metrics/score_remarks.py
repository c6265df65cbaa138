"""Remark on faults of scores that a reader of their figures must know."""

from typing import Final

import pandas as pd

from anomaly_fas.metrics import curves
from anomaly_fas.metrics.analysis import attack_groups, by_label
from anomaly_fas.metrics.intervals import binomial_interval
from anomaly_fas.types import Label, Split

HANDFUL: Final = 20
"""Fewer samples of a species than this are remarked on: no error among 19 allows 17 %."""

FEW_SUBJECTS: Final = 10
"""Fewer subjects of a dataset than this are remarked on."""

INVERTED: Final = 0.4
"""Devel AUC below which scores are taken to run the wrong way."""


def remarks(devel: pd.DataFrame, test: pd.DataFrame) -> list[str]:
    """Describe faults of the scores of one scorer that still allow evaluation, a sentence each.

    Args:
        devel: score rows of the devel split, one a sample; may be empty.
        test: the same of the test split.
    """
    splits = {Split.DEVEL: devel, Split.TEST: test}
    found = [text for split, rows in splits.items() for text in _of_split(rows, split)]
    return [*found, *_inverted(devel), *_shared(devel, test), *_subjects_of(test), *_handfuls(test)]


def _of_split(rows: pd.DataFrame, split: Split) -> list[str]:
    found = []
    silent = rows[rows["score"].isna()]
    if len(silent):
        datasets = silent.groupby("dataset").size()
        where = ", ".join(f"{name} {count}" for name, count in datasets.items())
        attacks = int((silent["label"] == Label.ATTACK).sum())
        found.append(
            f"{len(silent)} of {len(rows)} {split} samples have no score ({where}; {attacks} of "
            "them attacks). ISO/IEC 30107-3 asks for them as non-response rates, APNRR and BPNRR; "
            "they take no part in the other rates."
        )
    answered = rows["score"].dropna()
    if len(answered) > 1 and answered.nunique() == 1:
        found.append(
            f"All {len(answered)} {split} scores are equal ({answered.iloc[0]:g}): no threshold "
            "separates anything. Was the right column written?"
        )
    return found


def _inverted(devel: pd.DataFrame) -> list[str]:
    bona_fide, attack = by_label(devel)
    if not bona_fide.size or not attack.size:
        return []
    area = curves.auc(bona_fide, attack)
    if area >= INVERTED:
        return []
    return [
        f"On devel bona fide samples outscore attacks (AUC {area:.3f}). Here a higher score means "
        "more likely an attack; if yours run the other way, add higher_is=bona_fide."
    ]


def _shared(devel: pd.DataFrame, test: pd.DataFrame) -> list[str]:
    samples = set(devel["sample_id"]) & set(test["sample_id"])
    subjects = (_subjects(devel) & _subjects(test)) - {""}
    if not samples and not subjects:
        return []
    return [
        f"{len(samples)} sample(s) and {len(subjects)} subject(s) stand in both devel and test: "
        "the threshold has seen them, and the figures are too good."
    ]


def _subjects_of(test: pd.DataFrame) -> list[str]:
    unknown = test["subject"] == ""
    found = []
    if unknown.any():
        found.append(
            f"No subject is known of {unknown.sum()} of {len(test)} test samples: the bootstrap "
            "draws them one by one, and its intervals are too narrow if their subjects recur."
        )
    counts = test[~unknown].groupby("dataset")["subject"].nunique()
    few = counts[counts < FEW_SUBJECTS]
    if len(few):
        named = ", ".join(f"{dataset} ({count})" for dataset, count in few.items())
        found.append(
            f"Fewer than {FEW_SUBJECTS} known subjects in {named}: intervals over so few subjects "
            "are too narrow."
        )
    return found


def _subjects(rows: pd.DataFrame) -> set[str]:
    known = rows[rows["subject"] != ""]
    return set(known["dataset"] + "/" + known["subject"])


def _handfuls(test: pd.DataFrame) -> list[str]:
    attacks = test[(test["label"] == Label.ATTACK) & test["score"].notna()]
    found = []
    for species, rows in attacks.groupby(attack_groups(attacks)[""]):
        if len(rows) < HANDFUL:
            highest = binomial_interval(0, len(rows)).high
            found.append(
                f"Only {len(rows)} test sample(s) of {species}: with no error at all, its APCER "
                f"may still be {100 * highest:.0f} %."
            )
    return found
