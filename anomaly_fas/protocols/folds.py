"""Folds of subjects, across sessions: new people at another time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError, require_choice
from anomaly_fas.protocols.selection import subject_keys
from anomaly_fas.types import Split

DevelSession = Literal["seen", "unseen"]


@dataclass(frozen=True)
class Folds:
    """Train on some subjects in one session, test other subjects in every other session.

    Subjects are sorted by dataset and name, and dealt in turn: number i to fold i mod `folds`. One
    fold is tested. Of the remaining subjects, in the same order, devel takes `devel_subjects`,
    evenly spaced from the first on, and train all others. So train and test, and devel and test
    where the devel session is seen, share neither subject nor session. With two sessions the folds
    and train sessions together test every subject once in each of its sessions; with S sessions,
    S - 1 times, once for each session that was trained in.

    The column `split` is not looked at. Rows without subject or session serve no split.

    Args:
        train_session: name of the session, or names of those, to train in.
        fold: the fold that is tested, from 0.
        folds: number of folds, at least 2.
        devel_subjects: how many of the remaining subjects are devel's; None for a third, rounded,
            and at least one.
        devel_session: `seen` takes devel samples of the train session; `unseen` of the others,
            as the test does, to choose settings by without looking at a test subject.

    Raises:
        ConfigError: no such fold, fewer folds than two, or no such choice of devel session.
    """

    train_session: str | Sequence[str]
    fold: int = 0
    folds: int = 3
    devel_subjects: int | None = None
    devel_session: DevelSession = "seen"

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise ConfigError(f"protocol.folds={self.folds!r}: at least two folds are needed")
        if self.fold not in range(self.folds):
            raise ConfigError(
                f"protocol.fold={self.fold!r}: choose one of 0 to {self.folds - 1}, as there are "
                f"{self.folds} folds"
            )
        require_choice("protocol.devel_session", self.devel_session, get_args(DevelSession))

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        sessions = "_".join(re.sub(r"\W+", "_", session) for session in self._sessions())
        devel = "" if self.devel_subjects is None else f"_devel_{self.devel_subjects}"
        unseen = "_devel_unseen" if self.devel_session == "unseen" else ""
        return f"folds_{self.fold}_of_{self.folds}_train_{sessions}{devel}{unseen}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        keys, known = subject_keys(rows), (rows["subject"] != "") & (rows["session"] != "")
        seen = self._seen(rows["session"][known]).reindex(rows.index, fill_value=False)
        serving = self._deal(np.unique(keys[known.to_numpy()]))[split]
        of_train_session = split is Split.TRAIN or (
            split is Split.DEVEL and self.devel_session == "seen"
        )
        return known & np.isin(keys, serving) & (seen == of_train_session)

    def _sessions(self) -> list[str]:
        given = self.train_session
        return [str(given)] if isinstance(given, str | int) else [str(name) for name in given]

    def _seen(self, sessions: pd.Series[str]) -> pd.Series[bool]:
        """Tell which samples are of the train sessions."""
        known = sorted(sessions.unique())
        unknown = sorted(set(self._sessions()) - set(known))
        if not known:
            raise ConfigError(
                "protocol=folds needs the columns subject and session, and no sample has both"
            )
        if unknown or len(known) == len(set(self._sessions())):
            raise ConfigError(
                f"protocol.train_session={self.train_session!r}: name some but not all of the "
                f"sessions {', '.join(known)}"
            )
        return sessions.isin(self._sessions())

    def _deal(self, subjects: np.ndarray) -> dict[Split, np.ndarray]:
        """Deal sorted subjects to the splits."""
        in_fold = np.arange(subjects.size) % self.folds == self.fold
        rest = subjects[~in_fold]
        count = self.devel_subjects
        if count is None:
            count = max(1, round(rest.size / 3))
        if not (in_fold.any() and 0 < count < rest.size):
            raise ConfigError(
                f"protocol.folds={self.folds}, devel_subjects={self.devel_subjects}: with "
                f"{subjects.size} subject(s) a split would have none; choose fewer"
            )
        is_devel = np.isin(np.arange(rest.size), np.arange(count) * rest.size // count)
        return {
            Split.TRAIN: rest[~is_devel],
            Split.DEVEL: rest[is_devel],
            Split.TEST: subjects[in_fold],
        }

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`; three folds for each session, where there are two or more."""
        known = rows[(rows["subject"] != "") & (rows["session"] != "")]
        sessions = sorted(known["session"].unique())
        enough = len(sessions) > 1 and np.unique(subject_keys(known)).size >= cls.folds
        return [cls(name, fold) for fold in range(cls.folds) for name in sessions] if enough else []
