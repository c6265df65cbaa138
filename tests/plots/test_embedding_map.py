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


def test_directions_do_not_follow_the_rounding_of_a_line() -> None:
    centre = np.array([1.0, 0.0, 0.0, 0.0])
    noise = 1e-9 * np.random.default_rng(0).normal(size=(20, 4))
    points = centre + np.linspace(0.1, 1, 20)[:, None] * np.array([0, 1.0, 0, 0]) + noise
    x, y = azimuthal(points, centre)
    assert np.stack([x, y], axis=1) == pytest.approx(
        np.stack([np.linspace(0.1, 1, 20), np.zeros(20)], axis=1), abs=1e-4
    )


def test_what_all_samples_of_a_sphere_share_is_no_direction() -> None:
    points, centre = sphere(2000, dim=16)
    x, y = azimuthal(points, centre)
    assert abs(np.mean(x)) < 0.1
    assert abs(np.mean(y)) < 0.1


def test_rings_are_labelled_with_their_radius_and_hold_every_sample() -> None:
    points, centre = sphere(30)
    (axes,) = embedding_map(points, np.full(30, ""), centre, None, "map").axes
    labels = {text.get_text(): np.hypot(*text.get_position()) for text in axes.texts}
    assert labels == {"0.5": pytest.approx(0.5), "1": pytest.approx(1), "1.5": pytest.approx(1.5),
                      "2": pytest.approx(2)}  # fmt: skip
    radii = [float(np.hypot(*np.asarray(line.get_data())[:, 0])) for line in axes.lines[:4]]
    assert radii == pytest.approx([0.5, 1.0, 1.5, 2.0])
    assert np.hypot(*azimuthal(points, centre)).max() <= max(radii)
    assert axes.get_xlabel() == "rings: Euclidean distance to the live centre, from 0 to 2"


def test_embeddings_of_any_length_are_drawn_in_a_handful_of_rings() -> None:
    points, centre = sphere(30)
    (axes,) = embedding_map(70 * points, np.full(30, ""), 30 * centre, None, "map").axes
    radii = sorted(float(text.get_text()) for text in axes.texts)
    assert 3 <= len(radii) <= 5
    assert np.hypot(*azimuthal(70 * points, 30 * centre)).max() <= radii[-1]
    assert axes.get_xlabel() == "rings: Euclidean distance to the live centre"


def test_bona_fide_samples_are_dots_and_every_species_has_its_own_outline() -> None:
    points, centre = sphere(90)
    species = np.array(["", *(f"species_{number}" for number in range(17))] * 5)
    (axes,) = embedding_map(points, species, centre, 0.7, "map").axes
    first, *others = axes.collections
    assert first.get_label() == "bona fide (n = 5)"
    assert len(first.get_facecolor()) == 1
    shapes = {other.get_paths()[0].vertices.tobytes() for other in others}
    assert len(shapes) == len(others) == 17


def test_more_samples_than_can_be_seen_are_thinned_evenly() -> None:
    points, centre = sphere(9000, dim=4)
    species = np.where(np.arange(9000) % 9 == 0, "mask", "")
    (axes,) = embedding_map(points, species, centre, None, "map").axes
    drawn = [len(np.asarray(collection.get_offsets())) for collection in axes.collections]
    assert sum(drawn) == 4000
    assert drawn == pytest.approx([4000 * 8 / 9, 4000 / 9], abs=1)
    assert "4000 of 9000 samples drawn" in axes.get_xlabel()
