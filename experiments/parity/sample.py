"""Writes the small reference of the tests: sampled scores of one method and gradgpad's figures.

    python experiments/parity/sample.py outputs/parity/reference.json

The run is grandtest of auxiliary in the variant `sampled`, taken from what `reference.py` wrote.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Final

from variants import VARIANTS

METHOD, PROTOCOL, VARIANT = "auxiliary", "grandtest", "sampled"
TARGET: Final = Path(__file__).parents[2] / "tests/metrics/data/gradgpad_sample.json.xz"


def main(path: Path) -> None:
    """Write the scores of both subsets and the figures."""
    reference = json.loads(path.read_text())
    wanted = {"method": METHOD, "protocol": PROTOCOL, "variant": VARIANT}
    (run,) = (run for run in reference["runs"] if wanted.items() <= run.items())
    folder = Path(reference["score_folder"], METHOD)
    devel, test = (
        VARIANTS[VARIANT](json.loads((folder / name).read_text())) for name in run["files"]
    )
    content = {
        "source": "gradgpad 2.1.0 (PyPI, MIT): its published scores, sampled and rounded, and the "
        "figures that its own functions give for them",
        **wanted,
        "versions": reference["versions"],
        "devel": devel,
        "test": test,
        "figures": run["figures"],
    }
    TARGET.write_bytes(lzma.compress(json.dumps(content).encode(), preset=9))
    print(f"wrote {TARGET.name}, {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
