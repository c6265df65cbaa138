"""Embeddings around the live centre, at their true distance from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.plots.style import BONA_FIDE, COLOURS, MARKERS, add_legend, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN: Final = 4000
"""Samples drawn at most; more would hide each other."""


def embedding_map(
    embeddings: np.ndarray,
    species: np.ndarray,
    centre: np.ndarray,
    threshold: float | None,
    title: str,
) -> Figure:
    """A map whose middle is the live centre.

    A sample's distance from the middle is its distance to the live centre, so the decision
    threshold is a circle; its direction is that of its projection on the two principal directions
    of all differences from the centre, both scaled to one spread.

    Args:
        embeddings: shape [n, D].
        species: PAI species of each, empty for bona fide samples, str, shape [n].
        centre: the live centre, shape [D].
        threshold: on the distance.
        title: of the figure.
    """
    kept = np.unique(np.linspace(0, len(embeddings) - 1, min(len(embeddings), _SHOWN)).astype(int))
    x, y = azimuthal(embeddings, centre)
    figure, axes = new_figure(6.2, 5.2)
    reach = float(np.hypot(x, y).max(initial=threshold or 0.1))
    _rings(axes, reach)
    names = sorted(set(species.tolist()), key=lambda name: (name != "", name))
    for number, name in enumerate(names):
        own = kept[species[kept] == name]
        is_bona_fide = name == ""
        axes.scatter(
            x[own],
            y[own],
            s=9,
            marker="o" if is_bona_fide else MARKERS[number % len(MARKERS)],
            color=BONA_FIDE if is_bona_fide else COLOURS[(number - 1) % len(COLOURS)],
            alpha=0.6,
            linewidths=0.6,
            zorder=3 if is_bona_fide else 2,
            label=f"{name.replace('_', ' ') or 'bona fide'} (n = {(species == name).sum()})",
        )
    axes.scatter([0], [0], marker="+", s=120, color="black", zorder=4, label="live centre")
    if threshold is not None:
        circle = np.linspace(0, 2 * np.pi, 400)
        axes.plot(
            threshold * np.sin(circle),
            threshold * np.cos(circle),
            color="black",
            linewidth=1.2,
            linestyle="--",
            zorder=4,
            label=f"threshold {threshold:.3f}",
        )
    side = 1.04 * reach
    axes.set(xlim=(-side, side), ylim=(-side, side), aspect="equal", title=title)
    axes.set_xlabel("distance to the live centre (embedding units)")
    axes.set_ylabel("distance to the live centre (embedding units)")
    axes.grid(visible=False)
    add_legend(axes, loc="center left", bbox_to_anchor=(1.0, 0.5), markerscale=1.5)
    return figure


def azimuthal(embeddings: np.ndarray, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places on the map: true distances to the centre, directions of the principal plane.

    Each principal direction points to where the samples reach further.

    Args:
        embeddings: shape [n, D].
        centre: shape [D].

    Returns:
        x and y, shape [n] each.
    """
    differences = embeddings.astype(np.float64) - centre
    distance = np.linalg.norm(differences, axis=1)
    _, directions = np.linalg.eigh(differences.T @ differences)
    plane = differences @ directions[:, :-3:-1]
    plane *= np.where(plane.max(axis=0) >= -plane.min(axis=0), 1, -1)
    # Unscaled, samples along one main direction would hide each other on a line.
    plane /= np.maximum(np.sqrt(np.mean(plane**2, axis=0)), np.finfo(float).tiny)
    angle = np.arctan2(plane[:, 0], plane[:, 1])
    return distance * np.sin(angle), distance * np.cos(angle)


def _rings(axes: Axes, reach: float) -> None:
    step = next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5) if reach / step <= 6 or step == 0.5)
    circle = np.linspace(0, 2 * np.pi, 200)
    for radius in np.arange(step, reach + 1e-9, step):
        axes.plot(radius * np.sin(circle), radius * np.cos(circle), color="#dddddd",
                  linewidth=0.6, zorder=0)  # fmt: skip
