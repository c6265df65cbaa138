import cv2
import numpy as np
import pytest

from anomaly_fas.baselines.blurriness import edge_width, lost_by_blurring


def ramp(width: int, rows: int = 12, columns: int = 60) -> np.ndarray:
    """Dark on the left, bright on the right, and so many steps between them."""
    place = np.clip(np.arange(columns) - 25, 0, width)
    return np.tile((20 + place * (200 // width)).astype(np.uint8), (rows, 1))


@pytest.mark.parametrize("width", [1, 2, 4, 5, 10])
def test_an_edges_width_is_the_way_from_dark_to_bright(width: int) -> None:
    assert edge_width(ramp(width)) == width
    assert edge_width(255 - ramp(width)) == width
    assert edge_width(ramp(width)[:, ::-1]) == width


def naive_width(grey: np.ndarray, row: int, column: int) -> int:
    values = grey[row].astype(int)
    sign = np.sign(values[column + 1] - values[column - 1])
    left = right = column
    while left > 0 and np.sign(values[left] - values[left - 1]) == sign:
        left -= 1
    while right + 1 < len(values) and np.sign(values[right + 1] - values[right]) == sign:
        right += 1
    return right - left


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_width_is_that_of_a_loop_over_edges(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (30, 40)).astype(np.uint8)
    grey = cv2.GaussianBlur(noise, (7, 7), 2)
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    padded = np.pad(grey.astype(float), 1, mode="reflect")
    strength = np.array(
        [[abs((padded[r : r + 3, c : c + 3] * kernel).sum()) for c in range(40)] for r in range(30)]
    )
    cutoff = 4 * (strength**2).mean()
    widths = []
    for row in range(30):
        for column in range(1, 39):
            before, here, after = strength[row, column - 1 : column + 2]
            falls = int(grey[row, column + 1]) != int(grey[row, column - 1])
            if here >= before and here > after and here**2 > cutoff and falls:
                # The longer side where a turn lies within the edge.
                widths.append(naive_width(grey, row, column))
    assert len(widths) > 10
    found = edge_width(grey)
    assert found == pytest.approx(np.mean(widths), rel=0.05)


def test_blur_widens_edges_and_leaves_less_to_lose() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.uint8)
    images = [cv2.GaussianBlur(noise, (0, 0), sigma) for sigma in (0.6, 1.2, 2.4, 4.8)]
    widths, lost = [edge_width(i) for i in images], [lost_by_blurring(i) for i in images]
    assert widths == sorted(widths)
    assert widths[-1] > 2 * widths[0]
    assert lost == sorted(lost)
    assert 0 < lost[0] < 0.4 < lost[-1] < 1


def test_a_flat_image_has_no_edges_and_nothing_to_lose() -> None:
    flat = np.full((16, 16), 90, dtype=np.uint8)
    assert edge_width(flat) == 0
    assert lost_by_blurring(flat) == 1
