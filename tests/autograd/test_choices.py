"""Choices: comparisons and `where` are rows, whose branch is taken by the numbers of each run, in every sweep."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Parameter, Program, Value, grad, greater, where

# Functions made of pieces, and their derivatives of the orders 1 to 3 at a point x that is not 0.
PIECES: dict[str, tuple[Callable[[Any], Any], Callable[[float], list[float]]]] = {
    "abs": (autograd.abs, lambda x: [math.copysign(1.0, x), 0.0, 0.0]),
    "relu": (autograd.relu, lambda x: [float(x > 0), 0.0, 0.0]),
    "leaky_relu": (autograd.leaky_relu, lambda x: [1.0 if x > 0 else 0.01, 0.0, 0.0]),
    "elu": (autograd.elu, lambda x: [1.0, 0.0, 0.0] if x > 0 else [math.exp(x)] * 3),
    "cube": (lambda x: x**3, lambda x: [3 * x**2, 6 * x, 6.0]),
    "maximum": (lambda x: autograd.maximum(x, -2.0 * x), lambda x: [1.0 if x > 0 else -2.0, 0.0, 0.0]),
    "where": (
        lambda x: where(greater(x, 0.0), x * x, autograd.exp(x)),
        lambda x: [2 * x, 2.0, 0.0] if x > 0 else [math.exp(x)] * 3,
    ),
}
pieces = pytest.mark.parametrize("name", PIECES)


def nested(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    for _ in range(order):
        f = grad(f)
    return f


@pieces
@pytest.mark.parametrize("x", [800.0, -800.0, 1.5, -1.5])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_of_pieces_far_out(name: str, x: float, order: int) -> None:
    f, slopes = PIECES[name]
    assert nested(f, order)(x) == pytest.approx(slopes(x)[order - 1], rel=1e-12)
    v = Value(x)
    nested(f, order - 1)(v).backward()  # by the engine's own sweep
    assert v.grad == pytest.approx(slopes(x)[order - 1], rel=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_at_the_corner_derivatives_are_those_of_pytorchs_choice(order: int) -> None:
    assert nested(autograd.abs, order)(0.0) == 0.0
    assert nested(autograd.relu, order)(0.0) == 0.0
    assert nested(autograd.elu, order)(0.0) == 1.0
    assert nested(lambda x: x**3, order)(0.0) == (6.0 if order == 3 else 0.0)


@pytest.mark.parametrize("row", [autograd.sigmoid, autograd.tanh, autograd.softplus, autograd.gelu], ids=str)
@pytest.mark.parametrize("x", [-1e4, -800.0, -709.79, 709.79, 800.0, 1e4])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_smooth_steps_are_flat_far_out_to_any_order(row: autograd.Primitive, x: float, order: int) -> None:
    limit = 1.0 if row in (autograd.softplus, autograd.gelu) and order == 1 and x > 0 else 0.0
    assert nested(row, order)(x) == pytest.approx(limit, abs=1e-300)


@pieces
@pytest.mark.parametrize("order", [0, 1, 2])
@given(first=st.floats(-3, 3).filter(bool), second=st.floats(-3, 3).filter(bool), factor=st.floats(-2, 2).filter(bool))
def test_a_replay_and_compiled_code_equal_a_fresh_run(
    name: str, order: int, first: float, second: float, factor: float
) -> None:
    f = nested(PIECES[name][0], order)
    w = Parameter(first)
    recorded = Program.of(f(w * factor) * w)
    w.data = second
    fresh = f(w * factor) * w
    w.grad = 0.0
    fresh.backward()
    again = recorded.replay({recorded.index[w]: second} if w in recorded.index else None)
    assert again.nodes[-1].data == fresh.data
    assert again.nodes[again.index[w]].grad == pytest.approx(w.grad, rel=1e-12, abs=1e-15)


@pieces
@pytest.mark.parametrize("target", ["numpy", "python"])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_compiled_derivatives_take_the_branch_of_each_example(name: str, target: Any, order: int) -> None:
    f, w = nested(PIECES[name][0], order), Parameter(0.7)

    def loss(x: Any) -> Value:
        error: Value = f(w * x) * w
        return error

    compiled = autograd.compile(loss, [w], target=target)
    for at in (0.7, -0.7):
        w.data = at
        for x in ([1.0, -2.0, 0.5], [-800.0], [800.0, 800.0]):
            if name == "cube" and abs(x[0]) > 100 and order == 0:
                continue
            w.grad = 0.0
            eager = autograd.sum([loss(Value(each)) for each in x]) / len(x)
            eager.backward()
            value, (slope,) = compiled.value_and_grad(np.array(x))
            np.testing.assert_allclose([value, slope], [eager.data, w.grad], rtol=1e-12, atol=1e-14)
            assert math.isfinite(slope)


def test_what_froze_a_branch_does_so_no_more() -> None:
    w = Parameter(0.5)
    compiled = autograd.compile(lambda x: grad(lambda q: abs(q) * x)(w), [w])
    assert compiled([2.0]) == 2.0
    w.data = -0.5
    assert compiled([2.0]) == -2.0
    cube = autograd.compile(grad(lambda q: q**3))
    np.testing.assert_allclose(cube([2.0, -1.0]), [12.0, 3.0])


def test_where_takes_a_unless_the_condition_is_0() -> None:
    a, b = Value(2.0), Value(3.0)
    for c, chosen in ((1.0, a), (-0.5, a), (0.0, b)):
        a.grad = b.grad = 0.0
        result = where(c, a, b)
        result.backward()
        assert (result.data, chosen.grad, a.grad + b.grad) == (chosen.data, 1.0, 1.0)
    assert [greater(2.0, 1.0), greater(1.0, 1.0), autograd.equal(1.0, 1.0), autograd.equal(1.0, 2.0)] == [1, 0, 1, 0]


def test_a_node_recorded_without_a_look_at_its_domain_is_replayed_without() -> None:
    x = Value(2.0)
    slope = grad(lambda a: a ** Value(3.0))(x)  # the formula of a power mentions a logarithm
    program = Program.of(slope)
    assert program.replay({program.index[x]: -2.0}).nodes[-1].data == 12.0


def test_a_choice_that_was_pickled_is_one_in_another_process() -> None:
    x = Value(800.0)
    pickled = pickle.dumps(where(greater(x, 0.0), x, autograd.exp(x)))
    program = f"""
import pickle
y = pickle.loads({pickled!r})
y.backward()
print(y.parents[1].grad)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1.0"
