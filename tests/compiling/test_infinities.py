"""Infinities in compiled code: where 0 meets them, the gradient is the scalar engine's, in each target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value, exp, greater, sqrt, step, where
from autograd import sum as total

TARGETS = ["numpy", "python", "jax"]
W = [[Parameter(0.1 * (i + 1) * (j - 1.5), f"w{i}{j}") for j in range(4)] for i in range(3)]
B = [Parameter(0.1, f"b{i}") for i in range(3)]
PARAMETERS = [*[w for row in W for w in row], *B]


def layer(x: Sequence[Any], units: int) -> list[Any]:
    return [autograd.affine(w, x, b) for w, b in zip(W[:units], B)]


def squares(x: Sequence[Any], units: int) -> Any:
    return total([o * o for o in layer(x, units)])


def chosen(x: Sequence[Any], otherwise: Any) -> Any:
    """A program that has nothing to do with what it computes otherwise, where the first input is above 50."""
    return where(greater(x[0], 50.0), x[0] * W[0][0], otherwise)


OVERFLOWS: dict[str, Callable[[Any], Any]] = {
    "a unit": lambda x: chosen(x, squares([exp(xi) for xi in x], 1)),
    "a layer": lambda x: chosen(x, squares([exp(xi) for xi in x], 3)),
    "a layer that hands on": lambda x: chosen(x, squares([exp(100 * W[0][0] * xi) for xi in x], 3)),
    "a unit that hands on": lambda x: chosen(x, squares([exp(100 * W[0][0] * xi) for xi in x], 1)),
    "a layer at two places": lambda x: chosen(
        x, total([squares([exp(100 * k * W[0][0] * xi) for xi in x], 3) for k in (1, 2)])
    ),
    "two layers": lambda x: chosen(x, total([o * o for o in layer([*map(exp, layer(x, 3)), exp(x[0])], 3)])),
    "a loss": lambda x: chosen(x, nn.cross_entropy(layer([exp(xi) for xi in x], 3), 1)),
}
ZEROS: dict[str, Callable[[Any], Any]] = {
    "the root of a step": lambda x: sqrt(step(x[0] * W[0][0])),
    "the roots of steps": lambda x: total([sqrt(step(o)) for o in layer(x, 3)]) + x[0] * W[0][0],
    "the root of a comparison": lambda x: sqrt(greater(x[0] * W[0][0], 1.0)) * W[0][1],
    "the root of a choice": lambda x: sqrt(where(greater(x[0] * W[0][0], 1.0), x[1], 0.0)) * W[0][1],
    "a step": lambda x: step(x[0] * W[0][0]) + W[0][1],
}
DATA = [[0.1, 0.2, 0.3, 0.4], [900.0, 900.0, 800.0, 1.0], [-0.3, -0.1, 0.4, 0.2]]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("program", [*OVERFLOWS, *ZEROS])
def test_the_gradient_is_the_scalar_engines(program: str, target: Any) -> None:
    if target == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    f = {**OVERFLOWS, **ZEROS}[program]
    compiled = autograd.compile(f, PARAMETERS, target=target, reduction="sum")
    for X in (DATA, DATA[:1], DATA[1:2], DATA[2:]):
        for parameter in PARAMETERS:
            parameter.grad = 0.0
        E = total([f([Value(xi) for xi in x]) for x in X])
        E.backward()
        expected = np.array([parameter.grad for parameter in PARAMETERS])
        assert np.isfinite(expected).all() or program not in OVERFLOWS
        value, gradient = compiled.value_and_grad(np.array(X))
        np.testing.assert_allclose(value, E.data, rtol=1e-12)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-13)


def test_only_what_may_be_discarded_is_selected() -> None:
    model = nn.MLP(2, [3, 2], "relu", rng=1)
    f = autograd.compile(lambda x, y: nn.cross_entropy(model(x), y), model.parameters())
    f(np.zeros((1, 2)), np.eye(2)[:1])
    assert "selected" not in f.source
