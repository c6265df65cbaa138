"""Embeddings around the live centre, at their true distance from it."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anomaly_fas.plots.layout import fit, panels
from anomaly_fas.plots.style import BLUE, BONA_FIDE, COLOURS, GREY, NUMBER_BOX, plain, styled, words

_SHOWN: Final = 4000
"""Samples drawn at most; more would hide each other."""

_MARKERS: Final = ("s", "^", "D", "v", "P", "X", "<", "p", ">", "h", "*", "d", "+", "x", "1", "2",
                   "|", "_")  # fmt: skip
_COLOURS: Final = tuple(colour for colour in COLOURS if colour != BLUE)
"""Blue is too near to that of bona fide samples."""

_STEPS: Final = tuple(float(f"{digit}e{power}") for power in range(-3, 4) for digit in (1, 2, 5))
_RINGS: Final = 5
_SIDE: Final = 4.4
"""Inches."""

_CIRCLE: Final = np.linspace(0, 2 * np.pi, 361)


@styled
def embedding_map(
    embeddings: np.ndarray,
    species: np.ndarray,
    centre: np.ndarray,
    threshold: float | None,
    title: str,
) -> Figure:
    """Draw a map whose middle is the live centre.

    A sample's distance from the middle is its distance to the live centre, so the decision
    threshold is a circle; its direction is that of its projection on the two principal directions
    of all differences from the centre, both scaled to one spread.

    Args:
        embeddings: shape [n, D].
        species: PAI species of each, empty for bona fide samples, str, shape [n].
        centre: the live centre, shape [D].
        threshold: decision threshold on the distance.
        title: title of the figure.
    """
    x, y = azimuthal(embeddings, centre)
    figure, (axes,) = panels(1, (_SIDE, _SIDE))
    axes.set(aspect="equal", title=plain(title), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    order = np.argsort(species, kind="stable")  # so that each species is thinned alike
    shown = order[np.linspace(0, len(order) - 1, min(len(order), _SHOWN)).round().astype(int)]
    _draw_rings(axes, x, y, threshold)
    _draw_samples(axes, x, y, species, shown)
    axes.plot(0, 0, marker="+", markersize=11, markeredgewidth=1.6, color="black", zorder=5,
              linestyle="none", label="live centre")  # fmt: skip
    if threshold is not None:
        axes.plot(*_circle(threshold), color="black", linewidth=1.2, linestyle="--", zorder=4,
                  label=f"threshold {threshold:.3f}")  # fmt: skip
    thinned = (
        "" if shown.size == species.size else f"\n{shown.size} of {species.size} samples drawn"
    )
    on_sphere = bool(np.isclose(np.linalg.norm(centre), 1, atol=1e-3))
    limits = ", from 0 to 2" if on_sphere else ""
    axes.set_xlabel(f"rings: Euclidean distance to the live centre{limits}{thinned}")
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), markerscale=1.3)
    return fit(figure)


def azimuthal(embeddings: np.ndarray, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place samples on the map by true distances and directions of the principal plane.

    The plane is one of directions at right angles to the centre: along it all samples of the
    sphere lie on one side. Each principal direction points to where the samples reach further.

    Args:
        embeddings: shape [n, D], D >= 3.
        centre: shape [D].

    Returns:
        x and y, shape [n] each.
    """
    middle = centre.astype(np.float64)
    differences = embeddings.astype(np.float64) - middle
    distance = np.linalg.norm(differences, axis=1)
    outward = middle / max(float(np.linalg.norm(middle)), np.finfo(float).tiny)
    tangents = differences - np.outer(differences @ outward, outward)
    _, directions = np.linalg.eigh(tangents.T @ tangents)
    plane = tangents @ directions[:, :-3:-1]
    plane *= np.where(plane.max(axis=0) >= -plane.min(axis=0), 1, -1)
    # Unscaled, samples along one main direction would hide each other on a line. What is a
    # thousandth of that direction's spread is rounding, and not to be made large.
    spread = np.sqrt(np.mean(plane**2, axis=0))
    plane /= np.maximum(spread, max(1e-3 * float(spread.max()), np.finfo(float).tiny))
    angle = np.arctan2(plane[:, 0], plane[:, 1])
    return distance * np.sin(angle), distance * np.cos(angle)


def _draw_samples(
    axes: Axes, x: np.ndarray, y: np.ndarray, species: np.ndarray, shown: np.ndarray
) -> None:
    """Bona fide samples as dots, attacks before them as the outline of their species' marker."""
    is_bona_fide = species == ""
    own = shown[is_bona_fide[shown]]
    axes.scatter(x[own], y[own], s=10, marker="o", color=BONA_FIDE, alpha=0.6, linewidths=0,
                 zorder=2, label=f"bona fide (n = {is_bona_fide.sum()})")  # fmt: skip
    for number, name in enumerate(sorted(set(species[~is_bona_fide].tolist()))):
        own = shown[species[shown] == name]
        marker, colour = _MARKERS[number % len(_MARKERS)], _COLOURS[number % len(_COLOURS)]
        is_open = marker in "+x12|_"
        axes.scatter(
            x[own],
            y[own],
            s=18,
            marker=marker,
            facecolors=colour if is_open else "none",
            edgecolors=None if is_open else colour,
            alpha=0.8,
            linewidths=0.8,
            zorder=3,
            label=f"{words(name)} (n = {(species == name).sum()})",
        )


def _draw_rings(axes: Axes, x: np.ndarray, y: np.ndarray, threshold: float | None) -> None:
    """Draw circles around all samples, with their distances where the fewest samples are."""
    reach = float(np.hypot(x, y).max(initial=threshold or 0.0)) or _STEPS[0]
    step = next((step for step in _STEPS if reach <= _RINGS * step), _STEPS[-1])
    rings = step * np.arange(1, np.ceil(reach / step - 1e-9) + 1)
    directions = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    nearness = np.outer(np.sin(directions), x) + np.outer(np.cos(directions), y)
    free = directions[np.argmin(np.maximum(nearness, 0).sum(axis=1))]
    for ring in rings:
        axes.plot(*_circle(ring), color="#cccccc", linewidth=0.6, zorder=0)
        axes.text(
            ring * np.sin(free), ring * np.cos(free), f"{ring:g}", fontsize=7, color=GREY,
            ha="center", va="center", zorder=6, bbox=NUMBER_BOX,
        )  # fmt: skip
    side = 1.03 * rings[-1]
    axes.set(xlim=(-side, side), ylim=(-side, side))


def _circle(radius: float) -> tuple[np.ndarray, np.ndarray]:
    return radius * np.sin(_CIRCLE), radius * np.cos(_CIRCLE)
