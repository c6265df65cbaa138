"""The map keeps distances to the centre, so that the threshold is a circle."""

import numpy as np
import pytest

from anomaly_fas.plots.embedding_map import azimuthal, embedding_map


def sphere(count: int, dim: int = 8) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    points = generator.normal(size=(count + 1, dim))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points[1:].astype(np.float32), points[0].astype(np.float32)


def test_the_distance_to_the_middle_is_that_to_the_centre() -> None:
    points, centre = sphere(50)
    x, y = azimuthal(points, centre)
    assert np.hypot(x, y) == pytest.approx(np.linalg.norm(points - centre, axis=1))


def test_opposite_directions_are_opposite_on_the_map() -> None:
    centre = np.array([1.0, 0.0, 0.0])
    points = centre + np.array([[0, 0.3, 0], [0, -0.2, 0], [0, 0, 0.1], [0, 0, -0.05]])
    x, y = azimuthal(points, centre)
    assert np.stack([x, y], axis=1) == pytest.approx(
        np.array([[0.3, 0], [-0.2, 0], [0, 0.1], [0, -0.05]]), abs=1e-9
    )


def test_the_threshold_is_a_circle_and_classes_are_counted() -> None:
    points, centre = sphere(30)
    species = np.array(["", "print_low", "mask"] * 10)
    (axes,) = embedding_map(points, species, centre, 0.7, "live_centre, test").axes
    (circle,) = (line for line in axes.lines if str(line.get_label()).startswith("threshold"))
    radius = np.hypot(np.asarray(circle.get_xdata()), np.asarray(circle.get_ydata()))
    assert radius == pytest.approx(np.full(radius.size, 0.7))
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "bona fide (n = 10)", "mask (n = 10)", "print low (n = 10)", "live centre",
        "threshold 0.700",
    ]  # fmt: skip


def test_more_samples_than_can_be_seen_are_thinned_evenly() -> None:
    points, centre = sphere(9000, dim=4)
    (axes,) = embedding_map(points, np.full(9000, ""), centre, None, "map").axes
    drawn = sum(len(c.get_offsets()) for c in axes.collections) - 1  # the live centre
    assert drawn == 4000
