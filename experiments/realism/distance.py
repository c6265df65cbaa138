"""Distances between the statistics of two sets of captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import wasserstein_distance

if TYPE_CHECKING:
    from measurements import Measured


def distances(real: Measured, simulated: Measured) -> dict[str, float]:
    """How far each statistic of the simulated set is from that of the real one.

    Args:
        real: sets the unit.
        simulated: what is compared with it.

    Returns:
        For each scalar the Wasserstein distance in standard deviations of the real set; and
        `spectrum`, the root mean square difference of the mean spectra in dB.
    """
    found = {
        str(name): float(
            wasserstein_distance(real.scalars[name], simulated.scalars[name])
            / max(float(real.scalars[name].std()), 1e-6)
        )
        for name in real.scalars
    }
    gap = real.spectra.mean(axis=0) - simulated.spectra.mean(axis=0)
    return {"spectrum": float(np.sqrt((gap**2).mean()))} | found


def coverage(real: Measured, simulated: Measured) -> dict[str, float]:
    """Share of real captures within the simulated 1 to 99 % range, a statistic at a time.

    The spectrum counts the share of its bins, averaged over captures.
    """
    low, high = np.percentile(simulated.spectra, [1, 99], axis=0)
    spectrum = ((real.spectra >= low) & (real.spectra <= high)).mean()
    found = {"spectrum": float(spectrum)}
    for name in real.scalars:
        low, high = np.percentile(simulated.scalars[name], [1, 99])
        found[str(name)] = float(real.scalars[name].between(low, high).mean())
    return found
