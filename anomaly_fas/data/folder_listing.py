"""From a folder of real and fake samples to the rows of a manifest; no file is opened."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

import pandas as pd

from anomaly_fas.data.folder_words import FolderFacts, folder_facts, words_in
from anomaly_fas.data.locating.names import Kind, kind_of, split_suffix
from anomaly_fas.data.locating.scan import scan
from anomaly_fas.errors import ConfigError, require_choice

Frames = Literal["auto", "file", "folder"]

COLUMNS: Final = ("sample_id", "path", "dataset", "label", "pai", "pai_fine", "subject", "split")

_WORDS_OF_CLIPS: Final = frozenset({"clip", "frame", "frames"})


@dataclass(frozen=True)
class FolderListing:
    """The samples of a folder and what is not among them, as posix paths relative to it.

    Attributes:
        rows: an annotation table of `COLUMNS`, by path.
        kinds: what each row's sample is stored as.
        unlabelled: samples whose folders have no word for a label.
        contradicting: samples whose folders say two things, to the words that do.
        outside: links that lead out of the folder.
        unreadable: folders without permission, and names that a table cannot hold.
        others: files that are neither picture nor video.
    """

    rows: pd.DataFrame
    kinds: list[Kind]
    unlabelled: list[str]
    contradicting: dict[str, str]
    outside: list[str]
    unreadable: list[str]
    others: list[str]


def list_folder(root: Path, *, frames: Frames, subject: str | None) -> FolderListing:
    """Walk a folder and take labels, species, splits and subjects from the names of its folders.

    Args:
        root: the folder; its name is the dataset's.
        frames: `file` makes each image a sample, `folder` each folder of images. `auto` makes a
            sample of a folder that has a name of its own (no word such as `real`) or is called
            `frames` or `clip`, and holds two images or more, all numbered after one prefix, and
            no video.
        subject: `folder` takes the nearest folder above the sample that has a name of its own;
            None leaves subjects unknown. Anything else is a regular expression that is searched
            for in the path: its group named `subject` counts, else its first group, else all of
            what it finds.

    Raises:
        ConfigError: an unknown value of `frames`, a pattern that is none or fits no sample.
        DataError: no such folder, or one with too many entries.
    """
    require_choice("frames", frames, get_args(Frames))
    subject_of = _subject_rule(subject)
    found = scan(root)
    media, others = _media(found.files)
    samples = sorted(_samples(media, frames))
    facts = {path: _facts(path, kind) for path, kind in samples if _fits_a_table(path)}
    listed = [(path, kind) for path, kind in samples if path in facts and facts[path].label]
    rows = [
        (path, path, root.resolve().name, said.label, said.pai, said.pai_fine, subject, said.split)
        for path, _ in listed
        for said, subject in [(facts[path], subject_of(path).strip())]
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)
    if subject not in {None, "folder"} and len(table) and (table["subject"] == "").all():
        raise ConfigError(f"subject={subject!r} fits no path, such as {table['path'].iloc[0]!r}")
    return FolderListing(
        table,
        [kind for _, kind in listed],
        [path for path, said in facts.items() if not (said.label or said.contradiction)],
        {path: said.contradiction for path, said in facts.items() if said.contradiction},
        found.refused,
        [*found.unreadable, *(path for path, _ in samples if path not in facts)],
        others,
    )


def _media(files: list[str]) -> tuple[list[tuple[str, Kind]], list[str]]:
    """Pictures, videos and HDF5 files with their kind, and the other files."""
    kinds = [(path, kind_of(split_suffix(path)[1]) or Kind.UNKNOWN) for path in files]
    media: list[tuple[str, Kind]]
    media = [(path, kind) for path, kind in kinds if kind is not Kind.UNKNOWN]
    return media, [path for path, kind in kinds if kind is Kind.UNKNOWN]


def _samples(media: list[tuple[str, Kind]], frames: Frames) -> Iterator[tuple[str, Kind]]:
    folders: dict[str, list[tuple[str, Kind]]] = defaultdict(list)
    for path, kind in media:
        folders[path.rpartition("/")[0]].append((path, kind))
    for folder, files in folders.items():
        together = _is_a_sample(folder, files, frames)
        if together:
            yield folder, Kind.FRAMES
        for path, kind in files:
            if not (together and kind is Kind.IMAGE):
                yield path, kind


def _is_a_sample(folder: str, files: list[tuple[str, Kind]], frames: Frames) -> bool:
    """Whether the images of a folder are the frames of one sample."""
    images = [path for path, kind in files if kind is Kind.IMAGE]
    if not images or not folder or frames == "file":
        return False
    if frames == "folder":
        return True
    numbered = [re.fullmatch(r"(.*?)[0-9]+", split_suffix(path)[0]) for path in images]
    prefixes = {number and number[1] for number in numbered}
    alone = len(images) == len(files) > 1
    may_be_a_clip = set(words_in(folder.rpartition("/")[2])) <= _WORDS_OF_CLIPS
    return alone and None not in prefixes and len(prefixes) == 1 and may_be_a_clip


def _facts(path: str, kind: Kind) -> FolderFacts:
    """What the folders say, and if they have no label, what the file's own name adds."""
    names = path.split("/")
    if kind is Kind.FRAMES:
        return folder_facts(names)
    facts = folder_facts(names[:-1])
    if facts.label or facts.contradiction:
        return facts
    return folder_facts([*names[:-1], split_suffix(names[-1])[0]])


def _fits_a_table(path: str) -> bool:
    """Whether a path is read as it was written: as UTF-8, in one line and without outer spaces."""
    in_utf8 = path.encode(errors="replace").decode() == path
    return in_utf8 and path == path.strip() and not {"\r", "\n"} & set(path)


def _subject_rule(subject: str | None) -> Callable[[str], str]:
    if subject is None:
        return lambda path: ""
    if subject == "folder":
        return lambda path: next(
            (name for name in reversed(path.split("/")[:-1]) if not words_in(name)), ""
        )
    try:
        pattern = re.compile(subject)
    except re.error as error:
        raise ConfigError(f"subject={subject!r}: no regular expression ({error})") from error
    group: str | int = "subject" if "subject" in pattern.groupindex else min(pattern.groups, 1)
    return lambda path: (found[group] or "") if (found := pattern.search(path)) else ""
