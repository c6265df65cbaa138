"""`anomaly-fas shots`: what references from a new domain bring to trained runs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.data.source import Source
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.metrics.shot_figures import TestedDraw
from anomaly_fas.random_streams import Stream
from anomaly_fas.runs.folder import RunFolder
from anomaly_fas.runs.saved_config import known_subjects, use_here
from anomaly_fas.trust import require_trusted
from anomaly_fas.types import Label, Split

if TYPE_CHECKING:
    from anomaly_fas.adaptation.shot_curve import Draw, Tested
    from anomaly_fas.reporting.shots import ShotRow

_log = logging.getLogger(__name__)


class Run(NamedTuple):
    """Folder of a finished run, and the config of its checkpoint."""

    path: Path
    config: dict[str, Any]


def main() -> None:
    """The subcommand."""
    run_app("shots", shots, aliases=FACE_GROUPS)


def shots(config: DictConfig) -> None:
    """Embed the domain once a run, adapt to every draw and number of shots, and report."""
    if OmegaConf.select(config, "scorer") is None:
        raise ConfigError("scorer=[]: name what is to be given the references")

    import numpy as np

    from anomaly_fas.adaptation.shot_curve import draw_samples
    from anomaly_fas.reporting.shots import ShotReport

    runs = _runs(config.run, config.trusted_packages)
    source, positions = _domain(config, runs[0].config)
    rows = source.annotations.iloc[positions].reset_index(drop=True)
    if any(OmegaConf.select(config, group) is not None for group in ("data", "protocol")):
        for run in runs:
            _refuse_known(run, rows)
    draws = draw_samples(
        rows, config.draws, max(config.shots), config.pool_share, config.apart, config.seed
    )
    counts = _possible(config.shots, draws)
    tested = []
    for run in runs:
        _log.info("%s", run.path)
        data, tests = _domain(config, run.config)
        if not np.array_equal(data.annotations["sample_id"].iloc[tests], rows["sample_id"]):
            raise DataError(f"{run.path} was tested on other samples than {runs[0].path}")
        tested.append(_tested(config, run, data, tests, counts, draws))
    report = ShotReport(
        title=f"References from {', '.join(sorted(rows['dataset'].unique()))}",
        rows=_figures(config, rows, runs, tested),
        note=_note(config, rows, source),
    )
    _log.info("written to %s", report.write(Path(config.output)))


def _runs(paths: Any, trusted_packages: Collection[str]) -> list[Run]:
    """Read the finished runs at or below some folders."""
    from anomaly_fas.models.checkpoint import FACTS, read_checkpoint

    runs = []
    for path in [paths] if isinstance(paths, str) else list(paths):
        named = RunFolder(Path(path))
        checkpoints = sorted(named.path.glob("**/checkpoints/best.ckpt"))
        below = [RunFolder(checkpoint.parent.parent) for checkpoint in checkpoints]
        folders = [named] if named.is_finished else below
        finished = [folder for folder in folders if folder.is_finished]
        if not finished:
            raise DataError(f"run={path}: no finished run in it")
        for folder in finished:
            settings = read_checkpoint(folder.best)[FACTS]["config"]
            require_trusted(settings, folder.best, trusted_packages)
            runs.append(Run(folder.path, settings))
    return runs


def _domain(config: DictConfig, saved: dict[str, Any]) -> tuple[Source, np.ndarray]:
    """Return the data and the positions of its samples that make up the domain."""
    import numpy as np

    from anomaly_fas.data.source import select_from

    config.image_size = saved["image_size"]
    data, protocol = (OmegaConf.select(config, group) for group in ("data", "protocol"))
    if data is None:
        settings = OmegaConf.create(saved)
        use_here(settings, config)
        data, protocol = settings.data, protocol or saved["protocol"]
    source: Source = instantiate(data)
    positions = np.arange(len(source.annotations))
    if protocol is not None:
        lists, rule = config.lists or saved["lists"], instantiate(protocol)
        positions = select_from(source, rule, lists, needed=(Split.TEST,))[Split.TEST]
    source.prepare()
    return source, positions


def _refuse_known(run: Run, rows: pd.DataFrame) -> None:
    """Refuse a domain with subjects that a run was trained on: it is not new to the run."""
    known = known_subjects(run.path, run.config, rows)
    if known:
        raise DataError(
            f"{run.path} was trained on {len(known)} subject(s) of the domain, such as {known[0]}: "
            "choose other data, or with protocol=… those that it tests"
        )


def _possible(wanted: Sequence[int], draws: Sequence[Draw]) -> list[int]:
    """Return the numbers of shots that every draw has references for."""
    most = min(min(map(len, draw.references)) for draw in draws)
    left_out = [count for count in wanted if count > most]
    if left_out:
        _log.warning("shots=%s: in some draw there are only %d pairs, so left out", left_out, most)
    possible = sorted(set(wanted) - set(left_out))
    if not possible:
        raise DataError(f"in some draw there are only {most} pairs of references: raise pool_share")
    return possible


def _tested(
    config: DictConfig,
    run: Run,
    source: Source,
    positions: np.ndarray,
    counts: Sequence[int],
    draws: Sequence[Draw],
) -> list[Tested]:
    from anomaly_fas.adaptation.shot_curve import Adaptations, embed, with_shots, without_shots
    from anomaly_fas.models.checkpoint import load

    detector = load(RunFolder(run.path).best, config.trusted_packages)
    domain = embed(detector, source, positions)
    scaled = config.copy()
    scaled.scale = run.config["scale"] if config.scale is None else config.scale
    scorers: Any = OmegaConf.to_container(scaled.scorer, resolve=True)
    adaptations = Adaptations(scorers, list(config.strengths), list(config.layers))
    tested = list(without_shots(detector, domain, adaptations, draws))
    for count in counts:
        tested += with_shots(detector, domain, adaptations, count, draws)
    return tested


def _figures(
    config: DictConfig,
    rows: pd.DataFrame,
    runs: Sequence[Run],
    tested: Sequence[Sequence[Tested]],
) -> list[ShotRow]:
    import numpy as np

    from anomaly_fas.metrics.resampling import resample
    from anomaly_fas.metrics.shot_figures import Replicates
    from anomaly_fas.reporting.shots import ShotRow

    rng = np.random.default_rng([config.seed, Stream.SHOT_BOOTSTRAP])
    weights = resample(rows.iloc[:0], rows, config.replicates, rng).test
    replicates = Replicates(weights, config.draws, rng)
    methods = _methods(runs)
    scores: dict[tuple[str, str, int], dict[str, list[TestedDraw]]] = {}
    for method, run, draws in zip(methods, runs, tested, strict=True):
        for draw in draws:
            by_run = scores.setdefault((method, draw.adaptation, draw.shots), {})
            by_run.setdefault(str(run.path), []).append(draw.scores)
    first = next(iter(config.scorer))
    return sorted(
        (
            ShotRow(*key, tuple(by_run), replicates.figures(list(by_run.values())))
            for key, by_run in scores.items()
        ),
        key=lambda row: (
            row.adaptation != first, row.shots, methods.index(row.method), repr(row.adaptation)
        ),
    )  # fmt: skip


def _methods(runs: Sequence[Run]) -> list[str]:
    """Name each run's method, with its config's hash where several configs share the method."""
    facts = [run.config["run_facts"] for run in runs]
    pairs = [(own["method"], own["config_hash"]) for own in facts]
    configs = Counter(method for method, _ in set(pairs))
    return [name if configs[name] == 1 else f"{name}-{config}" for name, config in pairs]


def _note(config: DictConfig, rows: pd.DataFrame, source: Source) -> str:
    count = rows["label"].value_counts()
    subjects = (rows["dataset"] + "/" + rows["subject"]).nunique()
    return (
        f"The domain ({source.kind} data) has {count[Label.BONA_FIDE]} bona fide samples and "
        f"{count[Label.ATTACK]} attacks of {subjects} subjects. In each of {config.draws} draws, "
        f"references come from {100 * config.pool_share:g} % of the subjects, and all samples of "
        f"the others{', of other sessions,' if config.apart == 'session' else ''} are tested. "
        "Without shots a run scores with the references and the threshold that it came with. The "
        "threshold of ACER is found on the shots alone, each scored with its pair left out; of one "
        "pair it is 0.5. Intervals are over draws and over subjects."
    )
