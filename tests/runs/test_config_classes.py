"""A head that lacks what a loss or a scorer requires is refused by the config alone."""

import pytest
from hydra.utils import get_class

from anomaly_fas.errors import ConfigError
from anomaly_fas.output import EMBEDDING
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.config_classes import require_compatible
from tests.conf.test_built import options


@pytest.mark.parametrize("loss", options("loss"))
def test_the_head_and_scorers_that_a_loss_brings_are_compatible(loss: str) -> None:
    config = composed("train", [f"loss={loss}"])
    require_compatible(config)
    required = getattr(get_class(config.loss["_target_"]), "requires", EMBEDDING)
    assert required <= get_class(config.head["_target_"]).gives


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ("loss=binary_cross_entropy", "head=projection"),
            "loss=binary_cross_entropy needs .* a logit",
        ),
        (("loss=deep_pixbis", "head=logit"), "loss=deep_pixbis needs .* a map.*from pixel_wise"),
        (("scorer=[logit]",), "scorer=logit needs .* a logit.*cosine, logit, pixel_wise"),
        (
            ("loss=binary_cross_entropy", "scorer=[logit,map_mean]"),
            "scorer=map_mean needs .* a map",
        ),
    ],
)
def test_what_a_head_does_not_give_is_refused(overrides: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        require_compatible(composed("train", overrides))
