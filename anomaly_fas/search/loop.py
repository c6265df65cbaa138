"""The loop of a search: it keeps some trials going until there are none left to begin."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.runs.outcome import mistake
from anomaly_fas.search.outcome import best
from anomaly_fas.search.space import as_overrides
from anomaly_fas.search.work import TrialFailedError, TrialWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from anomaly_fas.search.plan import SearchPlan
    from anomaly_fas.search.trials import Trial, Trials

_log = logging.getLogger(__name__)

_POLL: Final = 0.3
"""Seconds between looks at the processes."""

_TOO_MANY: Final = 3
"""Failures in a row, with one and the same error, that end a search."""


class SearchLoop:
    """Works on the trials of a search, in processes, together with any other such loop.

    Args:
        trials: of the search.
        plan: what they have in common.
        claim_next: the next trial, None while there is none.
    """

    def __init__(
        self, trials: Trials, plan: SearchPlan, claim_next: Callable[[], Trial | None]
    ) -> None:
        self._trials = trials
        self._plan = plan
        self._claim_next = claim_next
        self._going: list[TrialWork] = []
        self._free: deque[Mapping[str, str]] = deque()
        self._errors: deque[str] = deque(maxlen=_TOO_MANY)

    def run(self, slots: Iterable[Mapping[str, str]]) -> None:
        """Return once no trial is left to this process.

        However it ends, runs that are in progress save first, and their trials can be taken up.

        Args:
            slots: for each trial at a time the environment that its runs get.

        Raises:
            RunError: trials fail again and again.
        """
        self._free = deque(slots)
        try:
            while True:
                while self._free and (trial := self._claim_next()):
                    self._begin(trial)
                if not self._going:
                    return
                for work in list(self._going):
                    self._advance(work)
                time.sleep(_POLL)
        finally:
            for work in self._going:
                work.stop()
            for work in self._going:
                work.wait()

    def _begin(self, trial: Trial) -> None:
        values = " ".join(as_overrides(trial.values))
        _log.info("trial %d%s: %s", trial.number, "" if trial.is_new else ", taken up", values)
        try:
            runs = self._plan.runs(trial.values)
        except (AnomalyFasError, HydraException, OmegaConfBaseException) as error:
            self._fail(trial, mistake(error) or str(error), {}, f"it sets {values}")
        else:
            self._going.append(TrialWork(trial, runs, self._plan.folder, self._free.popleft()))

    def _advance(self, work: TrialWork) -> None:
        runs = {str(run.folder.path): run.command for run in work.runs}
        try:
            acer = work.advance()
        except (TrialFailedError, AnomalyFasError) as error:
            self._end(work)
            again = " && ".join(runs.values())
            self._fail(work.trial, str(error), runs, f"log: {work.log}\n  again: {again}")
        else:
            if acer is not None:
                self._end(work)
                self._trials.complete(work.trial, acer, runs)
                self._trials.write_results()
                self._errors.clear()
                self._tell(work.trial, acer)

    def _end(self, work: TrialWork) -> None:
        self._going.remove(work)
        self._free.append(work.slot)

    def _tell(self, trial: Trial, acer: float) -> None:
        first = best(self._trials.outcomes())
        assert first is not None
        assert first.devel_acer is not None
        _log.info(
            "trial %d: devel ACER %.2f %% (best so far: trial %d, %.2f %%)",
            trial.number,
            100 * acer,
            first.number,
            100 * first.devel_acer,
        )

    def _fail(self, trial: Trial, error: str, runs: Mapping[str, str], more: str) -> None:
        _log.error("trial %d failed: %s\n  %s", trial.number, error, more)
        self._trials.fail(trial, error, runs)
        self._trials.write_results()
        # Words with digits, such as values and folders, differ between trials.
        self._errors.append(re.sub(r"\S*\d\S*", "#", error))
        if len(self._errors) == _TOO_MANY and len(set(self._errors)) == 1:
            raise RunError(
                f"{_TOO_MANY} trials in a row failed with the same error: {error}. Once that is "
                "mended, the same command goes on, with as many new trials as `search.trials` says"
            )
