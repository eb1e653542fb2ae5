"""How contestants are compared: checked for equal results first, then timed in turns."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

ROUNDS, TURN = 50, 0.02  # a turn's seconds
LEAST_STEPS = 4  # of a turn: a step that follows on another pays for the garbage of the one before
LEAST_TURNS = 3


@dataclass(frozen=True)
class Contestant:
    """One way to do a workload.

    Attributes:
        name: whose it is, for the table.
        step: does the work once, from the same state each time or from where it left off, and returns the loss.
        gradient: the gradient that the last step computed, in the order all contestants of the workload share; of a
            whole training, the weights it arrived at.
    """

    name: str
    step: Callable[[], float]
    gradient: Callable[[], Any]


def check(contestants: Sequence[Contestant]) -> None:
    """Run two steps of each and raise AssertionError unless losses and gradients agree with the first one's."""
    for _ in range(2):
        results = [(contestant.step(), np.asarray(contestant.gradient())) for contestant in contestants]
        loss, gradient = results[0]
        for contestant, (other_loss, other_gradient) in zip(contestants, results):
            np.testing.assert_allclose(other_loss, loss, rtol=1e-10, err_msg=contestant.name)
            np.testing.assert_allclose(other_gradient, gradient, rtol=1e-8, atol=1e-12, err_msg=contestant.name)


def race(contestants: Sequence[Contestant]) -> dict[str, float]:
    """Seconds a step: the median over rounds, in each of which contestants take turns of as many steps as fit.

    One whose steps take longer than a turn sits out rounds in proportion.
    """
    check(contestants)
    gc.collect()
    gc.freeze()  # nobody's collector goes through what the others have imported
    durations = {contestant.name: _duration(contestant) for contestant in contestants}
    times: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for k in range(ROUNDS):
        for contestant in contestants:
            steps = max(LEAST_STEPS, round(TURN / durations[contestant.name]))
            every = max(1, round(steps * durations[contestant.name] / TURN))
            if k % min(every, math.ceil(ROUNDS / LEAST_TURNS)):
                continue
            gc.collect()
            start = time.perf_counter()
            for _ in range(steps):
                contestant.step()
            times[contestant.name].append((time.perf_counter() - start) / steps)
    gc.unfreeze()
    return {name: statistics.median(values) for name, values in times.items()}


def _duration(contestant: Contestant) -> float:
    """Seconds a step, roughly."""
    start, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < TURN:
        contestant.step()
        count += 1
    return elapsed / count
