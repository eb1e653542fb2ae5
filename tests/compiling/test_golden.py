"""Golden files: the code that is emitted for four programs, for readers to see and for changes to show up in.

``make golden`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value, affine, half_squared_error, softmax_cross_entropy, tanh

FOLDER = Path(__file__).parent / "golden"


def toy_network_python() -> str:
    """IITI's 3-2-1 network with its loss E, as straight lines."""
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid")

    def loss(x: Any, t: Any) -> Value:
        E: Value = half_squared_error(model(x), t)
        E.name = "E"
        return E

    f = autograd.compile(loss, model.parameters(), target="python")
    f([[1.0, 0.0, 1.0]], [1.0])
    return f.source


def tanh_softmax_2_5_2() -> str:
    """HKU, "coding backpropagation": the 2-5-2 net with cross-entropy on a mini-batch, under the slide's names."""

    def parameters(name: str, *shape: int) -> Any:
        named = [Parameter(0.1, f"{name}_{k + 1}") for k in range(int(np.prod(shape)))]
        return np.array(named, dtype=object).reshape(shape)

    def named(name: str, values: list[Value]) -> list[Value]:
        for k, value in enumerate(values, start=1):
            value.name = f"{name}_{k}"
        return values

    W1, b1, W2, b2 = parameters("W1", 2, 5), parameters("b1", 5), parameters("W2", 5, 2), parameters("b2", 2)

    def loss(x: list[Value], y: list[Value]) -> Value:
        s1 = named("s1", [affine(W1[:, j], x, b1[j]) for j in range(5)])
        x1 = named("x1", [tanh(s) for s in s1])
        s2 = named("s2", [affine(W2[:, k], x1, b2[k]) for k in range(2)])
        J: Value = softmax_cross_entropy(s2, y)
        J.name = "J"
        return J

    f = autograd.compile(loss, [*W1.flat, *b1, *W2.flat, *b2])
    f(np.zeros((1, 2)), np.zeros((1, 2)))
    return f.source


def mlp_with_l2() -> str:
    """micrograd's demo: a 2-16-16-1 ReLU net with hinge loss and L2."""
    model = nn.MLP(2, [16, 16, 1], activation="relu")
    parameters = model.parameters()
    f = autograd.compile(lambda x, y: nn.hinge(model(x), y) + nn.l2(parameters, 1e-4), parameters)
    f(np.zeros((1, 2)), np.ones(1))
    return f.source


def convolution() -> str:
    """Two filters of 3x3 over an image of 6x6, ReLU, and a linear unit, with squared error."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), "relu", nn.Flatten(), nn.Layer(2 * 4 * 4, 1, first=1))
    f = autograd.compile(lambda image, t: nn.squared_error(model(image), t), model.parameters())
    f(np.zeros((1, 6, 6)), np.zeros(1))
    return f.source


PROGRAMS: list[Callable[[], str]] = [toy_network_python, tanh_softmax_2_5_2, mlp_with_l2, convolution]


def golden(program: Callable[[], str]) -> Path:
    return FOLDER / f"{program.__name__}.py"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_source_is_the_golden_file(program: Callable[[], str]) -> None:
    assert program() == golden(program).read_text(encoding="utf-8"), "`make golden` writes the files anew; look at them"


if __name__ == "__main__":
    for each in PROGRAMS:
        golden(each).write_text(each(), encoding="utf-8", newline="\n")
