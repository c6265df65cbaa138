"""What every loss is given, and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from anomaly_fas.output import Part

if TYPE_CHECKING:
    from torch import Tensor


class LossInput(NamedTuple):
    """A batch as the losses see it; with several processes, the batches of all of them.

    Attributes:
        embedding: shape [N, D]; unit vectors, but for those of head=centred.
        logit: log odds of an attack, shape [N]; None where the head gives none.
        is_attack: bool, shape [N].
        sample: a number for the sample that each frame belongs to, shape [N].
        map_logit: log odds of an attack at each place of the feature map, shape [N, rows,
            columns]; None where the head gives none.
    """

    embedding: Tensor
    logit: Tensor | None
    is_attack: Tensor
    sample: Tensor
    map_logit: Tensor | None = None

    def squared_distances(self) -> tuple[Tensor, Tensor]:
        """Squared distances of bona fide frames and of attacks to the centre of head=centred."""
        squared = self.embedding.square().sum(dim=1)
        return squared[~self.is_attack], squared[self.is_attack]


class Loss(Protocol):
    """A function of a batch that training minimises.

    Attributes:
        requires: parts of the network's output that it reads; the embedding if a loss of your
            own does not say.
    """

    requires: frozenset[Part]

    def __call__(self, batch: LossInput) -> LossTerms:
        """Return the value to minimise and its terms."""


LossTerms = dict[str, "Tensor"]
"""The value to minimise under `loss`, and the terms that it is made of under their own names."""
