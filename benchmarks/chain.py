"""The raw engine: a chain of 10,000 scalar nodes (multiply, add, tanh), forward and backward."""

from __future__ import annotations

import contextlib
import math
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from autograd import Value, tanh
from benchmarks import peers
from benchmarks.race import Contestant

LENGTH = 10_000
W, B, START = 1.0, 0.0, 0.5  # for which no gradient vanishes: arithmetic on denormal numbers is slow


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield eager("chalkgrad, eager", Value, tanh)
    yield straight_line()
    yield micrograd()
    with contextlib.suppress(ImportError):
        yield pytorch()


def chain(tanh: Callable[[Any], Any], x: Any, w: Any, b: Any) -> Any:
    """x -> x * w -> + b -> tanh, over and over."""
    for _ in range(LENGTH // 3):
        x = tanh(x * w + b)
    return x


def eager(name: str, value: Callable[[float], Any], tanh: Callable[[Any], Any]) -> Contestant:
    """An engine of scalars with ``data``, ``grad`` and ``backward``."""
    leaves = [value(START), value(W), value(B)]

    def step() -> float:
        for leaf in leaves:
            leaf.grad = 0.0
        end = chain(tanh, *leaves)
        end.backward()
        return float(end.data)

    return Contestant(name, step, lambda: [leaf.grad for leaf in leaves])


def micrograd_value() -> tuple[Callable[[float], Any], Callable[[Any], Any]]:
    """micrograd's Value with the tanh of its author's lecture, and a backward that does not recurse."""
    from micrograd.engine import Value as Original

    class Patched(Original):  # type: ignore[misc]
        def backward(self) -> None:
            order, seen, stack = [], set(), [(self, False)]
            while stack:
                node, done = stack.pop()
                if done:
                    order.append(node)
                elif node not in seen:
                    seen.add(node)
                    stack.append((node, True))
                    stack.extend((child, False) for child in node._prev)
            self.grad = 1
            for node in reversed(order):
                node._backward()

    def tanh(x: Any) -> Any:
        t = math.tanh(x.data)
        out = Patched(t, (x,), "tanh")

        def _backward() -> None:
            x.grad += (1 - t * t) * out.grad

        out._backward = _backward
        return out

    return Patched, tanh


def micrograd() -> Contestant:
    """micrograd, patched for recursion."""
    return eager("micrograd", *micrograd_value())


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
        end = chain(torch.tanh, *leaves)
        end.backward()
        return float(end.detach())

    return Contestant("PyTorch, 0-dim tensors", step, lambda: [float(leaf.grad) for leaf in leaves])


def bytes_a_node() -> dict[str, float]:
    """Memory that each kept node of the chain costs after a backward pass."""
    costs = {}
    engines: dict[str, tuple[Callable[[float], Any], Callable[[Any], Any]]]
    engines = {"chalkgrad, eager": (Value, tanh), "micrograd": micrograd_value()}
    for name, (value, tanh_) in engines.items():
        leaves = [value(START), value(W), value(B)]
        tracemalloc.start()
        end = chain(tanh_, *leaves)
        end.backward()
        costs[name] = tracemalloc.get_traced_memory()[0] / LENGTH
        tracemalloc.stop()
        del end
    return costs
