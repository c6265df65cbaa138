"""A Hydra sweeper whose axes may set several keys at once."""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hydra.core.override_parser.types import Override


class StudySweeper(BasicSweeper):
    """Every combination of one entry of each axis, and of the command line's own sweeps.

    An entry is one or more overrides, such as `protocol=unseen_attack protocol.pai=mask`: a
    protocol and its argument change together, which Hydra's own sweeper cannot say. A key that
    the command line sets takes the place of the axis that sets it.

    Args:
        axes: name to entries.
        max_batch_size: see Hydra's sweeper.
        params: see Hydra's sweeper.
    """

    def __init__(
        self,
        axes: Mapping[str, Sequence[str]],
        max_batch_size: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(max_batch_size, dict(params or {}))
        self._axes = {name: list(entries) for name, entries in axes.items()}

    def split_arguments(  # type: ignore[override]
        self, overrides: list[Override], max_batch_size: int | None
    ) -> list[list[list[str]]]:
        """Batches of jobs, a job being a list of overrides."""
        given = {override.get_key_element() for override in overrides}
        axes = [
            [entry.split() for entry in entries]
            for entries in self._axes.values()
            if not given & {part.split("=", 1)[0] for entry in entries for part in entry.split()}
        ]
        own = [list(chain(*combination)) for combination in product(*axes)]
        (theirs,) = BasicSweeper.split_arguments(overrides, None)
        jobs = [first + second for first, second in product(own, theirs)]
        return list(self.split_overrides_to_chunks(jobs, max_batch_size))
