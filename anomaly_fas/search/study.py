"""Keep the trials of a search in an Optuna study that all its workers share."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import optuna
from filelock import FileLock, Timeout
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from anomaly_fas.errors import RunError
from anomaly_fas.files import cannot_write

_SETTINGS: Final = "settings"


class SearchStudy:
    """Study of a search, and the trial that this process works on.

    A journal needs no database: it is safe on the network drives of a cluster, where SQLite is not.
    Its lock, and that of each trial, are freed by the system when their holder dies.

    Args:
        folder: folder of the search; created if needed.

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
        """All trials, sorted by number."""
        return self._study.get_trials(deepcopy=False)

    def settle(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the settings that the search was begun with, which are these if it is new."""
        with self.lock:
            if _SETTINGS not in self._study.user_attrs:
                self._study.set_user_attr(_SETTINGS, dict(settings))
            return dict(self._study.user_attrs[_SETTINGS])

    def claim_next(
        self,
        space: dict[str, BaseDistribution],
        total: int,
        sampler: Callable[..., BaseSampler],
        seed: int,
    ) -> FrozenTrial | None:
        """Claim a trial that nobody works on: an interrupted one, or else a new one.

        The values of a new trial follow from the seed, its number and the outcomes so far, however
        often the search was interrupted.

        Args:
            space: distributions to draw values from.
            total: largest number of trials, including failed ones.
            sampler: class of Optuna's sampler, called with a seed.
            seed: seed of the search.
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
        """Let other workers claim the trial of this process."""
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def tell(
        self, number: int, runs: Mapping[str, str], devel_acer: float | None, error: str = ""
    ) -> None:
        """Record the outcome of the claimed trial.

        Args:
            number: number of the trial.
            runs: folders of its runs to the commands that repeat them.
            devel_acer: mean over its runs, a fraction; None for a failure.
            error: reason of a failure.
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
        """Return the errors of the last trials to end, empty for those that did not fail."""
        ended = [
            (trial.datetime_complete, trial.user_attrs.get("error", ""))
            for trial in self.trials
            if trial.datetime_complete and trial.datetime_complete >= since
        ]
        return [error for _, error in sorted(ended)[-count:]]


def _cut_torn_line(journal: Path) -> None:
    """Remove a line that a killed process left unfinished: nothing would be read after it."""
    content = journal.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(journal, whole)
