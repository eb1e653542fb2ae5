"""What compiling costs, and how that grows with the net. Each net is compiled in a process of its own:
`python -m benchmarks.growth 784 128 10`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

import autograd
import nn

ROOT = Path(__file__).parents[1]
# Ten times the parameters, from 10 thousand to 100 thousand, by more units in a layer and by more layers.
WIDER = {"784-13-10": (784, 13, 10), "784-130-10": (784, 130, 10)}
DEEPER = {"40 layers of 16": (16,) * 41, "400 layers of 16": (16,) * 401}


def compiling(nets: Mapping[str, Sequence[int]], rounds: int = 5) -> dict[str, float]:
    """Seconds to trace and compile each net: the median of rounds, in each of which they take turns."""
    times: dict[str, list[float]] = {name: [] for name in nets}
    for _ in range(rounds):
        for name, sizes in nets.items():
            command = [sys.executable, "-m", "benchmarks.growth", *map(str, sizes)]
            times[name].append(float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))
    return {name: statistics.median(values) for name, values in times.items()}


def bytes_at_the_peak(nin: int, *nouts: int) -> int:
    """Memory that it takes to build a net, trace it and compile it."""
    tracemalloc.start()
    compile_once(nn.MLP(nin, nouts, activation="relu", rng=0), nin, nouts[-1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def compile_once(model: nn.MLP, nin: int, classes: int) -> None:
    """Trace and compile the gradient of a model's loss. Its first call does it, on one example."""
    risk = autograd.compile(lambda x, t: nn.cross_entropy(model(x), t), model.parameters())
    risk.value_and_grad(np.zeros((1, nin)), np.eye(classes)[:1])


def main(nin: int, *nouts: int) -> None:
    """Print the processor's seconds, which other programs on the machine don't lengthen as they do the clock's."""
    model = nn.MLP(nin, nouts, activation="relu", rng=0)
    start = time.process_time()
    compile_once(model, nin, nouts[-1])
    print(time.process_time() - start)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
