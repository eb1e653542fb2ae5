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
        gradient: the gradient that the last step computed, in the order all contestants of the task share; of a
            whole training, the weights it arrived at.
        form: "as written" where the step is what a peer's users write, and the same for all but for the import;
            "tuned" where each does the task the fastest way it has.
        task: what is computed, where a workload has several.
        collector: whether the garbage collector runs in its turns. Where it does not, a turn is one step, and its
            garbage is collected before the next turn, at nobody's cost.
    """

    name: str
    step: Callable[[], float]
    gradient: Callable[[], Any]
    form: str = "tuned"
    task: str = ""
    collector: bool = True


def check(contestants: Sequence[Contestant]) -> None:
    """Run two steps of each; raise AssertionError unless losses and gradients agree with those of the task's first."""
    for _ in range(2):
        results: dict[str, tuple[float, Any]] = {}
        for contestant in contestants:
            loss, gradient = contestant.step(), np.asarray(contestant.gradient())
            first_loss, first_gradient = results.setdefault(contestant.task, (loss, gradient))
            who = f"{contestant.name} {contestant.task}"
            np.testing.assert_allclose(loss, first_loss, rtol=1e-10, err_msg=who)
            np.testing.assert_allclose(gradient, first_gradient, rtol=1e-8, atol=1e-12, err_msg=who)


def race(contestants: Sequence[Contestant]) -> dict[Contestant, float]:
    """Seconds a step: the median over rounds, in each of which contestants take turns of as many steps as fit.

    One whose steps take longer than a turn sits out rounds in proportion.
    """
    check(contestants)
    gc.collect()
    gc.freeze()  # nobody's collector goes through what the others have imported
    durations = {contestant: _duration(contestant) for contestant in contestants}
    times: dict[Contestant, list[float]] = {contestant: [] for contestant in contestants}
    for k in range(ROUNDS):
        for contestant, duration in durations.items():
            steps = max(LEAST_STEPS, round(TURN / duration)) if contestant.collector else 1
            every = max(1, round(steps * duration / TURN))
            if k % min(every, math.ceil(ROUNDS / LEAST_TURNS)):
                continue
            gc.collect()
            if not contestant.collector:
                gc.disable()
            start = time.perf_counter()
            for _ in range(steps):
                contestant.step()
            times[contestant].append((time.perf_counter() - start) / steps)
            gc.enable()
    gc.unfreeze()
    return {contestant: statistics.median(values) for contestant, values in times.items()}


def _duration(contestant: Contestant) -> float:
    """Seconds a step, roughly."""
    start, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < TURN:
        contestant.step()
        count += 1
    return elapsed / count
