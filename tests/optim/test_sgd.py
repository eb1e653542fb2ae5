"""Gradient descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Parameter, Value
from optim import SGD, rules

finite = st.floats(-1e3, 1e3)


@given(theta=finite, gradient=finite, lr=st.floats(1e-6, 10))
def test_a_step_is_lr_times_the_gradient_downhill(theta: float, gradient: float, lr: float) -> None:
    p = Parameter(theta)
    p.grad = gradient
    SGD([p], lr=lr).step()
    assert p.data == theta - lr * gradient


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=5), st.floats(1e-6, 10))
def test_flat_arrays_follow_the_same_rule_in_place(pairs: list[tuple[float, float]], lr: float) -> None:
    parameters = [Parameter(theta) for theta, _ in pairs]
    theta, gradient = (np.array(column) for column in zip(*pairs))
    for parameter, (_, g) in zip(parameters, pairs):
        parameter.grad = g
    optimizer = SGD(parameters, lr=lr)
    optimizer.step()
    optimizer.update(theta, gradient)
    assert theta.tolist() == [p.data for p in parameters]
    assert rules.sgd(*pairs[0], lr) == theta[0]


def test_a_parameter_named_twice_takes_one_step() -> None:
    p = Parameter(1.0)
    p.grad = 1.0
    SGD([p, p], lr=0.1).step()
    assert p.data == 0.9


def test_zero_grad() -> None:
    p = Parameter(1.0)
    p.grad = 3.0
    SGD([p], lr=0.1).zero_grad()
    assert p.grad == 0.0


def test_it_finds_the_bottom_of_a_bowl() -> None:
    x, y = Value(3.0), Value(-2.0)
    optimizer = SGD([x, y], lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        ((x - 1) ** 2 + 2 * (y + 0.5) ** 2).backward()
        optimizer.step()
    assert [x.data, y.data] == pytest.approx([1.0, -0.5])


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: SGD([], lr=0.1), ValueError, "parameters is empty"),
        (lambda: SGD([1.0], lr=0.1), TypeError, "parameters must be Values, got float 1.0"),  # type: ignore[list-item]
        (lambda: SGD([Value(1.0)], lr=0.0), ValueError, "lr must be a positive number, got 0.0"),
        (lambda: SGD([Value(1.0)], lr=float("inf")), ValueError, "lr must be a positive number, got inf"),
        (lambda: SGD([Value(1.0)], lr="0.1"), ValueError, "lr must be a positive number, got '0.1'"),  # type: ignore[arg-type]
        (lambda: SGD(Value(1.0), lr=1), TypeError, "parameters must be Values, such as model"),
        (lambda: SGD([Value(1.0)], lr=-1), ValueError, "lr must be a positive number, got -1"),
        (lambda: SGD([Value(1.0)], lr=float("nan")), ValueError, "lr must be a positive number, got nan"),
    ],
)
def test_mistakes_are_named(make: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        make()
