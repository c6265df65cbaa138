"""The objective and its terms by hand."""

import math

import pytest

from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal
from tests.losses.triplet_batches import corner_batch


def test_objective_by_hand() -> None:
    objective = Objective(MetricSoftmax(), TripletFocal(sigma=1.0, margin=0.5), weight=0.1)
    terms = objective(corner_batch())
    main = (math.log1p(math.exp(math.sqrt(2) - 2)) + math.log(2)) / 2
    assert terms["main"].item() == pytest.approx(main)
    assert terms["regulariser"].item() == pytest.approx(0.25)
    assert terms["loss"].item() == pytest.approx(main + 0.025)
