"""Blocks of a group of runs: methods that have the same protocols and seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anomaly_fas.reporting.compare.groups import Condition, Group
from anomaly_fas.reporting.study import ScoreFile

Trained = dict[Condition, "ScoreFile"]
"""The runs of a method."""


@dataclass(frozen=True)
class Block:
    """Methods with a run for each of the same protocols and seeds.

    A study that screens all methods on one seed and trains some on more has a block of each: all
    methods on that seed, and those few on all seeds. No number is a mean over other runs than the
    number beside it.

    Attributes:
        protocols: names, in order.
        seeds: seeds, rising.
        without: protocols of the group that it lacks.
    """

    group: Group
    protocols: tuple[str, ...]
    seeds: tuple[int, ...]
    methods: Mapping[str, Trained]
    without: tuple[str, ...] = ()

    @property
    def extent(self) -> str:
        """Protocols and seeds, in words."""
        protocols, seeds = len(self.protocols), len(self.seeds)
        lacking = f" (without {', '.join(self.without)})" if self.without else ""
        return (
            f"{protocols} protocol{'s' * (protocols > 1)}{lacking}, "
            f"seed{'s' * (seeds > 1)} {', '.join(map(str, self.seeds))}"
        )

    @property
    def title(self) -> str:
        """Heading of the block."""
        return f"{self.group.title}: {self.extent}"


def blocks(group: Group, methods: Mapping[str, Trained]) -> list[Block]:
    """Find every set of protocols and seeds that methods of a group have in common.

    A method spans all protocols of the group, on the seeds that it has for each of them; one that
    lacks some protocol on every seed spans the protocols that it has. Each span that some method
    has, and what two of them have in common, makes a block of all methods that have at least that;
    one of a single method is left out if that method is in another. Blocks with most runs per
    method come first.
    """
    protocols = sorted({condition.protocol for runs in methods.values() for condition in runs})
    spans = _with_common({_span(runs, protocols) for runs in methods.values()})
    made = [_block(group, methods, span, protocols) for span in spans]
    made.sort(key=lambda own: (-len(own.protocols) * len(own.seeds), own.protocols, own.seeds))
    shared = {name for block in made if len(block.methods) > 1 for name in block.methods}
    return [block for block in made if len(block.methods) > 1 or not shared & set(block.methods)]


def missing(group: Group, methods: Mapping[str, Trained]) -> list[str]:
    """Name the runs a method lacks, of its own seeds or of the seed that most methods have."""
    protocols = sorted({condition.protocol for runs in methods.values() for condition in runs})
    having = Counter(seed for runs in methods.values() for seed in {run.seed for run in runs})
    common = min(having, key=lambda seed: (-having[seed], seed))
    lacking = []
    for name, runs in methods.items():
        wanted = {common, *(condition.seed for condition in runs)}
        for protocol in protocols:
            seeds = sorted(seed for seed in wanted if Condition(protocol, seed) not in runs)
            if seeds:
                words = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
                lacking.append(f"{group.title}: {name}, {protocol}, {words}")
    return lacking


_Span = tuple[tuple[str, ...], tuple[int, ...]]
"""Protocols and seeds."""


def _span(runs: Trained, protocols: list[str]) -> _Span:
    own = [name for name in protocols if any(condition.protocol == name for condition in runs)]
    for names in (protocols, own):
        seeds = set.intersection(*({c.seed for c in runs if c.protocol == name} for name in names))
        if seeds:
            return tuple(names), tuple(sorted(seeds))
    having = Counter(condition.seed for condition in runs)
    seed = min(having, key=lambda number: (-having[number], number))
    return tuple(sorted(run.protocol for run in runs if run.seed == seed)), (seed,)


def _with_common(spans: set[_Span]) -> set[_Span]:
    """Add what any of the spans have in common."""
    found = set(spans)
    for one in sorted(spans):
        for other in sorted(found):
            protocols, seeds = set(one[0]) & set(other[0]), set(one[1]) & set(other[1])
            if protocols and seeds:
                found.add((tuple(sorted(protocols)), tuple(sorted(seeds))))
    return found


def _block(
    group: Group, methods: Mapping[str, Trained], span: _Span, everything: Sequence[str]
) -> Block:
    protocols, seeds = span
    wanted = [Condition(protocol, seed) for protocol in protocols for seed in seeds]
    return Block(
        group,
        protocols,
        seeds,
        {
            name: {condition: runs[condition] for condition in wanted}
            for name, runs in methods.items()
            if all(condition in runs for condition in wanted)
        },
        tuple(name for name in everything if name not in protocols),
    )
