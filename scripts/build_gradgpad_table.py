"""Rebuilds `annotations.csv.xz` and `official_lists.csv` from the gradgpad wheel.

    python scripts/build_gradgpad_table.py gradgpad-2.1.0-py3-none-any.whl

The wheel is only read as a zip archive: the package itself, which needs pandas < 2, is never
imported. The table holds facts alone: sample names, annotations and the splits that the official
lists put each sample in. A sample's splits are those of its own dataset: train and devel of that
dataset's `lodo` list, test of its `cross_dataset` list. Every list follows from these by rule;
`official_lists.csv` has the size and digest of each, for the tests to compare with.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from anomaly_fas.protocols.gradgpad import OFFICIAL_LISTS, TABLE
from anomaly_fas.protocols.protocol import split_cell
from anomaly_fas.types import Age, Device, FinePai, Label, Lighting, PasType, Sex, SkinTone, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_UNKNOWN: Final = {-1: "", None: ""}
_FINE: Final = ("", *FinePai)
_DEVICE: Final = dict(enumerate(Device)) | _UNKNOWN
_LIGHTING: Final = {0: Lighting.CONTROLLED, 1: Lighting.ADVERSE, 2: ""}
_SEX: Final = dict(enumerate(Sex)) | _UNKNOWN
_AGE: Final = dict(enumerate(Age)) | _UNKNOWN
_SKIN_TONE: Final = dict(enumerate(SkinTone, start=1)) | _UNKNOWN
_PAS_TYPE: Final = ("", *PasType)


def main(wheel: Path) -> None:
    """Write both files into `anomaly_fas/protocols/gradgpad`."""
    with zipfile.ZipFile(wheel) as archive:
        annotations = _read(archive, "gradgpad_annotations.json")["annotations"]
        datasets = sorted({entry["dataset"] for entry in annotations})
        splits = {name: _home_splits(archive, name) for name in datasets}
        _write_digests(archive)
    rows = pd.DataFrame([_row(entry, splits[entry["dataset"]]) for entry in annotations])
    rows.to_csv(TABLE, index=False, lineterminator="\n", compression={"method": "xz", "preset": 9})
    print(f"wrote {len(rows)} samples to {TABLE.name}, {TABLE.stat().st_size / 1024:.0f} KiB")


def digest(sample_ids: Iterable[str]) -> str:
    """A digest of a set of sample ids."""
    return hashlib.sha256("\n".join(sorted(sample_ids)).encode()).hexdigest()


def subject_of(dataset: str, media: str) -> str:
    """The presenter's name within the dataset, or the empty string where no name tells it.

    The presenter is the wearer of a mask, or the person shown on a print or screen. The stand that
    CSMAD photographs its unworn masks on counts as a presenter: it is the same in every split.

    Args:
        dataset: GRAD-GPAD's name of the dataset.
        media: the path of the sample inside the dataset.

    Example:
        >>> subject_of("oulu-npu", "Test_files/1_2_53_4.avi")
        '53'
    """
    path = PurePosixPath(media)
    rule = _RULES.get(dataset)
    return rule(path) if rule else ""


def _casia_fasd(path: PurePosixPath) -> str:
    release, number = path.parts[:2]  # both releases count their subjects from 1
    return f"{release.split('_')[0]}_{number}"


def _csmad(path: PurePosixPath) -> str:
    return "stand" if "STAND" in path.parts else path.name.split("_")[0]


def _client(path: PurePosixPath) -> str:
    found = re.search(r"client(\d+)", path.name)
    return found[1] if found else ""


_RULES: Final[dict[str, Callable[[PurePosixPath], str]]] = {
    "casia-fasd": _casia_fasd,
    "csmad": _csmad,
    "hkbu": lambda path: path.name.split("_")[0],
    "hkbuv2": lambda path: path.parts[1],
    "msu-mfsd": _client,
    "oulu-npu": lambda path: path.name.split("_")[2],
    "replay-attack": _client,
    "replay-mobile": _client,
    "rose-youtu": lambda path: path.parts[0],
    "siw": lambda path: path.parts[2],
    "threedmad": lambda path: path.name.split("_")[0],
}


def _write_digests(archive: zipfile.ZipFile) -> None:
    prefix = "gradgpad/data/protocols/protocol_"
    lists = sorted(name for name in archive.namelist() if name.startswith(prefix))
    with OFFICIAL_LISTS.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["protocol", "split", "samples", "sha256"])
        for name in lists:
            for split, ids in json.loads(archive.read(name)).items():
                protocol = name.removeprefix(prefix).removesuffix(".json")
                writer.writerow([protocol, split, len(ids), digest(ids)])


def _read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"gradgpad/data/{name}"))


def _home_splits(archive: zipfile.ZipFile, dataset: str) -> dict[str, list[Split]]:
    """The splits of each sample id of a dataset, in the order train, devel, test."""
    name = dataset.replace("-", "_").replace("hkbuv2", "hkbuV2")
    within = _read(archive, f"protocols/protocol_lodo_{name}.json")
    across = _read(archive, f"protocols/protocol_cross_dataset_{name}.json")
    splits: dict[str, list[Split]] = {}
    for split, listed in (
        (Split.TRAIN, within["train"]),
        (Split.DEVEL, within["devel"]),
        (Split.TEST, across["test"]),
    ):
        for sample_id in listed:
            splits.setdefault(sample_id, []).append(split)
    return splits


def _row(entry: dict[str, Any], splits: dict[str, list[Split]]) -> dict[str, str]:
    person, conditions = entry["attributes"]["person"], entry["attributes"]["conditions"]
    categories = entry["categorization"]
    fine = _FINE[categories["fine_grained_pai"]]
    return {
        "sample_id": entry["id"],
        "path": str(PurePosixPath(entry["dataset"], entry["media"])),
        "dataset": entry["dataset"],
        "label": Label.ATTACK if fine else Label.BONA_FIDE,
        # The coarse labels are taken from the fine ones: the package's own key to its coarse
        # numbers 5 and 6 (makeup and partial) has them the wrong way round.
        "pai": FinePai(fine).coarse if fine else "",
        "pai_fine": fine,
        "subject": subject_of(entry["dataset"], entry["media"]),
        "split": split_cell(splits.get(entry["id"], [])),
        "pas_type": _PAS_TYPE[categories["pas_type"]],
        "device": _DEVICE[conditions["capture_device"]],
        "lighting": _LIGHTING[conditions["lighting"]],
        "sex": _SEX[person.get("sex", person.get("gender"))],  # both names occur
        "age": _AGE[person.get("age")],
        "skin_tone": _SKIN_TONE[person.get("skin_tone")],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
