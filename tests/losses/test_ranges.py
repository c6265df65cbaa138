"""Values of a loss that make no sense are named, with what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.am_softmax import AmSoftmax
from anomaly_fas.losses.deep_pixbis import DeepPixBiS
from anomaly_fas.losses.deep_sad import DeepSad
from anomaly_fas.losses.focal_cross_entropy import FocalCrossEntropy
from anomaly_fas.losses.hypersphere import Hypersphere
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal
from anomaly_fas.losses.triplet_margin import TripletMargin

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: MetricSoftmax(scale=0.0), r"loss=metric_softmax: scale=0\.0: .* above 0"),
    (lambda: MetricSoftmax(scale=float("nan")), "scale=nan"),
    (lambda: TripletFocal(sigma=-0.3), r"loss=triplet_focal: sigma=-0\.3: .* above 0"),
    (lambda: TripletFocal(margin=-1.0), r"loss=triplet_focal: margin=-1\.0: .* 0 or more"),
    (lambda: TripletMargin(margin=-1.0), r"loss=triplet_margin: margin=-1\.0"),
    (
        lambda: Objective(MetricSoftmax(), TripletFocal(), weight=-0.01),
        r"loss=objective: weight=-0\.01: .* 0 or more",
    ),
    (lambda: AmSoftmax(scale=0.0, margin=0.3), r"loss=am_softmax: scale=0\.0"),
    (lambda: AmSoftmax(scale=30.0, margin=-0.3), r"loss=am_softmax: margin=-0\.3"),
    (lambda: DeepSad(eta=-1.0), r"loss=deep_sad: eta=-1\.0"),
    (lambda: Hypersphere(radius=0.0), r"loss=hypersphere: radius=0\.0"),
    (lambda: FocalCrossEntropy(alpha=1.5, gamma=2.0), r"alpha=1\.5: .* from 0 to 1"),
    (lambda: FocalCrossEntropy(alpha=0.5, gamma=-2.0), r"gamma=-2\.0: .* 0 or more"),
    (lambda: DeepPixBiS(pixel_weight=-0.1), r"pixel_weight=-0\.1: .* from 0 to 1"),
]


@pytest.mark.parametrize(("build", "message"), WRONG)
def test_a_value_out_of_range_is_named(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build()


def test_the_ends_of_the_ranges_are_taken_as_given() -> None:
    loss = Objective(MetricSoftmax(scale=1e-3), TripletFocal(margin=0.0), weight=0.0)
    assert (loss.weight, AmSoftmax(scale=1.0, margin=0.0).margin) == (0.0, 0.0)
    focal = FocalCrossEntropy(alpha=1.0, gamma=0.0)
    assert (focal.alpha, focal.gamma) == (1.0, 0.0)
    assert [DeepPixBiS(pixel_weight=end).pixel_weight for end in (0.0, 1.0)] == [0.0, 1.0]
