"""The trials of a search: who does which, and what came of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import optuna
from optuna.trial import TrialState

from anomaly_fas.search.claim import take_claim
from anomaly_fas.search.journal import open_journal
from anomaly_fas.search.outcome import TrialOutcome
from anomaly_fas.search.results import write_results
from anomaly_fas.search.space import on_log_axis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Protocol

    from filelock import FileLock
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

    from anomaly_fas.search.space import Values

    class MakesSampler(Protocol):
        """A sampler's class with all but its seed."""

        def __call__(self, *, seed: int) -> BaseSampler:
            """The sampler."""


SPACE: Final = "search.space."
"""What the keys of the space begin with among the settings."""

_SETTINGS: Final = "settings"
_ERROR: Final = "error"
_RUNS: Final = "runs"


@dataclass(frozen=True)
class Trial:
    """A trial that this process has claimed.

    Attributes:
        number: from 0 on.
        values: what it sets.
        claim: released when its outcome has been told.
        is_new: whether nobody has begun it before.
    """

    number: int
    values: Values
    claim: FileLock
    is_new: bool


class Trials:
    """The trials of one search, shared by all processes that work on it.

    Args:
        folder: of the search.
    """

    def __init__(self, folder: Path) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._folder = folder
        self._storage, self._lock = open_journal(folder / "journal.log")
        with self._lock:
            self._study = optuna.create_study(
                study_name=folder.name, storage=self._storage, load_if_exists=True
            )

    def settle(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings that the search was begun with: those given, if this is its beginning."""
        with self._lock:
            there = self._study.user_attrs
            if _SETTINGS not in there:
                self._study.set_user_attr(_SETTINGS, dict(settings))
                return settings
            return dict(there[_SETTINGS])

    def claim_next(
        self,
        space: dict[str, BaseDistribution],
        total: int,
        sampler: MakesSampler,
        seed: int,
    ) -> Trial | None:
        """A trial that nobody is at work on: one that was left half-way, or else a new one.

        What a new trial tries follows from the seed, its number and the outcomes so far, however
        often the search was interrupted.

        Args:
            space: that values are drawn from.
            total: trials that there may be, failed ones among them.
            sampler: that draws them.
            seed: of the search.
        """
        with self._lock:
            trials = self._study.get_trials(deepcopy=False)
            for trial in trials:
                if trial.state is TrialState.RUNNING and (
                    claimed := self._claim(trial, is_new=False)
                ):
                    return claimed
            for number in range(len(trials), total):
                state = np.random.SeedSequence((seed, number)).generate_state(1)
                self._add(space, sampler(seed=int(state[0])))
                # Values that a trial in progress has are left to whoever does that one.
                added = self._study.get_trials(deepcopy=False)[number]
                if claimed := self._claim(added, is_new=True):
                    return claimed
        return None

    def _add(self, space: dict[str, BaseDistribution], sampler: BaseSampler) -> None:
        """Draw in memory, write in one go: no trial is there with a part of its values."""
        scratch = optuna.create_study(sampler=sampler)
        scratch.add_trials(self._study.get_trials(deepcopy=False))
        drawn = scratch.ask(space)
        self._study.add_trial(
            optuna.trial.create_trial(
                state=TrialState.RUNNING, params=drawn.params, distributions=space
            )
        )

    def _claim(self, trial: FrozenTrial, *, is_new: bool) -> Trial | None:
        """Claimed by values and not by number: equal values are one run folder."""
        values = json.dumps(trial.params, sort_keys=True)
        name = hashlib.sha256(values.encode()).hexdigest()[:16]
        claim = take_claim(self._folder / "claims" / name)
        return Trial(trial.number, dict(trial.params), claim, is_new) if claim else None

    def complete(self, trial: Trial, devel_acer: float, runs: Mapping[str, str]) -> None:
        """Tell what came of a trial, and release it.

        Args:
            trial: that was claimed.
            devel_acer: mean over its runs.
            runs: folder to the command that repeats the run.
        """
        with self._lock:
            self._note(trial, _RUNS, dict(runs))
            self._study.tell(trial.number, devel_acer)
        trial.claim.release()

    def fail(self, trial: Trial, error: str, runs: Mapping[str, str]) -> None:
        """Tell why a trial failed, and release it."""
        with self._lock:
            self._note(trial, _RUNS, dict(runs))
            self._note(trial, _ERROR, error)
            self._study.tell(trial.number, state=TrialState.FAIL)
        trial.claim.release()

    def _note(self, trial: Trial, key: str, value: Any) -> None:
        study = self._storage.get_study_id_from_name(self._study.study_name)
        number = self._storage.get_trial_id_from_study_id_trial_number(study, trial.number)
        self._storage.set_trial_user_attr(number, key, value)

    def outcomes(self) -> Sequence[TrialOutcome]:
        """All trials, by number."""
        return [
            TrialOutcome(
                number=trial.number,
                values=dict(trial.params),
                state=trial.state.name.lower(),
                devel_acer=trial.value if trial.state is TrialState.COMPLETE else None,
                error=trial.user_attrs.get(_ERROR, ""),
                runs=trial.user_attrs.get(_RUNS, {}),
            )
            for trial in self._study.get_trials(deepcopy=False)
        ]

    def write_results(self) -> None:
        """Write `trials.csv`, `best.yaml` and `search.png`; nobody writes older ones over them.

        Raises:
            RunError: a file cannot be written.
        """
        with self._lock:
            space = {
                key.removeprefix(SPACE): entry
                for key, entry in self._study.user_attrs.get(_SETTINGS, {}).items()
                if key.startswith(SPACE)
            }
            write_results(self._folder, self.outcomes(), on_log_axis(space))
