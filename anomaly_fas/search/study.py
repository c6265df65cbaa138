"""The trials of a search: an Optuna study in a journal file, shared by all workers on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import optuna
from filelock import FileLock, Timeout
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from anomaly_fas.errors import RunError
from anomaly_fas.files import cannot_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Protocol

    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

    class MakesSampler(Protocol):
        """A sampler's class with all but its seed."""

        def __call__(self, *, seed: int) -> BaseSampler:
            """The sampler."""


_SETTINGS: Final = "settings"


class SearchStudy:
    """The study of one search, and the trial that this process works on.

    A journal needs no database: it is safe on the network drives of a cluster, where SQLite is not.
    Its lock, and that of each trial, are freed by the system when their holder dies.

    Args:
        folder: of the search; made if need be.

    Raises:
        RunError: the folder cannot be written to, or its file system has no locks.
    """

    def __init__(self, folder: Path) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._folder = folder
        self._claim: FileLock | None = None
        journal = folder / "journal.log"
        try:
            (folder / "claims").mkdir(parents=True, exist_ok=True)
            journal.touch()
            self.lock = FileLock(journal.with_suffix(".lock"))
            with self.lock:
                _cut_torn_line(journal)
                backend = JournalFileBackend(str(journal), self.lock)  # type: ignore[arg-type]
                self._storage = JournalStorage(backend)
                self._study = optuna.create_study(
                    study_name=folder.name, storage=self._storage, load_if_exists=True
                )
        except NotImplementedError as error:
            raise RunError(
                f"the file system of {folder} has no locks, by which the workers on a search "
                "agree: choose another place with `paths.output_dir=…`"
            ) from error
        except OSError as error:
            raise cannot_write(journal, error.strerror or str(error)) from error

    @property
    def trials(self) -> Sequence[FrozenTrial]:
        """All trials, by number."""
        return self._study.get_trials(deepcopy=False)

    def settle(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings that the search was begun with: those given, if this is its beginning."""
        with self.lock:
            if _SETTINGS not in self._study.user_attrs:
                self._study.set_user_attr(_SETTINGS, dict(settings))
            return dict(self._study.user_attrs[_SETTINGS])

    def claim_next(
        self, space: dict[str, BaseDistribution], total: int, sampler: MakesSampler, seed: int
    ) -> FrozenTrial | None:
        """A trial that nobody works on: one that was left half-way, or else a new one.

        What a new trial tries follows from the seed, its number and the outcomes so far, however
        often the search was interrupted.

        Args:
            space: distributions that values are drawn from.
            total: number of trials that there may be, failed ones among them.
            sampler: makes what draws the values.
            seed: of the search.
        """
        self.release()
        with self.lock:
            trials = self.trials
            for trial in trials:
                if trial.state is TrialState.RUNNING and self._is_claimed(trial.number):
                    return trial
            number = len(trials)
            if number >= total:
                return None
            state = np.random.SeedSequence((seed, number)).generate_state(1)
            # Drawn in memory, written in one go: no trial is there with a part of its values.
            scratch = optuna.create_study(sampler=sampler(seed=int(state[0])))
            scratch.add_trials(trials)
            values = scratch.ask(space).params
            self._study.add_trial(
                optuna.trial.create_trial(
                    state=TrialState.RUNNING, params=values, distributions=space
                )
            )
            self._is_claimed(number)
            return self.trials[number]

    def _is_claimed(self, number: int) -> bool:
        """Claim a trial, unless another worker has it."""
        claim = FileLock(self._folder / "claims" / str(number))
        try:
            claim.acquire(blocking=False)
        except Timeout:
            return False
        self._claim = claim
        return True

    def release(self) -> None:
        """Let others take up the trial that this process worked on."""
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def tell(
        self, number: int, runs: Mapping[str, str], devel_acer: float | None, error: str = ""
    ) -> None:
        """Write down what came of the claimed trial.

        Args:
            number: of the trial.
            runs: folder to the command that repeats the run.
            devel_acer: mean over its runs; None where it failed.
            error: why it failed.
        """
        with self.lock:
            study = self._storage.get_study_id_from_name(self._study.study_name)
            trial = self._storage.get_trial_id_from_study_id_trial_number(study, number)
            self._storage.set_trial_user_attr(trial, "runs", dict(runs))
            self._storage.set_trial_user_attr(trial, "error", error)
            failed = TrialState.FAIL if devel_acer is None else None
            self._study.tell(number, devel_acer, state=failed)
        self.release()

    def last_errors(self, since: datetime, count: int) -> list[str]:
        """What the last trials to end failed with, an empty string for each that did not fail."""
        ended = [
            (trial.datetime_complete, trial.user_attrs.get("error", ""))
            for trial in self.trials
            if trial.datetime_complete and trial.datetime_complete >= since
        ]
        return [error for _, error in sorted(ended)[-count:]]


def _cut_torn_line(journal: Path) -> None:
    """Remove what a killed process, or a full disk, left of a line: nothing is read after it."""
    content = journal.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(journal, whole)
