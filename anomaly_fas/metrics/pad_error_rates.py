"""Error rates at a fixed threshold, accumulated over batches and processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torchmetrics import Metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


class PadErrorRates(Metric):
    """APCER of each species, their maximum, BPCER, ACER and HTER at one threshold.

    The states are counts, so any number of processes adds up exactly, one without samples
    included. The figures are those of `anomaly_fas.metrics.error_rates`.

    Args:
        species: names of the PAI species.
        threshold: the decision threshold, taken on the devel split.

    Example:
        >>> import torch
        >>> rates = PadErrorRates(["mask", "print"], threshold=0.5)
        >>> rates.update(torch.tensor([0.1, 0.7, 0.4, 0.9]), torch.tensor([-1, -1, 0, 1]))
        >>> {name: value.item() for name, value in rates.compute().items()}
        {'apcer/mask': 1.0, 'apcer/print': 0.0, 'apcer': 1.0, 'bpcer': 0.5, 'acer': 0.75, 'hter': 0.5}
    """  # noqa: E501

    full_state_update = False
    higher_is_better = False
    totals: Tensor
    errors: Tensor

    def __init__(self, species: Sequence[str], threshold: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.species = tuple(species)
        self.threshold = threshold
        counts = torch.zeros(len(self.species) + 1, dtype=torch.long)
        self.add_state("totals", counts, dist_reduce_fx="sum")
        self.add_state("errors", counts.clone(), dist_reduce_fx="sum")

    def update(self, scores: Tensor, species: Tensor) -> None:
        """Count a batch.

        Args:
            scores: attack scores, shape [n].
            species: index into the names given, -1 for bona fide samples, shape [n], integer.
        """
        is_error = torch.where(species < 0, scores >= self.threshold, scores < self.threshold)
        size = self.totals.numel()
        self.totals += torch.bincount(species + 1, minlength=size)
        self.errors += torch.bincount((species + 1)[is_error], minlength=size)

    def compute(self) -> dict[str, Tensor]:
        """The figures by name, as fractions; NaN where a class has no sample."""
        rates = self.errors / self.totals
        seen = self.totals[1:] > 0
        per_species = {
            f"apcer/{name}": rate
            for name, rate, known in zip(self.species, rates[1:], seen, strict=True)
            if known
        }
        worst = (
            torch.stack([*per_species.values()]).max()
            if per_species
            else rates.new_tensor(torch.nan)
        )
        pooled = self.errors[1:].sum() / self.totals[1:].sum()
        return per_species | {
            "apcer": worst,
            "bpcer": rates[0],
            "acer": (worst + rates[0]) / 2,
            "hter": (pooled + rates[0]) / 2,
        }
