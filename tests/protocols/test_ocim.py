"""OCIM: whole datasets as the literature counts them, devel from the sources alone."""

import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.ocim import Ocim
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.selection import official_selection, select
from anomaly_fas.types import Label, Split
from tests.nonempty import nonempty

ROWS = gradgpad_annotations()
NAMES = {"O": "oulu-npu", "C": "casia-fasd", "I": "replay-attack", "M": "msu-mfsd"}

# Bona fide and attack videos of the whole of each dataset. OULU-NPU (Boulkenafet et al., FG 2017):
# 40 subjects of train and test, 6 phones, 3 sessions, 1 + 4 videos. CASIA-FASD (Zhang et al., ICB
# 2012): 50 subjects, 3 + 9. Replay-Attack (Chingovska et al., BIOSIG 2012): train 60 + 300, test
# 80 + 400. MSU-MFSD (Wen et al., TIFS 2015): 35 subjects, 2 + 6. GRAD-GPAD annotates them all.
WHOLE = {"O": (720, 2880), "C": (150, 450), "I": (140, 700), "M": (70, 210)}
# The authors' devel parts of O (15 subjects) and I (60 + 300), which the literature leaves unused.
UNUSED = {"O": (270, 1080), "I": (60, 300)}
# GRAD-GPAD's devel subjects: 4 of C, 10 of M.
CARVED = {"C": (12, 36), "M": (20, 60)}

MEMBERS = {
    "ocim_oulu_npu": ("O", "CIM"),
    "ocim_casia_fasd": ("C", "OIM"),
    "ocim_replay_attack": ("I", "OCM"),
    "ocim_msu_mfsd": ("M", "OCI"),
    "ocim_casia_fasd_from_mi": ("C", "MI"),
    "ocim_oulu_npu_from_mi": ("O", "MI"),
}
FAMILY = {protocol.name: protocol for protocol in Ocim.family(ROWS)}


def chosen(protocol: Ocim, split: Split) -> pd.DataFrame:
    return ROWS.iloc[official_selection(protocol, ROWS)[split]]


def counts(rows: pd.DataFrame, letter: str) -> tuple[int, int]:
    labels = rows.loc[rows["dataset"] == NAMES[letter], "label"]
    return int((labels == Label.BONA_FIDE).sum()), int((labels == Label.ATTACK).sum())


def test_leave_one_out_and_the_two_limited_variants() -> None:
    assert list(FAMILY) == list(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
def test_the_whole_of_the_target_is_tested(name: str) -> None:
    target, _ = MEMBERS[name]
    test = chosen(FAMILY[name], Split.TEST)
    assert set(test["dataset"]) == {NAMES[target]}
    assert counts(test, target) == WHOLE[target]


@pytest.mark.parametrize("name", MEMBERS)
def test_train_is_the_whole_of_the_sources_less_what_devel_takes(name: str) -> None:
    _, sources = MEMBERS[name]
    train, devel = (chosen(FAMILY[name], split) for split in (Split.TRAIN, Split.DEVEL))
    assert set(train["dataset"]) == set(devel["dataset"]) == {NAMES[s] for s in sources}
    for source in nonempty(sources):
        carved = CARVED.get(source, (0, 0))
        trained = counts(train, source)
        assert (trained[0] + carved[0], trained[1] + carved[1]) == WHOLE[source]
        assert counts(devel, source) == (UNUSED | CARVED)[source]


@pytest.mark.parametrize("name", MEMBERS)
def test_nobody_crosses_the_splits(name: str) -> None:
    official, leak_free = official_selection(FAMILY[name], ROWS), select(FAMILY[name], ROWS)
    assert all(pair.samples == pair.subjects == 0 for pair in nonempty(leakage(official, ROWS)))
    assert all(official[split].tolist() == leak_free[split].tolist() for split in Split)


def test_other_sources_may_be_named() -> None:
    protocol = Ocim("msu-mfsd", "C")
    assert protocol.name == "ocim_msu_mfsd_from_c"
    assert set(chosen(protocol, Split.TRAIN)["dataset"]) == {"casia-fasd"}


@pytest.mark.parametrize("sources", ["", "OM", "MM", "X", "mi"])
def test_sources_are_letters_of_the_other_three(sources: str) -> None:
    message = rf"protocol\.sources='{sources}': choose letters of CIM, such as CI"
    with pytest.raises(ConfigError, match=message):
        Ocim("oulu-npu", sources)


def test_unknown_targets_and_other_data() -> None:
    with pytest.raises(ConfigError, match=r"protocol\.target='siw': choose one of oulu-npu"):
        Ocim("siw")
    others = ROWS[ROWS["dataset"] != "msu-mfsd"].reset_index(drop=True)
    assert Ocim.family(others) == []
    with pytest.raises(ConfigError, match="'msu-mfsd', which is not in the data"):
        official_selection(Ocim("msu-mfsd"), others)
    # Nor is a source silently left out.
    with pytest.raises(ConfigError, match="'msu-mfsd', which is not in the data"):
        official_selection(Ocim("oulu-npu"), others)
