"""Work on the trials of a search, one after the other, until there are none left."""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Final

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException
from optuna.trial import FrozenTrial

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.runs.outcome import mistake
from anomaly_fas.search.results import best, write_results
from anomaly_fas.search.space import Values, as_overrides
from anomaly_fas.search.study import SearchStudy
from anomaly_fas.search.trial import TrialRun, devel_acer, train

_log = logging.getLogger(__name__)

_TOO_MANY: Final = 3  # failures in a row, with one and the same error, that end a search


def work(
    study: SearchStudy,
    folder: Path,
    plan: Callable[[Values], Sequence[TrialRun]],
    claim_next: Callable[[], FrozenTrial | None],
) -> None:
    """Work on the trials of a search until none is left, together with any other worker.

    However it ends, a run that is in progress saves first, and its trial can be taken up.

    Args:
        study: study of the search.
        folder: folder of the search.
        plan: function that composes the runs of a trial from its values.
        claim_next: function that returns the next trial, or None.

    Raises:
        RunError: trials fail again and again.
    """
    begun = datetime.now()
    try:
        while trial := claim_next():
            error = _try(study, folder, plan, trial)
            with study.lock:
                write_results(folder, study.trials)
            if error:
                _check_errors(study.last_errors(begun, _TOO_MANY), error)
    finally:
        study.release()


def _try(
    study: SearchStudy,
    folder: Path,
    plan: Callable[[Values], Sequence[TrialRun]],
    trial: FrozenTrial,
) -> str:
    """Train the runs of a trial and tell the study; return the error of a failure."""
    number = trial.number
    values = " ".join(as_overrides(trial.params))
    log = folder / "logs" / f"trial-{number}.log"
    _log.info("trial %d%s: %s", number, ", taken up" if log.exists() else "", values)
    error, more, commands = "", f"it sets {values}", {}
    try:
        runs = plan(trial.params)
        commands = {str(run.folder.path): run.command for run in runs}
        more = f"log: {log}\n  again: {' && '.join(commands.values())}"
        for at, run in enumerate(runs):
            outcome = train(run, folder / "configs" / f"trial-{number}-{at}.yaml", log)
            if outcome.is_failure:
                error = outcome.reason
                break
        else:
            acer = fmean(devel_acer(run.folder.path) for run in runs)
    except (AnomalyFasError, HydraException, OmegaConfBaseException) as fault:
        error = mistake(fault) or str(fault)
    if error:
        _log.error("trial %d failed: %s\n  %s", number, error, more)
        study.tell(number, commands, None, error)
        return error
    study.tell(number, commands, acer)
    first = best(study.trials) or trial
    _log.info(
        "trial %d: devel ACER %.2f %% (best so far: trial %d, %.2f %%)",
        *(number, 100 * acer, first.number, 100 * (first.value or 0.0)),
    )
    return ""


def _check_errors(last: Sequence[str], error: str) -> None:
    """Raise RunError when the last trials failed alike."""
    # Words with digits, such as values and folders, differ between trials.
    alike = {re.sub(r"\S*\d\S*", "#", text) for text in last}
    if len(last) == _TOO_MANY and len(alike) == 1:
        raise RunError(
            f"{_TOO_MANY} trials in a row failed with the same error: {error}. Once that is "
            "mended, the same command goes on, with as many new trials as `search.trials` says"
        )
