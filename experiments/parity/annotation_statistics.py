"""gradgpad's counts of its annotated samples: `Annotations.statistics`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anomaly_fas.types import FinePai, Label, Pai, PasType

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def annotation_statistics(annotations: pd.DataFrame) -> dict[str, Any]:
    """Counts and percentages of attacks by type and species."""
    attacks = annotations[annotations["label"] == Label.ATTACK]
    types = {f"pas_type_{i}": (attacks["pas_type"] == kind) for i, kind in enumerate(PasType, 1)}
    coarse = {pai.value: attacks["pai"] == pai for pai in Pai}
    fine = {_spelt(kind): attacks["pai_fine"] == kind for kind in FinePai}
    groupings = {
        "num_samples_pas_type": types,
        "num_coarse_grained_pai": coarse,
        "num_fine_grained_pai": fine,
    }
    counts = {
        name: {group: int(members.sum()) for group, members in groups.items()}
        for name, groups in groupings.items()
    }
    return {
        "num_genuines": len(annotations) - len(attacks),
        "num_attacks": len(attacks),
        **counts,
        **{f"percentage_{name}": _percentages(groups) for name, groups in counts.items()},
    }


def _spelt(kind: FinePai) -> str:
    name = kind.replace("_", " ")
    return f"{name} quality" if kind.coarse in {Pai.PRINT, Pai.REPLAY} else name


def _percentages(counts: Mapping[str, int]) -> dict[str, float]:
    return {group: count / sum(counts.values()) * 100 for group, count in counts.items()}
