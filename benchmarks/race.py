"""How contestants are compared: checked for equal results first, then timed in turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Contestant:
    """One way to do a workload.

    Attributes:
        name: whose it is, for the table.
        step: does the work once, from the same state each time or from where it left off, and returns the loss.
        gradient: the gradient that the last step computed, in the order all contestants of the workload share.
    """

    name: str
    step: Callable[[], float]
    gradient: Callable[[], Sequence[float]]


def check(contestants: Sequence[Contestant]) -> None:
    """Run two steps of each and raise AssertionError unless losses and gradients agree with the first one's."""
    for _ in range(2):
        results = [(contestant.step(), np.asarray(contestant.gradient())) for contestant in contestants]
        loss, gradient = results[0]
        for contestant, (other_loss, other_gradient) in zip(contestants, results):
            np.testing.assert_allclose(other_loss, loss, rtol=1e-10, err_msg=contestant.name)
            np.testing.assert_allclose(other_gradient, gradient, rtol=1e-8, atol=1e-12, err_msg=contestant.name)


def race(contestants: Sequence[Contestant], rounds: int, repeats: int) -> dict[str, float]:
    """Seconds a step: the median over rounds, in each of which every contestant takes its turn of several steps."""
    check(contestants)
    times: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant in contestants:
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeats):
                contestant.step()
            times[contestant.name].append((time.perf_counter() - start) / repeats)
    return {name: statistics.median(values) for name, values in times.items()}
