"""The torchmetrics classes against the pure functions, in one process and in two."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import distributed

from anomaly_fas.metrics import curves, error_rates, thresholds
from anomaly_fas.metrics.pad_error_rates import PadErrorRates
from anomaly_fas.metrics.pad_separability import PadSeparability
from tests import forked

if TYPE_CHECKING:
    import multiprocessing

SPECIES = ["mask", "print", "replay"]
THRESHOLD = 0.5


def samples(seed: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 20, size) / 20
    return torch.tensor(scores), torch.tensor(rng.integers(-1, 3, size))


def expected(scores: torch.Tensor, species: torch.Tensor) -> dict[str, float]:
    attack, bona_fide = scores[species >= 0].numpy(), scores[species < 0].numpy()
    names = np.array(SPECIES)[species[species >= 0].numpy()]
    per_species = error_rates.apcer_per_species(attack, names, THRESHOLD)
    worst = max(per_species.values())
    rejected = error_rates.bpcer(bona_fide, THRESHOLD)
    return {f"apcer/{name}": rate for name, rate in per_species.items()} | {
        "apcer": worst,
        "bpcer": rejected,
        "acer": (worst + rejected) / 2,
        "hter": (error_rates.apcer(attack, THRESHOLD) + rejected) / 2,
        "eer": curves.eer(bona_fide, attack),
        "eer_threshold": thresholds.eer_threshold(bona_fide, attack),
        "auc": curves.auc(bona_fide, attack),
    }


def figures(batches: list[tuple[torch.Tensor, torch.Tensor]]) -> dict[str, float]:
    rates, separability = PadErrorRates(SPECIES, THRESHOLD), PadSeparability()
    for scores, species in batches:
        rates.update(scores, species)
        separability.update(scores, species >= 0)
    merged = rates.compute() | separability.compute()
    return {name: value.item() for name, value in merged.items()}


@pytest.mark.parametrize("seed", range(5))
def test_batches_add_up_to_the_pure_functions(seed: int) -> None:
    scores, species = samples(seed, 60)
    batches = list(zip(scores.split(17), species.split(17), strict=True))
    assert figures(batches) == pytest.approx(expected(scores, species), abs=1e-6)


def test_scores_outside_the_unit_interval_pass_unchanged() -> None:
    metric = PadSeparability()
    metric.update(torch.tensor([-5.0, 1.0, 3.0]), torch.tensor([False, False, True]))
    assert metric.compute()["eer_threshold"] == 2.0


def test_an_absent_species_has_no_rate() -> None:
    rates = PadErrorRates(SPECIES, THRESHOLD)
    rates.update(torch.tensor([0.9, 0.1]), torch.tensor([1, -1]))
    assert set(rates.compute()) == {"apcer/print", "apcer", "bpcer", "acer", "hter"}


Batch = tuple[torch.Tensor, torch.Tensor]
SINGLE: Batch = (torch.tensor([0.3], dtype=torch.float64), torch.tensor([2]))


def shares() -> list[list[Batch]]:
    """What three processes see: many samples of two species, one of the third, nothing."""
    scores, species = samples(7, 40)
    return [[(scores[species < 2], species[species < 2])], [SINGLE], []]


def work(rank: int, rendezvous: str, queue: "multiprocessing.Queue[dict[str, float]]") -> None:
    distributed.init_process_group("gloo", init_method=rendezvous, rank=rank, world_size=3)
    queue.put(figures(shares()[rank]))
    distributed.barrier()
    distributed.destroy_process_group()


def test_three_processes_agree_with_one(tmp_path: Path) -> None:
    context = forked.SERVER
    queue = context.Queue()
    rendezvous = f"file://{tmp_path / 'rendezvous'}"
    workers = [context.Process(target=work, args=(rank, rendezvous, queue)) for rank in range(3)]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    batches = [batch for share in shares() for batch in share]
    whole = expected(*(torch.cat(part) for part in zip(*batches, strict=True)))
    for result in results:
        assert result == pytest.approx(whole, abs=1e-6)
