"""A trained network in a new domain: scored with more and more references from it."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import torch
from hydra.utils import instantiate
from torch.utils.data import DataLoader

from anomaly_fas.adaptation.adapt import ReferenceOutputs, adapt, joined, taken
from anomaly_fas.data.dataset import EvalFrames, collate
from anomaly_fas.data.references import draw_references
from anomaly_fas.data.target_split import split_target
from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, UNNAMED
from anomaly_fas.metrics.shot_figures import TestedDraw
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import FeaturesHead, LogitHead
from anomaly_fas.output import Output
from anomaly_fas.random_streams import Stream
from anomaly_fas.scorers.linear_probe import LinearProbe
from anomaly_fas.types import Label, Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from anomaly_fas.data.references import References
    from anomaly_fas.data.source import Source
    from anomaly_fas.data.target_split import Apart

_PROBE: Final = "linear_probe"
"""Adaptation that begins, without shots, with the scores of a cross-entropy network."""

_MIDDLE: Final = dict.fromkeys(("few_shot", "species_mean", "species_min", _PROBE), 0.5)
"""Thresholds of probabilities, for the one pair from which none can be taken."""

_BATCH: Final = 64
"""Frames at once; of more, a CPU fetches so much memory anew that each takes longer."""


class Draw(NamedTuple):
    """Who is tested, and which samples are references, in the order in which they are taken.

    Attributes:
        references: positions in the domain.
        test: the same, of subjects that no reference is of.
    """

    references: References
    test: np.ndarray


class Tested(NamedTuple):
    """Test scores of a draw.

    Attributes:
        adaptation: how the references were used.
        shots: pairs of references; 0 for the checkpoint as it is.
        draw: its number.
        scores: of the test samples.
    """

    adaptation: str
    shots: int
    draw: int
    scores: TestedDraw


@dataclass(frozen=True)
class DomainOutputs:
    """What a network makes of every frame of a domain.

    Attributes:
        rows: annotation table of the domain, one row a sample.
        sample: position of each frame's sample in `rows`, ascending, shape [frames].
        output: one row a frame.
        features: what the head is given, shape [frames, features]; None where that is a map.
    """

    rows: pd.DataFrame
    sample: np.ndarray
    output: Output
    features: torch.Tensor | None

    @property
    def first(self) -> np.ndarray:
        """Position of each sample's first frame."""
        return np.searchsorted(self.sample, np.arange(len(self.rows)))

    def frames_of(self, samples: np.ndarray) -> np.ndarray:
        """Positions of the frames of some samples, which ascend."""
        return np.flatnonzero(np.isin(self.sample, samples))


def draws(
    rows: pd.DataFrame, count: int, most: int, share: float, apart: Apart, seed: int
) -> list[Draw]:
    """Deal out a domain's subjects and draw references, again and again.

    Args:
        rows: annotation table of the domain.
        count: number of draws.
        most: references of each class; fewer are taken as the first of these.
        share: see `split_target`.
        apart: see `split_target`.
        seed: everything follows from it.

    Raises:
        ConfigError: see `split_target`.
        DataError: see `split_target`.
    """
    made = []
    for number in range(count):
        rng = np.random.default_rng([seed, number, Stream.SHOT_DRAWS])
        split = split_target(rows, share, apart, rng)
        own = int(rng.integers(2**31))
        references = draw_references(rows, split.pool, bona_fide=most, attack=most, seed=own)
        made.append(Draw(references, split.test))
    return made


def fine_tuning(strength: float) -> str:
    """Name of an adaptation: a cross-entropy network's last layer is trained on from where it is.

    Args:
        strength: C, see `LinearProbe`.
    """
    return f"fine_tuning C={strength:g}"


def of_features(scorer: str) -> str:
    """Name of an adaptation: a scorer compares in what the head is given.

    Args:
        scorer: its name.
    """
    return f"{scorer} of features"


@torch.no_grad()
def embed(detector: Detector, source: Source, chosen: np.ndarray) -> DomainOutputs:
    """Every frame of some samples through a network, once."""
    seen: list[torch.Tensor] = []
    hook = detector.embedder.head.register_forward_pre_hook(
        lambda head, given: seen.append(given[0].float()) if head.reads == "pooled" else None
    )
    frames = DataLoader(EvalFrames(source, chosen), batch_size=_BATCH, collate_fn=collate)
    outputs, rows = [], []
    for batch in frames:
        outputs.append(detector(batch.image))
        rows.append(batch.row.numpy())
    hook.remove()
    return DomainOutputs(
        source.annotations.iloc[chosen].reset_index(drop=True),
        np.searchsorted(chosen, np.concatenate(rows)),
        joined(outputs),
        torch.cat(seen) if seen else None,
    )


def without_shots(
    detector: Detector,
    domain: DomainOutputs,
    scorers: Iterable[str],
    strengths: Sequence[float],
    layers: Sequence[Layer],
    made: Sequence[Draw],
) -> Iterator[Tested]:
    """The checkpoint as it is, with its own references and threshold.

    Args:
        detector: the checkpoint.
        domain: outputs of its network.
        scorers: adaptations by the names of their scorers.
        strengths: see `with_shots`.
        layers: see `with_shots`.
        made: the draws.
    """
    begins = {name: "logit" if name == _PROBE else name for name in scorers}
    if _has_trained_layer(detector, domain):
        begins |= {fine_tuning(strength): "logit" for strength in strengths}
    elif Layer.FEATURES in layers and domain.features is not None:
        begins |= {of_features(name): begun for name, begun in begins.items()}
    scores = {
        name: found.double().numpy() for name, found in detector.scores(domain.output).items()
    }
    for adaptation, name in begins.items():
        if name in scores:
            threshold = detector.threshold(name, HEADLINE)
            for number, draw in enumerate(made):
                frames = domain.frames_of(draw.test)
                own = _tested(domain, draw.test, frames, scores[name][frames], threshold)
                yield Tested(adaptation, 0, number, own)


def with_shots(
    detector: Detector,
    domain: DomainOutputs,
    scorers: Mapping[str, Any],
    strengths: Sequence[float],
    layers: Sequence[Layer],
    shots: int,
    made: Sequence[Draw],
) -> Iterator[Tested]:
    """Adapted to so many pairs of references from the domain, each adaptation by itself.

    Args:
        detector: its network and the names of its thresholds are used.
        domain: outputs of the network.
        scorers: configs by name; one with a number of pairs is given that of the shots.
        strengths: values of C, with each of which a cross-entropy network is fine-tuned.
        layers: in what the scorers compare. With `features`, those of a network with a learnt
            embedding also in what it is made of, at unit length.
        shots: pairs of references.
        made: the draws.

    Raises:
        DataError: a scorer needs more references.
    """
    for number, draw in enumerate(made):
        chosen = np.concatenate([part[:shots] for part in draw.references])
        rows, first = domain.rows.iloc[chosen], domain.first[chosen]
        frames = domain.frames_of(draw.test)
        for adapted, output, names in _adapted(detector, domain, scorers, strengths, layers, shots):
            references = ReferenceOutputs(taken(output, first), rows)
            try:
                is_new = adapt(adapted, references, least=2)
            except DataError as error:
                raise DataError(
                    f"shots={shots} is too few, each pair being held out in turn ({error}): leave "
                    "it out of shots=[…], or choose other scorers"
                ) from error
            for name, found in adapted.scores(taken(output, frames)).items():
                threshold = adapted.threshold(name, HEADLINE) if is_new else _MIDDLE.get(name, nan)
                own = _tested(domain, draw.test, frames, found.double().numpy(), threshold)
                yield Tested(names[name], shots, number, own)


def _adapted(
    detector: Detector,
    domain: DomainOutputs,
    scorers: Mapping[str, Any],
    strengths: Sequence[float],
    layers: Sequence[Layer],
    shots: int,
) -> Iterator[tuple[Detector, Output, Mapping[str, str]]]:
    """Detectors with scorers that are not fitted yet.

    Yields:
        The detector, the output that it is to score, the adaptation that each scorer is.
    """
    names, size = detector.threshold_names, detector.image_size

    def given(found: Mapping[str, Any]) -> Detector:
        return Detector(detector.embedder, found, names, size)

    if Layer.EMBEDDING in layers:
        built = _built(scorers, detector.embedder.dim, shots)
        yield given(built), domain.output, {name: name for name in built}
    features = domain.features
    if features is not None and _has_trained_layer(detector, domain):
        layer: Any = detector.embedder.head.classifier
        for strength in strengths:
            probe = LinearProbe(features.shape[1], shots, strength)
            probe.start_from(layer.weight.detach()[0], layer.bias.detach()[0])
            yield given({_PROBE: probe}), Output(features, None), {_PROBE: fine_tuning(strength)}
    elif features is not None and Layer.FEATURES in layers:
        built = _built(scorers, features.shape[1], shots)
        unit = FeaturesHead(features.shape[1])(features)
        yield given(built), unit, {name: of_features(name) for name in built}


def _built(scorers: Mapping[str, Any], dim: int, shots: int) -> dict[str, Any]:
    return {
        name: instantiate(node, dim=dim, **({"pairs": shots} if "pairs" in node else {}))
        for name, node in scorers.items()
    }


def _has_trained_layer(detector: Detector, domain: DomainOutputs) -> bool:
    """Whether a logit is a linear function of the features."""
    return domain.features is not None and isinstance(detector.embedder.head, LogitHead)


def _tested(
    domain: DomainOutputs,
    samples: np.ndarray,
    frames: np.ndarray,
    scores: np.ndarray,
    threshold: float,
) -> TestedDraw:
    """A sample's score is the mean of its frames'."""
    place = np.searchsorted(samples, domain.sample[frames])
    rows = domain.rows.iloc[samples]
    return TestedDraw(
        position=samples,
        score=np.bincount(place, weights=scores) / np.bincount(place),
        is_attack=(rows["label"] == Label.ATTACK).to_numpy(),
        species=rows["pai"].replace("", UNNAMED).to_numpy(dtype=str),
        threshold=threshold,
    )
