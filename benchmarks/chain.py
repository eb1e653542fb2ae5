"""The raw engine: a chain of 10,000 scalar nodes (multiply, add, tanh), forward and backward."""

from __future__ import annotations

import contextlib
import math
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import autograd
from autograd import Parameter, Value
from benchmarks import peers
from benchmarks.race import Contestant

LENGTH = 10_000
W, B, START = 1.0, 0.0, 0.5  # for which no gradient vanishes: arithmetic on denormal numbers is slow


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    for name, (value, backward) in engines().items():
        yield eager(name, value, backward)
    with contextlib.suppress(ImportError):
        yield pytorch()
    yield compiled()
    yield straight_line()


def chain(x: Any, w: Any, b: Any) -> Any:
    """x -> x * w -> + b -> tanh, over and over."""
    for _ in range(LENGTH // 3):
        x = (x * w + b).tanh()
    return x


def engines() -> dict[str, tuple[Any, Callable[[Any], None]]]:
    """The engines of scalars with ``data`` and ``grad``: Value and backward pass."""
    return {
        "chalkgrad, eager": (Value, Value.backward),
        "micrograd, patched for recursion": (peers.micrograd(), backward_without_recursion),
    }


def eager(name: str, value: Any, backward: Callable[[Any], None]) -> Contestant:
    """The chain as users of such an engine write it."""
    leaves = [value(START), value(W), value(B)]

    def step() -> float:
        for leaf in leaves:
            leaf.grad = 0.0
        end = chain(*leaves)
        backward(end)
        return float(end.data)

    return Contestant(name, step, lambda: [leaf.grad for leaf in leaves], form="as written")


def backward_without_recursion(output: Any) -> None:
    """micrograd's backward pass, which as installed goes deeper than Python's stack."""
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((child, False) for child in node._prev)
    output.grad = 1
    for node in reversed(order):
        node._backward()


def compiled() -> Contestant:
    """The chain compiled to straight lines on floats; the one example it is given is not used."""
    leaves = [Parameter(START), Parameter(W), Parameter(B)]
    compiled = autograd.compile(lambda _: chain(*leaves), leaves, target="python")
    gradient: list[float] = []

    def step() -> float:
        nonlocal gradient
        end, gradient = compiled.value_and_grad([0.0])
        return end

    return Contestant('chalkgrad, target="python"', step, lambda: gradient)


def straight_line() -> Contestant:
    """Python floats and a list of what the backward pass needs: the floor of the interpreter."""
    gradient = [0.0, 0.0, 0.0]

    def step() -> float:
        x, kept = START, []
        for _ in range(LENGTH // 3):
            y = math.tanh(x * W + B)
            kept.append((x, y))
            x = y
        d, dw, db = 1.0, 0.0, 0.0
        for x_in, y in reversed(kept):
            d *= 1 - y * y
            dw += d * x_in
            db += d
            d *= W
        gradient[:] = d, dw, db
        return x

    return Contestant("straight-line floats", step, lambda: gradient)


def pytorch() -> Contestant:
    """PyTorch's tensors without dimensions."""
    torch = peers.pytorch()
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (START, W, B)]

    def step() -> float:
        for leaf in leaves:
            leaf.grad = None
        end = chain(*leaves)
        end.backward()
        return float(end.detach())

    return Contestant("PyTorch, 0-dim tensors", step, lambda: [float(leaf.grad) for leaf in leaves], form="as written")


def bytes_a_node() -> dict[str, float]:
    """Memory that each kept node of the chain costs after a backward pass."""
    costs = {}
    for name, (value, backward) in engines().items():
        leaves = [value(START), value(W), value(B)]
        tracemalloc.start()
        end = chain(*leaves)
        backward(end)
        costs[name] = tracemalloc.get_traced_memory()[0] / LENGTH
        tracemalloc.stop()
        del end
    return costs
