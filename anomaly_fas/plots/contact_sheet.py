"""Many images on one page, with a name before each row."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.plots.style import plain, styled, words


@styled
def contact_sheet(rows: Mapping[str, Sequence[np.ndarray]], title: str) -> Figure:
    """Draw rows of images, uint8, shape [size, size, 3], all of one size, named on the left."""
    strips = [np.concatenate(images, axis=1) for images in rows.values()]
    height, width = strips[0].shape[:2]
    inches, label = 1.0, 2.0
    scale = inches / height
    figure = Figure(figsize=(label + width * scale, 0.4 + len(strips) * inches))
    FigureCanvasAgg(figure)
    total_width, total_height = figure.get_size_inches()
    figure.suptitle(
        plain(title), x=0.01, y=1 - 0.12 / total_height, ha="left", va="top", fontsize=11
    )
    for number, (name, strip) in enumerate(zip(rows, strips, strict=True)):
        bottom = (len(strips) - 1 - number) * inches / total_height
        axes = figure.add_axes(
            (label / total_width, bottom, width * scale / total_width, 0.98 * inches / total_height)
        )
        axes.imshow(strip, aspect="auto", interpolation="lanczos")
        axes.set_axis_off()
        axes.text(-0.01, 0.5, words(name), transform=axes.transAxes, ha="right",
                  va="center", fontsize=9)  # fmt: skip
    return figure
