"""What names of folders say, against what a person reads in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.folder_words import HINTS, NEUTRAL, WORDS, FolderFacts, folder_facts, words_in
from anomaly_fas.types import FinePai, Pai

REAL = FolderFacts("bona_fide")
ATTACK = FolderFacts("attack")


@pytest.mark.parametrize(
    "name",
    ["real", "Real", "LIVE", "bona_fide", "bonafide", "Bona-Fide", "bona fide", "BonaFide",
     "genuine", "client", "authentic", "real_faces", "LiveImages", "ClientRaw", "live-videos"],
)  # fmt: skip
def test_words_for_bona_fide(name: str) -> None:
    assert folder_facts([name]) == REAL
    assert folder_facts(["person 7", name, "2021"]) == REAL


@pytest.mark.parametrize(
    "name",
    ["fake", "spoof", "Attack", "attacks", "imposter", "Impostor", "PA", "ImposterFace",
     "presentation_attack", "spoof images", "fake-faces"],
)  # fmt: skip
def test_words_for_attacks(name: str) -> None:
    assert folder_facts([name]) == ATTACK


@pytest.mark.parametrize(
    ("path", "pai", "fine"),
    [
        ("attack/print", "print", ""),
        ("print", "print", ""),
        ("print_attack", "print", ""),
        ("spoof/Printed Photo", "print", ""),
        ("spoof/photo", "print", ""),
        ("spoof/paper", "print", ""),
        ("replay/p1", "replay", ""),
        ("Replay-Attack", "replay", ""),
        ("fake/screen", "replay", ""),
        ("attack_video", "replay", ""),
        ("attack/videos", "", ""),
        ("3D-Mask", "mask", ""),
        ("make-up", "makeup", ""),
        ("attack/silicone", "mask", "mask_silicone"),
        ("attack/mask/silicone", "mask", "mask_silicone"),
        ("SiliconeMask", "mask", "mask_silicone"),
        ("mask/paper", "mask", "mask_paper"),
        ("attack/paper_mask", "mask", "mask_paper"),
        ("attack/mask/Mannequin", "mask", "mask_rigid"),
        ("attack/print/high", "print", "print_high"),
        ("attack/high/p1", "", ""),
        ("pa/makeup/Obfuscation", "makeup", "makeup_obfuscation"),
        ("pa/impersonation", "makeup", "makeup_impersonation"),
        ("partial/funny_eyes", "partial", "partial_funny_eyes"),
        ("Partial/PaperGlasses", "partial", "partial_paper_glasses"),
        ("fake/upper half", "partial", "partial_upper_half"),
    ],
)
def test_words_for_species(path: str, pai: str, fine: str) -> None:
    assert folder_facts(path.split("/")) == FolderFacts("attack", pai, fine)


@given(st.sampled_from(FinePai), st.sampled_from(["_", "-", " "]), st.booleans())
def test_gradgpads_species_are_known_in_every_spelling(
    fine: FinePai, joint: str, upper: bool
) -> None:
    name = fine.replace("_", joint)
    expected = FolderFacts("attack", fine.coarse.value, fine.value)
    assert folder_facts([name.upper() if upper else name]) == expected
    below = fine.split("_", 1)[1].replace("_", joint)
    assert folder_facts(["attack", fine.coarse, below]) == expected


@pytest.mark.parametrize("hint", sorted(HINTS))
def test_hints_make_no_attack(hint: str) -> None:
    assert folder_facts(["real", hint]) == REAL
    assert folder_facts([hint]) == FolderFacts()
    assert folder_facts(["fake", hint]).pai in set(Pai)


@pytest.mark.parametrize(
    ("name", "split"),
    [("train", "train"), ("Training", "train"), ("train_set", "train"), ("devel", "devel"),
     ("dev", "devel"), ("val", "devel"), ("Validation", "devel"), ("test", "test"),
     ("testing", "test"), ("test_release", "test"), ("evaluation", "test")],
)  # fmt: skip
def test_words_for_splits(name: str, split: str) -> None:
    assert folder_facts([name]) == FolderFacts(split=split)
    assert folder_facts([f"{name}_real"]) == FolderFacts("bona_fide", split=split)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("real/p1/fake", "real, fake"),
        ("live/print", "live, print"),
        ("train/test/real", "train, test, real"),
        ("attack/print/replay/images", "attack, print, replay"),
        ("mask_paper/mask_rigid", "maskpaper, maskrigid"),
        ("fake/photo/video", "fake, photo, video"),
    ],
)
def test_contradictions_are_told_with_their_words(path: str, words: str) -> None:
    assert folder_facts(path.split("/")) == FolderFacts(contradiction=words)


@pytest.mark.parametrize(
    "name", ["p1", "client012", "real1", "surreal", "printer", "", "-", "Attacker 2"]
)
def test_other_names_say_nothing(name: str) -> None:
    assert words_in(name) == ()
    assert folder_facts([name]) == FolderFacts()


@given(st.lists(st.sampled_from(sorted({*WORDS, *HINTS, *NEUTRAL, "p1", "x y"})), max_size=5))
def test_facts_fit_the_annotations(names: list[str]) -> None:
    facts = folder_facts(names)
    assert facts == folder_facts([name.upper() for name in names])
    if facts.contradiction:
        assert facts == FolderFacts(contradiction=facts.contradiction)
    if facts.pai:
        assert facts.label == "attack"
    if facts.pai_fine:
        assert FinePai(facts.pai_fine).coarse == facts.pai
