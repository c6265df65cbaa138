"""What the names of folders say: labels, PAI species and splits, in the words that people use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from anomaly_fas.data.locating.names import spelling
from anomaly_fas.types import FinePai, Label, Pai, Split

_Word = Label | Split | Pai | FinePai


def _key(name: str) -> str:
    """A name as words are compared: without case, hyphens, underscores and spaces."""
    return re.sub(r"[-_ ]+", "", spelling(name))


def _table(words: dict[_Word, str]) -> dict[str, _Word]:
    return {word: meaning for meaning, names in words.items() for word in names.split()}


_FINE: Final = {_key(fine): fine for fine in FinePai}
_GRADES: Final = ("_low", "_medium", "_high")

WORDS: Final[dict[str, _Word]] = {
    **_FINE,
    **_table(
        {
            Label.BONA_FIDE: "bonafide real live genuine authentic client clients",
            Label.ATTACK: "attack attacks fake fakes spoof spoofs spoofing spoofed pa pas "
            "imposter imposters impostor impostors presentationattack presentationattacks",
            Split.TRAIN: "train training",
            Split.DEVEL: "devel dev development val valid validation",
            Split.TEST: "test testing eval evaluation",
            Pai.PRINT: "print prints printed printout printouts",
            Pai.REPLAY: "replay replays replayed",
            Pai.MASK: "mask masks",
            Pai.MAKEUP: "makeup",
            Pai.PARTIAL: "partial partials",
            # As GRAD-GPAD annotates the species of SiW-M.
            FinePai.MASK_RIGID: "mannequin mannequins mannequinhead halfmask transparentmask",
            FinePai.MASK_PAPER: "papermask",
            FinePai.MASK_SILICONE: "siliconemask",
            FinePai.PARTIAL_FUNNY_EYES: "funnyeyeglasses",
        }
    ),
}
"""Words that count wherever they stand; a PAI species makes a sample an attack."""

HINTS: Final[dict[str, _Word]] = {
    **{_key(fine.split("_", 1)[1]): fine for fine in FinePai if not fine.endswith(_GRADES)},
    **_table(
        {
            Pai.PRINT: "paper photo photos picture pictures poster posters",
            Pai.REPLAY: "video screen screens display displays monitor monitors",
            FinePai.PARTIAL_FUNNY_EYES: "funnyeye",
        }
    ),
}
"""Words that name the species of an attack, but do not make one: `real/photo` is bona fide."""

NEUTRAL: Final = frozenset(
    {
        *("face", "faces", "image", "images", "img", "imgs", "videos", "clip", "clips"),
        *("frame", "frames", "crop", "crops", "cropped", "raw", "rgb", "data", "dataset", "set"),
        *("sample", "samples", "files", "release", "3d", "low", "medium", "high"),
        *("fixed", "hand", "adverse", "controlled"),
    }
)
"""Words that say nothing of the label, and are no subject either."""


@dataclass(frozen=True)
class FolderFacts:
    """What a path says of a sample; empty where it says nothing.

    Attributes:
        label: value of `Label`.
        pai: value of `Pai`.
        pai_fine: value of `FinePai`.
        split: value of `Split`.
        contradiction: the words that cannot be true together.
    """

    label: str = ""
    pai: str = ""
    pai_fine: str = ""
    split: str = ""
    contradiction: str = ""


@cache
def words_in(name: str) -> tuple[str, ...]:
    """The known words that a name consists of, as keys of the tables; empty for any other name.

    Example:
        >>> words_in("Bona-Fide"), words_in("PrintAttack"), words_in("train_real")
        (('bonafide',), ('print', 'attack'), ('train', 'real'))
        >>> words_in("client012")
        ()
    """
    parts = re.split(r"[-_ ]+|(?<=[a-z])(?=[A-Z])", name)
    keys = tuple(_key(part) for part in parts if part)
    for candidate in ((_key(name),), keys):
        if all(key in WORDS or key in HINTS or key in NEUTRAL for key in candidate):
            return candidate
    return ()


def folder_facts(names: Sequence[str]) -> FolderFacts:
    """What names along a path say together.

    A word below a coarse species may make it a fine one: `mask/silicone`, `print/high`.

    Args:
        names: of the folders, the outermost first.
    """
    keys = [key for name in names for key in words_in(name)]
    said = [WORDS[key] for key in keys if key in WORDS]
    species = [word for word in said if isinstance(word, Pai | FinePai)]
    labels = {word for word in said if isinstance(word, Label)}
    if species:
        labels.add(Label.ATTACK)
    elif Label.ATTACK in labels:
        species = [word for key in keys if isinstance(word := HINTS.get(key), Pai | FinePai)]
    coarse = {word.coarse if isinstance(word, FinePai) else word for word in species}
    fine = {word for word in species if isinstance(word, FinePai)}
    fine |= {_FINE[pai + key] for pai in coarse for key in keys if pai + key in _FINE}
    splits = {word for word in said if isinstance(word, Split)}
    facts: tuple[set[Label] | set[Pai] | set[FinePai] | set[Split], ...]
    facts = (labels, coarse, fine, splits)
    if any(len(values) > 1 for values in facts):
        words = (key for key in keys if key not in NEUTRAL)
        return FolderFacts(contradiction=", ".join(dict.fromkeys(words)))
    return FolderFacts(*("".join(values) for values in facts))
