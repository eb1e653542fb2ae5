"""Learning-rate schedules: PyTorch's numbers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Parameter
from optim import SGD, schedules
from optim.schedules import cosine, exponential, step, warm_up


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize(
    ("schedule", "oracle"),
    [
        (step(0.3, 4), lambda s, o: s.StepLR(o, 4)),
        (step(0.3, 1, gamma=0.5), lambda s, o: s.StepLR(o, 1, gamma=0.5)),
        (exponential(0.3, 0.9), lambda s, o: s.ExponentialLR(o, 0.9)),
        (cosine(0.3, 20), lambda s, o: s.CosineAnnealingLR(o, 20)),
        (cosine(0.3, 10, min_lr=0.1), lambda s, o: s.CosineAnnealingLR(o, 10, eta_min=0.1)),
        (warm_up(lambda epoch: 0.3, 5), lambda s, o: s.LinearLR(o)),
        (
            warm_up(exponential(0.3, 0.9), 4, start_factor=0.1),
            lambda s, o: s.ChainedScheduler([s.LinearLR(o, 0.1, total_iters=4), s.ExponentialLR(o, 0.9)]),
        ),
    ],
)
def test_twenty_epochs_are_pytorchs(schedule: schedules.Schedule, oracle: Callable[[Any, Any], Any]) -> None:
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = oracle(torch.optim.lr_scheduler, optimizer)
    for epoch in range(21):
        assert schedule(epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12, abs=1e-16)
        optimizer.step()
        scheduler.step()


def test_an_optimizer_takes_them() -> None:
    p = Parameter(1.0)
    p.grad = 1.0
    optimizer = SGD([p], lr=1.0)
    schedule = warm_up(cosine(0.5, epochs=4), epochs=2, start_factor=0.5)
    lrs = [schedule(epoch) for epoch in range(5)]
    assert lrs[0] == 0.25
    assert lrs[4] == 0.0
    for lr in lrs:
        before, optimizer.lr = p.data, lr
        optimizer.step()
        assert p.data == before - lr


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: step(0, 3), ValueError, "lr must be a positive number, got 0"),
        (lambda: step(0.1, 0), ValueError, "step_size must be a whole number from 1 up, got 0"),
        (lambda: step(0.1, 2.5), ValueError, "step_size must be a whole number from 1 up, got 2.5"),  # type: ignore[arg-type]
        (lambda: step(0.1, 3, gamma=-1), ValueError, "gamma must be a positive number, got -1"),
        (lambda: exponential(0.1, 0), ValueError, "gamma must be a positive number, got 0"),
        (lambda: cosine(0.1, 0), ValueError, "epochs must be a whole number from 1 up, got 0"),
        (lambda: cosine(0.1, 5, min_lr=0.2), ValueError, "min_lr must be a number from 0 to lr=0.1, got 0.2"),
        (lambda: warm_up(0.1, 5), TypeError, "schedule must be a function of the epoch, .* got 0.1"),  # type: ignore[arg-type]
        (lambda: warm_up(cosine(0.1, 5), -1), ValueError, "epochs must be a whole number from 1 up, got -1"),
        (lambda: warm_up(cosine(0.1, 5), 5, 0), ValueError, "start_factor must be above 0 and at most 1, got 0"),
    ],
)
def test_mistakes_are_named(make: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        make()
