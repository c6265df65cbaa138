"""What a search leaves to be read, after each of its trials."""

import csv
from pathlib import Path

import optuna
import pytest
import yaml
from optuna.distributions import FloatDistribution
from optuna.trial import FrozenTrial, TrialState

from anomaly_fas.search.results import best, shown, write_results


def trial(number: int, acer: float | None) -> FrozenTrial:
    made = optuna.trial.create_trial(
        state=TrialState.FAIL if acer is None else TrialState.COMPLETE,
        value=acer,
        params={"lr": 1.0 + number / 10},
        distributions={"lr": FloatDistribution(1, 2, log=True)},
        user_attrs={
            "error": "no luck" if acer is None else "",
            "runs": {f"run-{number}": f"train {number}", "b": "train b"},
        },
    )
    made.number = number
    return made


TRIALS = [trial(number, acer) for number, acer in enumerate([0.3, 0.1, None, 0.1])]


def test_results_are_what_is_known_by_now(tmp_path: Path) -> None:
    for count in range(1, len(TRIALS) + 1):
        write_results(tmp_path, TRIALS[:count])
        rows = list(csv.DictReader((tmp_path / "trials.csv").open()))
        assert [row["number"] for row in rows] == [str(n) for n in range(count)]
    assert [row["state"] for row in rows] == ["complete", "complete", "fail", "complete"]
    assert [row["devel_acer"] for row in rows] == ["0.3", "0.1", "", "0.1"]
    assert [row["run_folders"] for row in rows] == ["run-0 b", "run-1 b", "run-2 b", "run-3 b"]
    assert rows[2]["error"] == "no luck"
    assert float(rows[1]["lr"]) == 1.1
    content = yaml.safe_load((tmp_path / "best.yaml").read_text())
    assert (content["trial"], content["devel_acer"]) == (1, 0.1)
    assert content["commands"] == ["train 1", "train b"]
    assert content["overrides"] == ["lr=1.1"]
    assert (tmp_path / "search.png").stat().st_size > 10_000


def test_without_a_complete_trial_there_is_no_best_one(tmp_path: Path) -> None:
    write_results(tmp_path, [TRIALS[2]])
    assert {path.name for path in tmp_path.iterdir()} == {"trials.csv"}
    assert best([TRIALS[2]]) is None
    assert shown([TRIALS[2]]) == "1 trial(s): 1 failed"


def test_the_screen_shows_the_best_first_and_how_to_train_it_again() -> None:
    lines = shown(TRIALS).splitlines()
    assert lines[0] == "4 trial(s): 3 complete, 1 failed"
    rows = [dict(zip(lines[2].split(), line.split()[:2], strict=False)) for line in lines[3:6]]
    assert [row["number"] for row in rows] == ["1", "3", "0"]
    assert [row["devel_acer"] for row in rows] == ["10.00", "10.00", "30.00"]
    assert lines[-2:] == ["  train 1", "  train b"]


@pytest.mark.parametrize("trials", [[], TRIALS[2:3]])
def test_the_best_of_none_is_none(trials: list[FrozenTrial]) -> None:
    assert best(trials) is None
