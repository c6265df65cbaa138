"""Who is ended by a signal, and when."""

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Event

import pytest
import torch
from torch.utils.data import DataLoader

from anomaly_fas.interruption import (
    ENDING,
    Interruption,
    give_back,
    leave_to_main_process,
    take_for_ctrl_c,
)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """As a process has them that was just started."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        if number == signal.SIGINT
        else signal.signal(number, signal.SIG_DFL)
        for number in ENDING
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING)
def test_every_signal_is_ctrl_c_between_taking_and_giving_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    taken = take_for_ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    give_back(taken)
    assert signal.getsignal(number) is before


def test_handlers_of_others_are_not_taken() -> None:
    def own(number: int, frame: object) -> None:
        raise AssertionError

    signal.signal(signal.SIGUSR2, own)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    taken = take_for_ctrl_c()
    Interruption().put_off()
    assert signal.getsignal(signal.SIGUSR2) is own
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    give_back(taken)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_that_is_put_off_comes_when_it_is_let_through(
    capfd: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    taken = take_for_ctrl_c()
    interruption = Interruption()
    interruption.put_off()
    for again in ENDING[1:]:  # a scheduler may send all that it has
        os.kill(os.getpid(), number if again == ENDING[1] else again)
    assert interruption.requested
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert "Ctrl-C ends at once" in capfd.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        interruption.let_through()
    give_back(taken)


def test_without_a_signal_nothing_comes() -> None:
    interruption = Interruption()
    interruption.put_off()
    interruption.let_through()
    assert not interruption.requested
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("number", ENDING)
def test_processes_that_load_data_outlive_a_signal_to_all(number: signal.Signals) -> None:
    loader = DataLoader(
        torch.arange(40),  # type: ignore[arg-type]
        batch_size=10,
        num_workers=1,
        worker_init_fn=leave_to_main_process,
    )
    batches = iter(loader)
    loaded = [next(batches)]
    (worker,) = batches._workers  # type: ignore[attr-defined]
    os.kill(worker.pid, number)
    loaded += batches
    assert torch.cat(loaded).tolist() == list(range(40))
    began = time.monotonic()
    del batches
    worker.join(5)
    assert not worker.is_alive()
    assert time.monotonic() - began < 4


def test_nobody_waits_for_a_process_that_loads_data_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("anomaly_fas.interruption.LONGEST_AFTER_SIGTERM", 1)
    context = get_context("fork")
    is_ready = context.Event()
    worker = context.Process(target=_load_without_end, args=(is_ready,))
    worker.start()
    assert is_ready.wait(10)
    worker.terminate()  # once, as Python does at its end, before it waits
    worker.join(10)
    assert worker.exitcode == -signal.SIGALRM


def _load_without_end(is_ready: Event) -> None:
    leave_to_main_process(0)
    is_ready.set()
    while True:
        time.sleep(0.1)
