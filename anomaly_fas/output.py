"""Define the output of a network: what heads give, losses require and scorers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor

Part = Literal["embedding", "logit", "map"]
"""A part of an output: heads list those they give, losses and scorers those they require."""

EMBEDDING: Final[frozenset[Part]] = frozenset({"embedding"})
LOGIT: Final[frozenset[Part]] = frozenset({"logit"})
MAP: Final[frozenset[Part]] = frozenset({"map"})

_HEADS: Final = {
    "logit": "head=logit, head=cosine or head=pixel_wise",
    "map": "head=pixel_wise",
}


class Output(NamedTuple):
    """The output of a network for a batch of crops.

    Attributes:
        embedding: float32, shape [N, D]; unit vectors, except those of head=centred.
        logit: log odds of an attack, float32, shape [N]; None if the head gives none.
        map_logit: log odds of an attack at each position of the feature map, float32, shape
            [N, rows, columns]; None if the head gives none.
    """

    embedding: Tensor
    logit: Tensor | None
    map_logit: Tensor | None = None


def require_part(part: Tensor | None, name: Literal["logit", "map"]) -> Tensor:
    """Return a part of an output that a head may lack.

    Raises:
        ConfigError: the network's head does not give it.
    """
    if part is None:
        raise ConfigError(f"this loss or scorer needs a head that gives a {name}: {_HEADS[name]}")
    return part
