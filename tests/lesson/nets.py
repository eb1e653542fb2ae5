"""Programs to make mistakes in, with numbers of no special kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import nn
from autograd import MISTAKES, Parameter, Program, Value, tanh


def net(sizes: list[int], activation: str, output: str, loss: Callable[..., Value], target: Any, rng: int = 3) -> Value:
    model = nn.MLP(2, sizes, activation=activation, output=output, rng=rng)
    for k, parameter in enumerate(model.parameters()):
        parameter.data += 0.1 + 0.01 * k  # biases begin at 0
    E: Value = loss(model([0.7, -1.3]), target)
    return E


def branched() -> Value:
    """A program of a few operations, in which much is used twice."""
    w, x, b = Parameter(0.6, "w"), Value(-1.2, "x"), Parameter(0.3, "b")
    h = tanh(w * x + b)
    y: Value = (h * h + autograd.elu(h * w - 1) - 0.5) ** 2
    return y


NETS: dict[str, Callable[[], Value]] = {
    "sigmoid": lambda: net([2, 1], "sigmoid", "sigmoid", nn.half_squared_error, 1),
    "relu": lambda: net([3, 3, 1], "relu", "linear", nn.squared_error, 0.4, rng=1),
    "tanh": lambda: net([2, 2, 1], "tanh", "sigmoid", nn.binary_cross_entropy, 1),
    "softmax": lambda: net([2, 3], "sigmoid", "softmax", nn.cross_entropy_on_probabilities, 1),
    "logits": lambda: net([3, 3], "relu6", "linear", nn.cross_entropy, 2),
    "no bias": lambda: net([3, 2], "gelu", "tanh", nn.half_squared_error, [0.2, -0.4]),
    "branched": branched,
}
EVERYWHERE = [
    (name, mistake)
    for name, make in NETS.items()
    for mistake in MISTAKES
    if MISTAKES[mistake].sites(Program.of(make()))
]
