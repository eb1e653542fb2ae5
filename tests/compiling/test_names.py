"""Names in compiled code: those that a program has, as far as Python can have them."""

from __future__ import annotations

from typing import Any

import pytest

import autograd
import nn
from autograd import Parameter, Value, tanh
from tests.compiling.programs import agree


def test_names_that_are_one_in_python_stay_apart() -> None:
    for names in (["\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"], ["x²", "½"], ["len", "float"], ["w₁", "w1"]):
        a, b = [Parameter(x, name) for x, name in zip((2.0, 3.0), names)]

        def loss(x: Value, a: Parameter = a, b: Parameter = b) -> Any:
            h, k = tanh(a * x), tanh(b * x)
            h.name, k.name = b.name, a.name
            return h * h * k * a + b

        agree(loss, [a, b], [0.5, 0.7])
        for target in ("numpy", "python"):
            f = autograd.compile(loss, [a, b], target=target)
            assert f([0.5]) == pytest.approx(float(loss(Value(0.5))), rel=1e-15)


def test_arguments_may_have_any_name() -> None:
    w, dropout = Parameter(2.0, "w"), nn.Dropout(0.5, rng=0).eval()

    def f(theta: Value, theta_: Value, noise1: Value, len: Value, gradient: list[Value]) -> Any:
        return w * theta + theta_ * noise1 + len + dropout(gradient)[0]

    for target in ("numpy", "python"):
        for _ in range(2):
            assert autograd.compile(f, [w], target=target)([1.0], [2.0], [3.0], [4.0], [[5.0]]) == 17.0
            dropout = nn.Dropout(1e-300, rng=0)
