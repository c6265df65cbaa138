"""Every figure of gradgpad 2.1.0, computed by its own functions, as JSON with all digits.

It runs in an environment that has gradgpad (requirements.txt) and knows nothing of anomaly_fas:

    python experiments/parity/reference.py outputs/parity/reference.json
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradgpad import Approach, CoarseGrainedPai, Dataset, Device, Protocol, Subset, annotations
from gradgpad.public_api import GRADGPAD_SCORES_PATH
from package_figures import Figures, Run, figures_of, generalization
from variants import PUBLISHED, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = (Approach.AUXILIARY, Approach.QUALITY_RBF, Approach.QUALITY_LINEAR)
OPTIONS = {
    Protocol.CROSS_DATASET: ("dataset", Dataset),
    Protocol.LODO: ("dataset", Dataset),
    Protocol.INTRADATASET: ("dataset", Dataset),
    Protocol.CROSS_DEVICE: ("device", Device),
    Protocol.UNSEEN_ATTACK: ("pai", CoarseGrainedPai),
}
PACKAGES = ("gradgpad", "numpy", "pandas", "scikit-learn", "scipy")
ORDER = ("method", "protocol", "variant")
WORKERS = 2


def runs() -> Iterator[Run]:
    """Every method under every protocol of the package's enumeration, and the variants."""
    for method in METHODS:
        for protocol in Protocol:
            name, values = OPTIONS.get(protocol, ("", ()))
            for option in [{name: value} for value in values] if name else [{}]:
                yield Run(method, protocol, option)
        for variant in VARIANTS:
            if variant != PUBLISHED:
                yield Run(method, Protocol.GRANDTEST, {}, variant)


def _scored(run: Run) -> bool:
    return all(run.file(subset).is_file() for subset in Subset.options())


def _computed(chosen: list[Run]) -> list[dict[str, Any]]:
    entries = []
    with ProcessPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(figures_of, run) for run in chosen]
        for done, future in enumerate(as_completed(futures), start=1):
            entry = future.result()
            entries.append(entry)
            name = " ".join(entry[part] for part in ORDER)
            print(f"{done}/{len(futures)} {name} {entry['seconds']:.1f} s", flush=True)
    return sorted(entries, key=lambda entry: [entry[part] for part in ORDER])


def _by_method(entries: list[dict[str, Any]]) -> dict[str, dict[str, Figures]]:
    results: dict[str, dict[str, Figures]] = {method.value: {} for method in METHODS}
    for entry in entries:
        if entry["variant"] == PUBLISHED and "results" in entry["figures"]:
            results[entry["method"]][entry["protocol"]] = entry["figures"]["results"]
    return results


def main(target: Path) -> None:
    """Compute everything and write it."""
    start = time.perf_counter()
    entries = _computed([run for run in runs() if _scored(run)])
    reference = {
        "versions": {"python": sys.version.split()[0]} | {name: version(name) for name in PACKAGES},
        "score_folder": str(Path(GRADGPAD_SCORES_PATH)),
        "absent": [[run.method.value, run.protocol.value] for run in runs() if not _scored(run)],
        "statistics": annotations.statistics(),
        "generalization": {
            method: generalization(results) for method, results in _by_method(entries).items()
        },
        "runs": entries,
        "seconds": time.perf_counter() - start,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(reference))
    print(f"wrote {target}: {len(entries)} runs in {reference['seconds']:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
