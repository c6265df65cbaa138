"""The few-shot posterior taken once for each attack species."""

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.few_shot import posterior
from anomaly_fas.scorers.scorer import Gallery
from anomaly_fas.types import SPECIES

Reduction = Literal["mean", "min"]


class SpeciesPosterior(nn.Module):
    """Attack score 1 - P, P the mean or minimum over species of the posterior with M pairs of each.

    The minimum calls an attack what one species explains, however many others do not. Species are
    the fine ones, or the coarse where no finer is known; attacks of none known are one more
    species. One that train lacks is left out of the mean and minimum.

    Args:
        dim: D.
        pairs: M; of fewer references there are, they are used in turn.
        scale: s of `posterior`.
        reduce: `mean` or `min`.

    Raises:
        ConfigError: an unknown reduction, or no pairs.
    """

    requires = EMBEDDING
    bona_fide: Tensor
    attack: Tensor
    is_present: Tensor

    def __init__(self, dim: int, pairs: int, scale: float, reduce: Reduction) -> None:
        super().__init__()
        if reduce not in get_args(Reduction):
            choices = ", ".join(get_args(Reduction))
            raise ConfigError(f"reduce={reduce!r}: choose one of {choices}")
        if pairs < 1:
            raise ConfigError(f"pairs={pairs}: 1 or more of each species are needed")
        self.scale = scale
        self._reduce: Reduction = reduce
        self._pairs = self.bona_fide_needed = pairs
        self.attacks_needed = pairs * len(SPECIES)
        rows = len(SPECIES) + 1
        self.register_buffer("bona_fide", torch.zeros(pairs, dim))
        self.register_buffer("attack", torch.zeros(rows, pairs, dim))
        self.register_buffer("is_present", torch.zeros(rows, dtype=torch.bool))

    def fit(self, gallery: Gallery) -> None:
        """Take the first M references of the bona fide class and of each species.

        Raises:
            DataError: a class has no references.
        """
        if not len(gallery.bona_fide) or not len(gallery.attack):
            raise DataError("scorer=species_posterior needs references of both classes in train")
        species = gallery.species
        if species is None:
            species = gallery.attack.new_full((len(gallery.attack),), len(SPECIES)).long()
        self.bona_fide.copy_(self._in_turn(gallery.bona_fide))
        self.attack.zero_()
        self.is_present.fill_(False)
        for number in sorted(set(species.tolist())):
            own = gallery.attack[species == number]
            self.attack[number] = self._in_turn(own)
            self.is_present[number] = True

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        each = torch.stack(
            [
                posterior(output.embedding, self.bona_fide, attack, self.scale)
                for attack in self.attack[self.is_present]
            ]
        )
        reduced = each.mean(dim=0) if self._reduce == "mean" else each.amin(dim=0)
        return 1 - reduced

    def _in_turn(self, references: Tensor) -> Tensor:
        turns = torch.arange(self._pairs, device=references.device) % len(references)
        return references[turns]
