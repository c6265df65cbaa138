"""The samples of a source that serve each split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.data.source import AttackSource
from anomaly_fas.protocols.selection import select
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.data.source import Source
    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.protocols.selection import Lists, Selection


def select_from(
    source: Source,
    protocol: PadProtocol,
    lists: Lists = "leak_free",
    needed: Sequence[Split] = tuple(Split),
) -> Selection:
    """Apply a protocol to a source, which may leave out further samples.

    Args:
        source: annotated samples.
        protocol: rule that says who trains, who tunes, who is tested.
        lists: see `select`.
        needed: splits that must hold both classes.

    Raises:
        ConfigError: see `select`.
        DataError: see `select`.
    """
    selection = select(protocol, source.annotations, lists, needed)
    return source.serving(selection) if isinstance(source, AttackSource) else selection
