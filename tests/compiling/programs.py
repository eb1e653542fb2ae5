"""Programs to compile, of many kinds, and what compares them with the scalar engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value, relu, tanh
from autograd import sum as total

Loss = Callable[..., Any]


def as_values(example: Any) -> Any:
    """An example's numbers as Values, for the scalar engine."""
    return [as_values(part) for part in example] if np.ndim(example) else Value(float(example))


def eager(loss: Loss, parameters: Sequence[Value], *arrays: Any) -> tuple[float, list[float]]:
    """The mean loss and its gradient, by the scalar engine."""
    for parameter in parameters:
        parameter.grad = 0.0
    mean = total([loss(*map(as_values, example)) for example in zip(*arrays)]) / len(arrays[0])
    if mean.parents:
        mean.backward()
    return mean.data, [parameter.grad for parameter in parameters]


def agree(loss: Loss, parameters: Sequence[Value], *arrays: Any) -> None:
    """Compiled and eager give the same value and gradient."""
    expected, gradient = eager(loss, parameters, *arrays)
    f = autograd.compile(loss, parameters)
    value, compiled_gradient = f.value_and_grad(*arrays)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(f(*arrays), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(compiled_gradient, gradient, rtol=1e-11, atol=1e-11)
    m = len(arrays[0])
    value, compiled_gradient = autograd.compile(loss, parameters, reduction="sum").value_and_grad(*arrays)
    np.testing.assert_allclose(value, m * expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(compiled_gradient, np.multiply(m, gradient), rtol=1e-11, atol=1e-11)


W = [Parameter(x, f"w{k + 1}") for k, x in enumerate(np.random.default_rng(1).normal(size=12).tolist())]
G = [Value(x) for x in (0.5, -1.5, 2.0)]
NET = nn.MLP(2, [3, 2], rng=1)


def recurrence(xs: list[list[Value]]) -> Any:
    h: list[Any] = [0.0, 0.0]
    for x in xs:
        h = [tanh(autograd.affine([*W[5 * j : 5 * j + 2], *W[5 * j + 2 : 5 * j + 4]], [*x, *h], W[4])) for j in (0, 1)]
    return autograd.dot(h, W[10:])


def attention(xs: list[list[Value]]) -> Any:
    q, k = [[[autograd.dot(W[s + 2 * j : s + 2 * j + 2], x) for j in range(3)] for x in xs] for s in (0, 6)]
    mixed = [autograd.dot(autograd.softmax([autograd.dot(qi, ki) for ki in k]), [x[0] for x in xs]) for qi in q]
    return total([m * m for m in mixed])


def siamese(xs: list[list[Value]]) -> Any:
    a, b = NET(xs[0]), NET(xs[1])
    return autograd.sqrt(total([(p - q) ** 2 for p, q in zip(a, b)]) + 0.1)


PROGRAMS: dict[str, Loss] = {
    "recurrent": recurrence,
    "attention": attention,
    "siamese": siamese,
    "residual": lambda xs: total([x + tanh(autograd.dot(W[2 * j : 2 * j + 2], xs[0])) for j, x in enumerate(xs[1])]),
    "locally connected": lambda xs: total([tanh(autograd.dot(W[2 * j : 2 * j + 2], x)) for j, x in enumerate(xs)]),
    "overlapping weights": lambda xs: total([tanh(autograd.dot(W[j : j + 2], xs[0])) for j in range(5)]),
    "ragged": lambda xs: total([tanh(autograd.dot(W[:n], [*xs[0], *xs[1]][:n])) for n in (1, 2, 3, 4)]),
    "no example in the network": lambda xs: autograd.dot(NET([0.3, -0.2]), xs[0]) + total(NET([1.0, 2.0])),
    "linear outputs added up": lambda xs: total([o for x in xs for o in NET(x)]),
    "given vector": lambda xs: autograd.dot(W[:3], G) * xs[0][0] + total([tanh(w * g) for w, g in zip(W, G)]),
    "relu beside what it reads": lambda xs: total([relu(w * x) for w, x in zip(W, xs[0])]) + W[0] * xs[0][0],
    "relu of one of them": lambda xs: (lambda h: total([relu(v) for v in h]) + relu(h[0] + 0.5))(
        [W[0] * x for x in xs[0]]
    ),
    "relu of a difference": lambda xs: relu(W[0] * xs[0][0] - W[1] * xs[0][1]),
    "pieces of an array": lambda xs: (
        lambda h: total([autograd.dot(W[2 * j : 2 * j + 2], h[2 * j : 2 * j + 2]) for j in (0, 1)])
    )([tanh(W[8] * x) for x in (*xs[0], *xs[1])]),
    "a learned shift before a layer": lambda xs: total(
        [
            (autograd.affine(W[3 * j : 3 * j + 2], [x + w for x, w in zip(xs[0], W[8:])], W[3 * j + 2])) ** 2
            for j in (0, 1)
        ]
    ),
    "what is repeated has a minus": lambda xs: (
        lambda h: total([tanh(-total(h[2 * j : 2 * j + 2])) for j in (0, 1)]) + total([v * v for v in h])
    )([tanh(W[8] * x) for x in (*xs[0], *xs[1])]),
    "a computed number for many": lambda xs: total([tanh(W[0]) + x for x in (*xs[0], *xs[1])]),
    "shared weights and a bias a position": lambda xs: total(
        [tanh(autograd.affine(W[:2], x, b)) for x, b in zip(xs, W[2:])]
    ),
    "an order that is no transposition": lambda xs: (
        lambda h: total([tanh(autograd.dot(W[s : s + 6], [h[k] for k in (0, 2, 1, 3, 4, 5)])) for s in (0, 6)])
    )([tanh(W[k] * x) for k, x in enumerate([x for row in xs for x in row])]),
    "one input for many units": lambda xs: total([tanh(autograd.affine([w], [xs[0][0]], w)) for w in W[:3]]),
    "weights without a say": lambda xs: (
        autograd.step(autograd.dot(W[:2], xs[0])) + tanh(autograd.dot(W[2:5], [*xs[1], 1.0]))
    ),
    "a negative base": lambda xs: autograd.pow(-2.0, autograd.step(xs[0][0]) * 2) * W[0],
    "an input": lambda xs: xs[1][0],
    "a parameter": lambda xs: W[3],
    "a given value": lambda xs: G[0],
    "a constant": lambda xs: autograd.Constant(3.0),
    "a regulariser": lambda xs: nn.l2(W, 0.1) + nn.l1(W, 0.1),
}


def mistake(call: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()
