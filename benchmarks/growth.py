"""What compiling costs, and how that grows with the net. Each net is compiled in a process of its own:
`python -m benchmarks.growth 784 128 10`."""

from __future__ import annotations

import json
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


def compiling(nets: Mapping[str, Sequence[int]], rounds: int = 3) -> tuple[dict[str, float], dict[str, float]]:
    """The median of seconds, and the bytes at their peak, that tracing and compiling each net costs."""
    costs: dict[str, list[tuple[float, int]]] = {name: [] for name in nets}
    for _ in range(rounds):
        for name, sizes in nets.items():
            command = [sys.executable, "-m", "benchmarks.growth", *map(str, sizes)]
            costs[name].append(json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))
    seconds = {name: statistics.median(seconds for seconds, _ in measured) for name, measured in costs.items()}
    return seconds, {name: statistics.median(peak for _, peak in measured) for name, measured in costs.items()}


def compile_once(model: nn.MLP, nin: int, classes: int) -> None:
    """Trace and compile the gradient of a model's loss. Its first call does it, on one example."""
    risk = autograd.compile(lambda x, t: nn.cross_entropy(model(x), t), model.parameters())
    risk.value_and_grad(np.zeros((1, nin)), np.eye(classes)[:1])


def main(nin: int, *nouts: int) -> None:
    """Print the seconds of compiling a net, and the bytes at the peak of building and compiling it once more."""
    model = nn.MLP(nin, nouts, activation="relu")
    start = time.perf_counter()
    compile_once(model, nin, nouts[-1])
    seconds = time.perf_counter() - start
    del model
    tracemalloc.start()
    compile_once(nn.MLP(nin, nouts, activation="relu"), nin, nouts[-1])
    print(json.dumps([seconds, tracemalloc.get_traced_memory()[1]]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
