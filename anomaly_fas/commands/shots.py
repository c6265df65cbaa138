"""`anomaly-fas shots`: what references from a new domain bring to trained runs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hydra.utils import instantiate
from omegaconf import OmegaConf

from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.random_streams import Stream
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.folder import RunFolder
from anomaly_fas.runs.saved_config import known_subjects, use_here
from anomaly_fas.trust import require_trusted
from anomaly_fas.types import Label, Split

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    import pandas as pd
    from omegaconf import DictConfig

    from anomaly_fas.adaptation.shot_curve import Draw, Tested
    from anomaly_fas.data.source import Source
    from anomaly_fas.reporting.shots.page import ShotRow

_log = logging.getLogger(__name__)


class Run(NamedTuple):
    """A finished run.

    Attributes:
        path: its folder.
        config: that of its checkpoint.
    """

    path: Path
    config: dict[str, Any]


def main() -> None:
    """The subcommand."""
    run_app("shots", shots, aliases=FACE_GROUPS)


def shots(config: DictConfig) -> None:
    """Embed the domain once a run, adapt to every draw and number of shots, and report."""
    _check(config)

    import numpy as np

    from anomaly_fas.adaptation.shot_curve import draw_samples
    from anomaly_fas.reporting.shots.page import ShotReport

    runs = _runs(config.run, config.trusted_packages)
    source, chosen = _domain(config, runs[0].config)
    rows = source.annotations.iloc[chosen].reset_index(drop=True)
    if any(OmegaConf.select(config, group) is not None for group in ("data", "protocol")):
        for run in runs:
            _refuse_known(run, rows)
    made = draw_samples(
        rows, config.draws, max(config.shots), config.pool_share, config.apart, config.seed
    )
    counts = _possible(config.shots, made)
    tested = []
    for run in runs:
        _log.info("%s", run.path)
        own = _domain(config, run.config)
        if not np.array_equal(own[0].annotations["sample_id"].iloc[own[1]], rows["sample_id"]):
            raise DataError(f"{run.path} was tested on other samples than {runs[0].path}")
        tested.append(_tested(config, run, *own, counts, made))
    report = ShotReport(
        title=f"References from {', '.join(sorted(rows['dataset'].unique()))}",
        rows=_figures(config, rows, runs, tested),
        note=_note(config, rows, made, source),
    )
    _log.info("written to %s", report.write(Path(config.output)))


def _check(config: DictConfig) -> None:
    check_values(config, "shots")
    if OmegaConf.select(config, "scorer") is None:
        raise ConfigError("scorer=[]: name what is to be given the references")


def _runs(given: Any, trusted_packages: Collection[str]) -> list[Run]:
    """The finished runs at or below the folders that are named."""
    from anomaly_fas.models.checkpoint import FACTS, read_checkpoint

    found = []
    for path in [given] if isinstance(given, str) else list(given):
        folder = RunFolder(Path(path))
        below = [folder.path] if folder.is_finished else _below(folder.path)
        if not below:
            raise DataError(f"run={path}: no finished run in it")
        for one in below:
            settings = read_checkpoint(RunFolder(one).best)[FACTS]["config"]
            require_trusted(settings, RunFolder(one).best, trusted_packages)
            found.append(Run(one, settings))
    return found


def _below(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("**/checkpoints/best.ckpt"))
    return [path.parent.parent for path in paths if RunFolder(path.parent.parent).is_finished]


def _domain(config: DictConfig, saved: dict[str, Any]) -> tuple[Source, np.ndarray]:
    """The data, and the positions of its samples that make the domain."""
    import numpy as np

    from anomaly_fas.data.source_selection import select_from

    config.image_size = saved["image_size"]
    given = OmegaConf.select(config, "data")
    if given is None:
        settings = OmegaConf.create(saved)
        use_here(settings, config)
        node = settings.data
        protocol = OmegaConf.select(config, "protocol") or saved["protocol"]
    else:
        node, protocol = given, OmegaConf.select(config, "protocol")
    source: Source = instantiate(node)
    if protocol is None:
        chosen = np.arange(len(source.annotations))
    else:
        lists = config.lists or saved["lists"]
        rule = instantiate(protocol)
        chosen = select_from(source, rule, lists, needed=(Split.TEST,))[Split.TEST]
    source.prepare()
    return source, chosen


def _refuse_known(run: Run, rows: pd.DataFrame) -> None:
    """A domain whose subjects a run was trained on is not new to it.

    Raises:
        DataError: it has such subjects.
    """
    known = known_subjects(run.path, run.config, rows)
    if known:
        raise DataError(
            f"{run.path} was trained on {len(known)} subject(s) of the domain, such as {known[0]}: "
            "choose other data, or with protocol=… those that it tests"
        )


def _possible(wanted: Sequence[int], made: Sequence[Draw]) -> list[int]:
    """The numbers of shots that every draw has references for."""
    most = min(min(map(len, draw.references)) for draw in made)
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
    chosen: np.ndarray,
    counts: Sequence[int],
    made: Sequence[Draw],
) -> list[Tested]:
    from anomaly_fas.adaptation.shot_curve import Adaptations, embed, with_shots, without_shots
    from anomaly_fas.models.checkpoint import load

    detector = load(RunFolder(run.path).best, config.trusted_packages)
    domain = embed(detector, source, chosen)
    own = config.copy()
    own.scale = run.config["scale"] if config.scale is None else config.scale
    scorers: Any = OmegaConf.to_container(own.scorer, resolve=True)
    adaptations = Adaptations(scorers, list(config.strengths), list(config.layers))
    tested = list(without_shots(detector, domain, adaptations, made))
    for count in counts:
        tested += with_shots(detector, domain, adaptations, count, made)
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
    from anomaly_fas.reporting.shots.page import ShotRow

    rng = np.random.default_rng([config.seed, Stream.SHOT_BOOTSTRAP])
    weights = resample(rows.iloc[:0], rows, config.replicates, rng).test
    replicates = Replicates(weights, config.draws, rng)
    names = _names(runs)
    made = []
    for method in dict.fromkeys(names):
        own = [number for number, name in enumerate(names) if name == method]
        parts = sorted({(one.adaptation, one.shots) for one in tested[own[0]]}, key=str)
        for adaptation, count in parts:
            scores = [
                [t.scores for t in tested[number] if (t.adaptation, t.shots) == (adaptation, count)]
                for number in own
            ]
            labels = tuple(str(runs[number].path) for number in own)
            figures = replicates.figures(scores)
            made.append(ShotRow(method, adaptation, count, labels, figures))
    first = next(iter(config.scorer))
    return sorted(made, key=lambda row: (row.adaptation != first, row.shots))


def _names(runs: Sequence[Run]) -> list[str]:
    """Of each run's method, which runs that differ by their seeds share."""
    facts = [run.config["run_facts"] for run in runs]
    hashes: dict[str, set[str]] = {}
    for own in facts:
        hashes.setdefault(own["method"], set()).add(own["config_hash"])
    return [
        own["method"]
        if len(hashes[own["method"]]) == 1
        else f"{own['method']}-{own['config_hash']}"
        for own in facts
    ]


def _note(config: DictConfig, rows: pd.DataFrame, made: Sequence[Draw], source: Source) -> str:
    count = rows["label"].value_counts()
    subjects = (rows["dataset"] + "/" + rows["subject"]).nunique()
    return (
        f"The domain ({source.kind} data) has {count[Label.BONA_FIDE]} bona fide samples and "
        f"{count[Label.ATTACK]} attacks of {subjects} subjects. In each of {len(made)} draws, "
        f"references come from {100 * config.pool_share:g} % of the subjects, and all samples of "
        f"the others{', of other sessions,' if config.apart == 'session' else ''} are tested. "
        "Without shots a run scores with the references and the threshold that it came with. The "
        "threshold of ACER is found on the shots alone, each scored with its pair left out; of one "
        "pair it is 0.5. Intervals are over draws and over subjects."
    )
