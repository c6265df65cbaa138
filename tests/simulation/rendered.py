"""What the simulator's version renders, in a few numbers a species.

After a change that is meant to alter pixels, raise `VERSION` and write the numbers anew:
`python -m tests.simulation.rendered`.
"""

import json
from pathlib import Path

import numpy as np

from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import VERSION, render_frame

FILE = Path(__file__).with_suffix(".json")


def figures() -> dict[str, list[float]]:
    """Of a sample of each species: mean red, green and blue, and mean step to the next pixel."""
    found = {}
    for sample in plan(Extent(train=2, devel=1, test=1, bona_fide=1, attacks=1)):
        name = str(sample.species or "bona_fide")
        if name not in found:
            crop = render_frame(sample, 0, 112).astype(float)
            step = np.abs(np.diff(crop, axis=1)).mean()
            found[name] = [round(float(value), 2) for value in (*crop.mean(axis=(0, 1)), step)]
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps({"version": VERSION, "figures": figures()}, indent=1) + "\n")
