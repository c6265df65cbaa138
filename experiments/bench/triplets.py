"""The objective over all triplets of a batch, summed and formed: time and memory by batch size.

Run it as `python experiments/bench/triplets.py`. Both give the same loss and gradient; forward and
backward, D = 512, half of the batch bona fide. Each memory is that of a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

from anomaly_fas.losses import triplets
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal

DIM = 512
ALWAYS = 10**12


def _batch(count: int, dtype: torch.dtype = torch.float32) -> LossInput:
    torch.manual_seed(0)
    embedding = torch.nn.functional.normalize(torch.randn(count, DIM, dtype=dtype), dim=1)
    order = torch.arange(count)
    return LossInput(embedding.requires_grad_(), None, order % 2 == 1, order)


def _step(batch: LossInput, broadcast_up_to: int) -> tuple[float, torch.Tensor]:
    """Loss and gradient, the triplets formed up to so many of them."""
    triplets.BROADCAST_TRIPLETS = broadcast_up_to
    objective = Objective(MetricSoftmax(), TripletFocal(), weight=0.01)
    loss = objective(batch)["loss"]
    (slope,) = torch.autograd.grad(loss, batch.embedding)
    return loss.item(), slope


def _seconds(count: int, broadcast_up_to: int) -> float:
    batch = _batch(count)
    start = time.perf_counter()
    _step(batch, broadcast_up_to)
    return time.perf_counter() - start


def _peak(count: int, broadcast_up_to: int) -> float:
    """How far the memory of a process of its own rises in a step, in MiB (Linux)."""
    command = [sys.executable, __file__, "--peak", str(count), str(broadcast_up_to)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(run.stdout) / 1024


def _rise(count: int, broadcast_up_to: int) -> int:
    """The same of this process, in KiB."""
    _step(_batch(64), broadcast_up_to)
    batch = _batch(count)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts afresh
    before = _status("VmRSS")
    _step(batch, broadcast_up_to)
    return _status("VmHWM") - before


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(name)]
    return int(line.split()[1])


def main() -> None:
    """Compare both ways over batch sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 256, 1024])
    parser.add_argument("--peak", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print(_rise(*options.peak))
        return
    chosen = triplets.BROADCAST_TRIPLETS
    for count in options.sizes:
        rounds = 5 if count > 512 else 21
        for limit in (chosen, ALWAYS):
            _seconds(count, limit)
        taken = [(_seconds(count, chosen), _seconds(count, ALWAYS)) for _ in range(rounds)]
        ours, formed = (statistics.median(times) for times in zip(*taken, strict=True))
        print(f"N = {count:5}  ours {1e3 * ours:8.2f} ms   all formed {1e3 * formed:8.2f} ms   "
              f"ratio {formed / ours:6.2f}")  # fmt: skip
    largest = max(options.sizes)
    ours, formed = _peak(largest, chosen), _peak(largest, ALWAYS)
    print(f"N = {largest:5}  ours {ours:8.0f} MiB  all formed {formed:8.0f} MiB  "
          f"ratio {formed / ours:6.2f}")  # fmt: skip
    exact = [_step(_batch(largest, torch.float64), limit) for limit in (chosen, ALWAYS)]
    (loss, slope), (true_loss, true_slope) = exact
    print(f"fp64: loss differs by {abs(loss / true_loss - 1):.1e}, the gradient by "
          f"{(slope - true_slope).norm() / true_slope.norm():.1e} of its length")  # fmt: skip


if __name__ == "__main__":
    main()
