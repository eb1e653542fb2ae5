"""The dot products of one layer of microgpt, summed, forward and backward: two nodes a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd
from benchmarks import peers
from benchmarks.race import Contestant

UNITS, INPUTS = 64, 16
UNIT = "ns a node", 1e9 / (2 * UNITS * INPUTS + UNITS)
RNG = np.random.default_rng(0)
W, X = RNG.normal(size=(UNITS, INPUTS)), RNG.normal(size=INPUTS)


class Value:
    """A scalar of microgpt's design (Karpathy 2026): children with local gradients, and a recursive backward pass."""

    __slots__ = ("children", "data", "grad", "local_grads")

    def __init__(self, data: float, children: Any = (), local_grads: Any = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local_grads = local_grads

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __radd__(self, other: float) -> Value:
        return self + other

    def backward(self) -> None:
        order, visited = [], set()

        def visit(v: Value) -> None:
            if v not in visited:
                visited.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(order):
            for child, local_grad in zip(v.children, v.local_grads):
                child.grad += local_grad * v.grad


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield engine("chalkgrad", autograd.Value, as_written, "as written")
    yield engine("microgpt's design", Value, as_written, "as written")
    yield engine("micrograd", peers.micrograd(), as_written, "as written")
    yield engine("chalkgrad, autograd.dot", autograd.Value, tuned, "tuned")
    yield numpy_by_hand()


def as_written(w: list[list[Any]], x: list[Any]) -> Any:
    """As microgpt and students write it, with Python's own sum."""
    return sum(sum(wi * xi for wi, xi in zip(row, x)) for row in w)


def tuned(w: list[list[Any]], x: list[Any]) -> Any:
    """One node a dot product."""
    return autograd.sum([autograd.dot(row, x) for row in w])


def engine(name: str, value: Callable[[float], Any], layer: Callable[..., Any], form: str) -> Contestant:
    """An engine of scalars with ``data``, ``grad`` and ``backward``."""
    w, x = [list(map(value, row)) for row in W.tolist()], list(map(value, X.tolist()))
    leaves = [leaf for row in (*w, x) for leaf in row]

    def step() -> float:
        for leaf in leaves:
            leaf.grad = 0.0
        total = layer(w, x)
        total.backward()
        return float(total.data)

    return Contestant(name, step, lambda: [leaf.grad for leaf in leaves], form)


def numpy_by_hand() -> Contestant:
    """A product of arrays, whose gradient is the other factors."""
    gradient = np.empty(W.size + X.size)

    def step() -> float:
        gradient[: W.size] = np.tile(X, UNITS)
        gradient[W.size :] = W.sum(0)
        return float((W @ X).sum())

    return Contestant("NumPy by hand", step, lambda: gradient)
