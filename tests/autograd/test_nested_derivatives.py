"""Derivatives compose: gradients flow through one derivative into whatever its function was computed from."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
import optim
from autograd import Parameter, Value, grad, hessian, hvp, jacobian, value_and_grad

needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
OURS = SimpleNamespace(grad=grad, sin=autograd.sin, tanh=autograd.tanh)


def expression(rng: np.random.Generator, m: Any, variables: Sequence[Any], depth: int, size: int) -> Any:
    """A random expression of the variables, in which derivatives are taken of functions that close over them."""
    kind = rng.choice([0, 1, 1, 1, 2, 3, 4]) if size else 0
    if kind == 0:
        return variables[int(rng.integers(0, len(variables)))] if rng.random() < 0.8 else float(rng.uniform(-1, 1))
    if kind == 1 and depth:
        seed, point = rng.integers(0, 2**32), expression(rng, m, variables, 0, 1)

        def inner(y: Any) -> Any:
            body = expression(np.random.default_rng(seed), m, [*variables, y], depth - 1, size)
            return body * y * variables[0] + y * y * variables[-1]

        return m.grad(inner)(point)
    a = expression(rng, m, variables, depth, size - 1)
    if kind == 2:
        return m.sin(a)
    b = expression(rng, m, variables, depth, size - 1)
    return a * b if kind == 3 else m.tanh(a) + b


@needs_jax
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), x=st.floats(-1.5, 1.5), w=st.floats(-1.5, 1.5))
def test_random_nestings_are_jaxs_by_the_engine_and_compiled(seed: int, x: float, w: float) -> None:
    import jax

    jax.config.update("jax_enable_x64", True)
    theirs = SimpleNamespace(grad=jax.grad, sin=jax.numpy.sin, tanh=jax.numpy.tanh)

    def f(m: Any, x: Any, w: Any) -> Any:
        return expression(np.random.default_rng(seed), m, [x, w], 3, 3) + 0.0 * x * w

    value, slopes = jax.value_and_grad(lambda x, w: f(theirs, x, w), argnums=(0, 1))(x, w)
    value, slopes = float(value), [float(slope) for slope in slopes]
    ours = Value(x), Parameter(w)
    output = f(OURS, *ours)
    output.backward()
    np.testing.assert_allclose(output.data, value, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose([v.grad for v in ours], slopes, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(grad(lambda x: f(OURS, x, w))(x), slopes[0], rtol=1e-9, atol=1e-9)
    for target in ("numpy", "python"):
        compiled = autograd.compile(lambda x: f(OURS, x, ours[1]), [ours[1]], target=target)
        both = compiled.value_and_grad([x])
        np.testing.assert_allclose([both[0], both[1][0]], [value, slopes[1]], rtol=1e-9, atol=1e-9)


def test_a_float_is_differentiated_by_a_function_that_closes_over_a_value() -> None:
    x = Value(3.0)
    (x * grad(lambda y: x * y)(2.0)).backward()
    assert x.grad == 6.0


@pytest.mark.parametrize(
    ("derivative", "wanted"),
    [
        (lambda w: grad(lambda y: w * y**3)(2.0), 12.0),
        (lambda w: value_and_grad(lambda y: w * y**3)(2.0)[1], 12.0),
        (lambda w: jacobian(lambda y: [w * y**3, y])(2.0)[0], 12.0),
        (lambda w: hessian(lambda y: w * y**3)(2.0), 12.0),
        (lambda w: hvp(lambda y: w * y**3, (2.0,), (0.5,)), 6.0),
    ],
)
def test_every_derivative_is_a_value_where_its_function_closes_over_one(
    derivative: Callable[[Value], Value], wanted: float
) -> None:
    w = Parameter(5.0)
    result = derivative(w)
    result.backward()
    assert (result.data, w.grad) == (5.0 * wanted, wanted)
    assert float(result) == result.data


def test_where_nothing_from_outside_takes_part_derivatives_are_floats() -> None:
    unit = nn.Neuron(1)
    assert type(grad(lambda y: Value(2.0) * y * Parameter(3.0))(1.0)) is float
    assert grad(lambda w: grad(lambda y: w * y * y)(2.0))(1.0) == 4.0
    theta = autograd.pack(unit.parameters())
    E = grad(lambda theta: nn.squared_error(nn.functional_call(unit, theta, [3.0]), 2.0))(theta)
    assert E.dtype == float


def test_noise_that_is_drawn_when_compiled_code_runs_is_from_outside() -> None:
    w = Parameter(2.0)
    rng = np.random.default_rng(0)

    def loss(x: Value) -> Value:
        (z,) = autograd.noise(rng.standard_normal, 1, rng)
        error: Value = x * w * grad(lambda y: z * y)(3.0)
        return error

    compiled = autograd.compile(loss, [w])
    z = np.random.default_rng(0).standard_normal((4, 1))[:, 0]
    assert compiled(np.ones(4)) == pytest.approx(2.0 * z.mean())


class Residual(nn.Module):
    """A model whose output is the residual, so that `fit` learns it as it learns any other."""

    def __init__(self) -> None:
        self.u = nn.MLP(1, [4, 1], rng=3)

    def __call__(self, t: Any) -> Any:
        return hessian(lambda t: self.u([t]))(t[0]) + self.u(t)


POINTS = np.linspace(0.0, 2.0, 9)[:, None]


def trained(compiled: bool, as_regulariser: bool) -> tuple[list[float], list[float]]:
    """The losses and the weights of ten updates."""
    residual = Residual()

    def initial() -> Value:  # u(0) = 1, u'(0) = 0
        value, slope = value_and_grad(lambda t: residual.u([t]))(0.0)
        error: Value = (value - 1.0) ** 2 + slope**2
        return error

    optimizer = optim.SGD(residual.parameters(), lr=0.05)
    regulariser = initial if as_regulariser else None
    history = nn.fit(
        residual, POINTS, np.zeros(9), loss=nn.squared_error, optimizer=optimizer, epochs=10,
        regulariser=regulariser, compiled=compiled, progress=False,
    )  # fmt: skip
    return history["loss"], [p.data for p in residual.parameters()]


@needs_torch
@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("as_regulariser", [True, False])
def test_a_physics_informed_loss_trains_as_pytorchs_does(compiled: bool, as_regulariser: bool) -> None:
    import torch

    u = Residual().u
    flat = torch.tensor(autograd.pack(u.parameters()), requires_grad=True)
    sgd, losses = torch.optim.SGD([flat], lr=0.05), []

    def theirs(t: Any) -> Any:
        hidden = torch.stack([torch.tanh(flat[2 * k] * t + flat[2 * k + 1]) for k in range(4)])
        return flat[8:12] @ hidden + flat[12]

    for _ in range(10):
        terms = []
        for t in torch.tensor(POINTS[:, 0], requires_grad=True).unbind():
            (slope,) = torch.autograd.grad(theirs(t), t, create_graph=True)
            (bend,) = torch.autograd.grad(slope, t, create_graph=True)
            terms.append((bend + theirs(t)) ** 2)
        loss = torch.stack(terms).mean()
        if as_regulariser:
            zero = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
            (slope,) = torch.autograd.grad(theirs(zero), zero, create_graph=True)
            loss = loss + (theirs(zero) - 1.0) ** 2 + slope**2
        losses.append(float(loss.detach()))
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    ours, weights = trained(compiled, as_regulariser)
    np.testing.assert_allclose(ours, losses, rtol=1e-9)
    np.testing.assert_allclose(weights, flat.detach().numpy(), rtol=1e-9)


def test_check_gradients_follows_a_derivative_within() -> None:
    w = Parameter(0.7)
    autograd.check_gradients(lambda x: x * grad(lambda y: w * autograd.sin(x * y))(2.0), 0.4)
