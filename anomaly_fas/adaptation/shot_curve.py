"""Score a new domain by a trained network, with more and more references from the domain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import torch
from hydra.utils import instantiate
from torch.utils.data import DataLoader

from anomaly_fas.adaptation.adapt import ReferenceOutputs, adapt, joined, taken
from anomaly_fas.data.dataset import EvalFrames, collate
from anomaly_fas.data.references import References, draw_references
from anomaly_fas.data.source import Source
from anomaly_fas.data.splitting import SplitBy, split_target
from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, UNNAMED
from anomaly_fas.metrics.shot_figures import TestedDraw
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.head import FeaturesHead, LogitHead
from anomaly_fas.output import Output
from anomaly_fas.random_streams import Stream
from anomaly_fas.scorers.linear_probe import LinearProbe
from anomaly_fas.types import Label, Layer

_PROBE: Final = "linear_probe"
"""Scorer whose scores without shots are those of a cross-entropy network."""

_MIDDLE: Final = dict.fromkeys(("few_shot", "species_mean", "species_min", _PROBE), 0.5)
"""Thresholds of probabilities for one pair of references, which gives none."""

_BATCH: Final = 64
"""Frames per batch; larger batches take a CPU longer per frame, as their memory is fetched anew."""


class Draw(NamedTuple):
    """Reference and test samples of a domain, of different subjects.

    Attributes:
        references: positions in the domain, in the order in which they are used.
        test: positions of the test samples.
    """

    references: References
    test: np.ndarray


class Tested(NamedTuple):
    """Test scores of a draw.

    Attributes:
        adaptation: name of the adaptation.
        shots: pairs of references; 0 for the checkpoint as it is.
        draw: number of the draw.
        scores: scores of the test samples.
    """

    adaptation: str
    shots: int
    draw: int
    scores: TestedDraw


class Adaptations(NamedTuple):
    """Ways of using references from a domain.

    Attributes:
        scorers: configs by name; the number of pairs, where a scorer has one, is that of the shots.
        strengths: values of C, with each of which a cross-entropy network is fine-tuned.
        layers: layers in which the scorers compare. With `features`, those of a network with a
            learnt embedding also compare the features that it is made of, at unit length.
    """

    scorers: Mapping[str, Any]
    strengths: Sequence[float]
    layers: Sequence[Layer]


@dataclass(frozen=True)
class DomainOutputs:
    """Outputs of a network for every frame of a domain.

    Attributes:
        rows: annotation table of the domain, one row per sample.
        sample: position of each frame's sample in `rows`, ascending, shape [frames].
        output: one row per frame.
        features: input of the head, shape [frames, features]; None where that is a map.
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
        """Return the positions of the frames of some samples, ascending."""
        return np.flatnonzero(np.isin(self.sample, samples))

    def tested(self, samples: np.ndarray, scores: torch.Tensor, threshold: float) -> TestedDraw:
        """Average the scores of some samples' frames over each sample.

        Args:
            samples: positions of the samples, ascending.
            scores: scores of their frames, as `frames_of` orders them.
            threshold: decision threshold.
        """
        place = np.searchsorted(samples, self.sample[self.frames_of(samples)])
        rows = self.rows.iloc[samples]
        return TestedDraw(
            position=samples,
            score=np.bincount(place, weights=scores.double().numpy()) / np.bincount(place),
            is_attack=(rows["label"] == Label.ATTACK).to_numpy(),
            species=rows["pai"].replace("", UNNAMED).to_numpy(dtype=str),
            threshold=threshold,
        )


def draw_samples(
    rows: pd.DataFrame, count: int, most: int, share: float, apart: SplitBy, seed: int
) -> list[Draw]:
    """Divide a domain's subjects and draw references, several times.

    Args:
        rows: annotation table of the domain.
        count: number of draws.
        most: references of each class; fewer shots use the first of these.
        share: fraction of the subjects that references are drawn from, as in `split_target`.
        apart: column whose values are kept apart, as in `split_target`.
        seed: seed of all draws.

    Raises:
        ConfigError: see `split_target`.
        DataError: see `split_target`.
    """
    drawn = []
    for number in range(count):
        rng = np.random.default_rng([seed, number, Stream.SHOT_DRAWS])
        split = split_target(rows, share, apart, rng)
        draw_seed = int(rng.integers(2**31))
        references = draw_references(rows, split.pool, bona_fide=most, attack=most, seed=draw_seed)
        drawn.append(Draw(references, split.test))
    return drawn


@torch.no_grad()
def embed(detector: Detector, source: Source, positions: np.ndarray) -> DomainOutputs:
    """Run every frame of some samples through a network, once."""
    features: list[torch.Tensor] = []
    hook = detector.embedder.head.register_forward_pre_hook(
        lambda head, given: features.append(given[0].float()) if head.reads == "pooled" else None
    )
    frames = DataLoader(EvalFrames(source, positions), batch_size=_BATCH, collate_fn=collate)
    outputs, rows = [], []
    for batch in frames:
        outputs.append(detector(batch.image))
        rows.append(batch.row.numpy())
    hook.remove()
    return DomainOutputs(
        source.annotations.iloc[positions].reset_index(drop=True),
        np.searchsorted(positions, np.concatenate(rows)),
        joined(outputs),
        torch.cat(features) if features else None,
    )


def without_shots(
    detector: Detector, domain: DomainOutputs, adaptations: Adaptations, draws: Sequence[Draw]
) -> Iterator[Tested]:
    """Score every draw by the checkpoint as it is, with its own references and threshold."""
    scorers = {name: "logit" if name == _PROBE else name for name in adaptations.scorers}
    if _has_trained_layer(detector, domain):
        scorers |= {_fine_tuning(strength): "logit" for strength in adaptations.strengths}
    elif Layer.FEATURES in adaptations.layers and domain.features is not None:
        scorers |= {_of_features(name): scorer for name, scorer in scorers.items()}
    scores = detector.scores(domain.output)
    for adaptation, scorer in scorers.items():
        if scorer not in scores:
            continue
        threshold = detector.threshold(scorer, HEADLINE)
        for number, draw in enumerate(draws):
            of_draw = scores[scorer][domain.frames_of(draw.test)]
            yield Tested(adaptation, 0, number, domain.tested(draw.test, of_draw, threshold))


def with_shots(
    detector: Detector,
    domain: DomainOutputs,
    adaptations: Adaptations,
    shots: int,
    draws: Sequence[Draw],
) -> Iterator[Tested]:
    """Score every draw by each adaptation to so many pairs of its references.

    Raises:
        DataError: a scorer needs more references.
    """
    for number, draw in enumerate(draws):
        positions = np.concatenate([part[:shots] for part in draw.references])
        rows, first = domain.rows.iloc[positions], domain.first[positions]
        frames = domain.frames_of(draw.test)
        for adapted, output, names in _unfitted(detector, domain, adaptations, shots):
            try:
                is_new = adapt(adapted, ReferenceOutputs(taken(output, first), rows), least=2)
            except DataError as error:
                raise DataError(
                    f"shots={shots} is too few, each pair being held out in turn ({error}): leave "
                    "it out of shots=[…], or choose other scorers"
                ) from error
            for name, scores in adapted.scores(taken(output, frames)).items():
                threshold = adapted.threshold(name, HEADLINE) if is_new else _MIDDLE.get(name, nan)
                tested = domain.tested(draw.test, scores, threshold)
                yield Tested(names[name], shots, number, tested)


def _unfitted(
    detector: Detector, domain: DomainOutputs, adaptations: Adaptations, shots: int
) -> Iterator[tuple[Detector, Output, Mapping[str, str]]]:
    """Yield detectors to fit, the output that each scores, and adaptations by scorer."""

    def with_scorers(scorers: Mapping[str, Any]) -> Detector:
        names, size = detector.threshold_names, detector.image_size
        return Detector(detector.embedder, scorers, names, size)

    if Layer.EMBEDDING in adaptations.layers:
        scorers = _built(adaptations.scorers, detector.embedder.dim, shots)
        yield with_scorers(scorers), domain.output, {name: name for name in scorers}
    features = domain.features
    if features is not None and _has_trained_layer(detector, domain):
        layer: Any = detector.embedder.head.classifier
        for strength in adaptations.strengths:
            probe = LinearProbe(features.shape[1], shots, strength)
            probe.start_from(layer.weight.detach()[0], layer.bias.detach()[0])
            names = {_PROBE: _fine_tuning(strength)}
            yield with_scorers({_PROBE: probe}), Output(features, None), names
    elif features is not None and Layer.FEATURES in adaptations.layers:
        scorers = _built(adaptations.scorers, features.shape[1], shots)
        unit = FeaturesHead(features.shape[1])(features)
        yield with_scorers(scorers), unit, {name: _of_features(name) for name in scorers}


def _built(scorers: Mapping[str, Any], dim: int, shots: int) -> dict[str, Any]:
    return {
        name: instantiate(node, dim=dim, **({"pairs": shots} if "pairs" in node else {}))
        for name, node in scorers.items()
    }


def _has_trained_layer(detector: Detector, domain: DomainOutputs) -> bool:
    """Whether a logit is a linear function of the features."""
    return domain.features is not None and isinstance(detector.embedder.head, LogitHead)


def _fine_tuning(strength: float) -> str:
    return f"fine_tuning C={strength:g}"


def _of_features(scorer: str) -> str:
    return f"{scorer} of features"
