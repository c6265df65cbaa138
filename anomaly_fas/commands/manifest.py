"""`anomaly-fas manifest`: list a folder of real and fake samples in a CSV file."""

import logging
import re
import shlex
from pathlib import Path
from typing import Final, Literal, get_args

import pandas as pd
from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.data.folder_listing import FolderListing
from anomaly_fas.data.locating.names import Kind
from anomaly_fas.errors import ConfigError, DataError, first_lines, require_choice
from anomaly_fas.types import Label, Split

Faces = Literal["auto", "cropped", "cut"]

_log = logging.getLogger(__name__)
_WORDS: Final = "real|live|bona_fide …, fake|spoof|attack …, print|replay|mask|makeup|partial"
_KINDS: Final = {
    Kind.IMAGE: "single image(s)",
    Kind.FRAMES: "folder(s) of frames",
    Kind.VIDEO: "video(s)",
    Kind.HDF5: "HDF5 file(s)",
}
_UNCROPPED: Final = {Kind.VIDEO, Kind.HDF5}


def main() -> None:
    """The subcommand."""
    run_app("manifest", manifest)


def manifest(config: DictConfig) -> None:
    """List the folder, write the file, and print what was found and what to do with it."""
    from anomaly_fas.data.folder_listing import list_folder
    from anomaly_fas.files import write_text

    root = Path(config.root)
    output = Path(f"{root.resolve().name}.csv" if config.output is None else config.output)
    _refuse(output, config)
    listing = list_folder(root, frames=config.frames, subject=config.subject)
    _warn(listing)
    _require_samples(listing, root, config.faces)
    write_text(output, listing.rows.to_csv(index=False))
    _print_decisions(listing)
    _print_counts(listing.rows)
    _log.info("%d samples in %s", len(listing.rows), output)
    _print_next(listing, output, root, config.faces)


def _refuse(output: Path, config: DictConfig) -> None:
    require_choice("faces", config.faces, get_args(Faces))
    if output.suffix.lower() != ".csv":
        raise ConfigError(f"output={output}: name a file that ends in .csv")
    if output.exists() and not config.overwrite:
        raise ConfigError(f"{output} exists: choose another output=…, or add overwrite=true")


def _require_samples(listing: FolderListing, root: Path, faces: Faces) -> None:
    if listing.rows.empty:
        if listing.unlabelled or listing.contradicting:
            raise DataError(
                f"{root}: no sample has a label. Sort them into folders called {_WORDS}."
            )
        raise DataError(f"{root}: neither pictures nor videos, {len(listing.others)} other file(s)")
    if faces == "cropped" and not _UNCROPPED.isdisjoint(listing.kinds):
        raise ConfigError("faces=cropped: videos and HDF5 files are among the samples; faces=cut")


def _warn(listing: FolderListing) -> None:
    """Name what is left out."""
    contradicting = [f"{path} ({words})" for path, words in listing.contradicting.items()]
    for paths, reason in (
        (listing.unlabelled, f"no folder above is called {_WORDS}"),
        (contradicting, "the names above contradict each other"),
        (listing.outside, "a link that leads out of the root"),
        (listing.unreadable, "not readable, or a name that a CSV file cannot hold"),
    ):
        if paths:
            shown = [ascii(path)[1:-1] if not path.isprintable() else path for path in paths]
            lines = "\n  ".join(first_lines(shown))
            _log.warning("left out, %d: %s\n  %s", len(paths), reason, lines)


def _print_decisions(listing: FolderListing) -> None:
    """Log what was taken for a sample and for a subject, with an example each."""
    paths = listing.rows["path"].to_list()
    for kind, name in _KINDS.items():
        of_kind = [path for path, other in zip(paths, listing.kinds, strict=True) if other is kind]
        if of_kind:
            _log.info("%d %s, each a sample, such as %s", len(of_kind), name, of_kind[0])
    named = listing.rows[listing.rows["subject"] != ""]
    if len(named):
        _log.info(
            "%d subject(s), such as %s of %s",
            named["subject"].nunique(), named["subject"].iloc[0], named["path"].iloc[0],
        )  # fmt: skip
    if len(named) < len(listing.rows):
        _log.info(
            "%d sample(s) without a subject, which data.split_by=subject needs: name it by a "
            "pattern such as subject=\"'([0-9]+)_'\"",
            len(listing.rows) - len(named),
        )
    if listing.others:
        _log.info("%d other file(s), such as %s", len(listing.others), listing.others[0])


def _print_counts(rows: pd.DataFrame) -> None:
    from anomaly_fas.console import print_table

    species = rows["pai_fine"].where(rows["pai_fine"] != "", rows["pai"])
    places = rows["split"].where(rows["split"] != "", "no split")
    keys = [rows["label"], species.rename("species")]
    counts = rows.groupby(keys).size().rename("samples").to_frame()
    by_split = rows.groupby([*keys, places]).size().unstack(fill_value=0)
    counts = counts.join(by_split[[name for name in (*Split, "no split") if name in by_split]])
    named = rows["subject"].mask(rows["subject"] == "")
    counts["subjects"] = named.groupby(keys).nunique()
    counts = counts.sort_index(ascending=[False, True]).reset_index()
    print_table(counts.columns, counts.itertuples(index=False), title="Samples")


def _print_next(listing: FolderListing, output: Path, root: Path, faces: Faces) -> None:
    """Print the commands to type next."""
    data = f"{_argument('data.manifest', output)} {_argument('paths.root', root)}"
    labels = listing.rows.groupby("split")["label"].agg(set)
    incomplete = [split for split in Split if labels.get(split) != {*Label}]
    if 0 < len(incomplete) < len(Split):
        _log.info(
            "no samples of both labels in %s: data.split_by=subject makes new splits",
            " and ".join(incomplete),
        )
    splits = " data.split_by=subject" if incomplete else ""
    if faces == "auto" and not _UNCROPPED.isdisjoint(listing.kinds):
        faces = "cut"
    print("\nNext:")
    if faces in {"auto", "cropped"}:
        print("# where the pictures are face crops already")
        print(f"  anomaly-fas train data=manifest {data}{splits}")
    if faces in {"auto", "cut"}:
        print("# where faces are to be cut out first")
        print(f"  anomaly-fas prepare data=captures {data}")
        print(f"  anomaly-fas train data=captures {data}{splits}")


def _argument(key: str, path: Path) -> str:
    """Quote an override for a shell and Hydra."""
    text = str(path)
    if re.fullmatch(r"[A-Za-z0-9_./+-]+", text):
        return f"{key}={text}"
    if not set(text) & set("'\"$`\\!"):
        return f"\"{key}='{text}'\""
    quoted = text.replace("'", r"\'")
    return shlex.quote(f"{key}='{quoted}'")
