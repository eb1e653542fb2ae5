"""Each operator and function of micrograd, and tanh and exp of its author's lecture: what it costs to write one.

A step writes the expression over and over and drops each result at once. Ours is freed there and then, which is part of
its cost. micrograd's, a reference cycle, waits for the collector, which would double its cost. The collector is off in
everyone's turn, so that this is left out, in micrograd's favour; W1 has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import Value
from benchmarks import peers
from benchmarks.race import Contestant

TIMES = 1_000  # a step: few, for what waits for the collector fills fresh memory, which is slow
UNIT = "ns", 1e9 / TIMES
SUMS = ["v + w", "v + 2.0", "v + 2", "2.0 + v", "2 + v"]
ARITHMETIC = [example.replace("+", operator) for operator in "+-*/" for example in SUMS]
EXPRESSIONS = [*ARITHMETIC, "v ** 2.0", "v ** 2", "-v", "v.relu()", "v.tanh()", "v.exp()"]


def contestants() -> Iterator[Contestant]:
    """Both engines on each expression, chalkgrad first."""
    engines = {"chalkgrad": Value, "micrograd": peers.micrograd()}
    for expression in EXPRESSIONS:
        for name, value in engines.items():
            yield contestant(name, value, expression)


def contestant(name: str, value: Any, expression: str) -> Contestant:
    """An engine on an expression of two of its values, v and w."""
    scope: dict[str, Any] = {}
    exec(f"def repeat(v, w):\n for _ in range({TIMES}):\n  result = {expression}\n return result", scope)
    v, w = value(1.5), value(-0.7)
    result = v

    def step() -> float:
        nonlocal result
        result = scope["repeat"](v, w)
        return float(result.data)

    def gradient() -> list[float]:
        v.grad = w.grad = 0.0
        result.backward()
        return [v.grad, w.grad]

    return Contestant(name, step, gradient, form="as written", task=f"`{expression}`", collector=False)
