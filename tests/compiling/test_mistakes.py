"""Mistakes in what is compiled, and in how it is called, are named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Parameter, Value, relu
from tests.compiling.programs import Loss, mistake


def test_mistakes_are_named() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x, t: relu(w * x) - t, [w])
    mistake(lambda: f(np.ones(3), np.ones(2)), ValueError, r"x has shape \(3,\) and t has shape \(2,\)")
    mistake(lambda: f(np.ones(0), np.ones(0)), ValueError, r"argument x of <lambda> is empty")
    mistake(lambda: f(np.ones(2), np.ones((2, 0))), ValueError, r"argument t of <lambda> is empty")
    mistake(lambda: f(1.0, 1.0), ValueError, "argument x of <lambda> needs a first axis")
    mistake(lambda: f(["a"], [1.0]), TypeError, "argument x of <lambda> must be an array of numbers")
    mistake(lambda: f(np.ones(2), np.ones(2), theta=np.ones(2)), ValueError, "theta must have one number for each of 1")
    mistake(lambda: autograd.compile(lambda x: x)([1.0], theta=[1.0]), TypeError, "so theta cannot be given")
    mistake(lambda: f.value_and_grad([1.0], [1.0], out=[0.0]), TypeError, "out must be a NumPy array, got list")  # type: ignore[arg-type]
    theta = np.ones(1)
    for out in (theta, theta[:]):
        mistake(lambda out=out: f.value_and_grad([1.0], [1.0], theta=theta, out=out), ValueError, "share memory")  # type: ignore[misc]
    mistake(lambda: copy.deepcopy(f), TypeError, "cannot be copied")
    mistake(lambda: autograd.compile(3.0), TypeError, "takes a function, got float 3.0")  # type: ignore[arg-type]
    mistake(lambda: autograd.compile(lambda x: x, [2 * w]), ValueError, "must be leaves; .* is computed by mul")
    mistake(lambda: autograd.compile(lambda x: [w], [w])([1.0]), TypeError, r"got lists of shape \(1,\)")
    mistake(lambda: autograd.compile(lambda x: x, []), ValueError, "parameters is empty")
    mistake(lambda: autograd.compile(lambda x: x, [w, w]), ValueError, "names one Value twice")
    mistake(lambda: autograd.compile(lambda x: x, [w], target="c"), ValueError, "target must be")  # type: ignore[arg-type]
    mistake(lambda: autograd.compile(lambda x: x, [w]).source, RuntimeError, "call it once")
    mistake(lambda: autograd.compile(lambda x: 1.0, [w])(np.ones(2)), TypeError, "must return a Value, got float")
    branching: list[Loss] = [lambda x: w if x > 0 else -w, lambda x: w * x.data, lambda x: w * float(x)]
    branching.append(lambda x: w if x.backward() else -w)
    for loss in branching:
        mistake(lambda loss=loss: autograd.compile(loss, [w])(np.ones(2)), TypeError, "x has no number")  # type: ignore[misc]


@pytest.mark.parametrize(
    "branch",
    [
        lambda t: t == 1,
        lambda t: t != 1.0,
        lambda t: t in (1, 2),
        lambda t: t > 0,
        bool,
        float,
    ],
)
def test_a_branch_on_a_traced_value_is_refused(branch: Callable[[Value], Any]) -> None:
    w = Parameter(1.0, "w")
    with pytest.raises(autograd.TracingError, match="the traced value t has no number"):
        autograd.compile(lambda x, t: w * x if branch(t) else x, [w])([1.0, 2.0], [0.0, 1.0])
    autograd.compile(lambda x, t: w * x if t in [x, w, t] and t is not None else x, [w])([1.0], [2.0])  # identity may


@pytest.mark.parametrize("index", [int, lambda t: [0.0, 1.0][t], range])
def test_a_traced_value_is_no_place_in_a_table(index: Callable[[Value], Any]) -> None:
    told = r"the traced value t has no number, so it can be no int .* one-hot vector .* autograd.dot\(one_hot, table\)"
    with pytest.raises(autograd.TracingError, match=told):
        autograd.compile(lambda x, t: x * index(t))([1.0, 2.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("arithmetic", "told"),
    [
        (lambda x: x * 2, r"an example and a layer's outputs are lists, which have no \*; write \[a \* c for a in x\]"),
        (lambda x: x[1:] * 2, r"write \[a \* c for a in x\]"),
        (lambda x: x[0] * 2, r"write \[a \* c for a in x\]"),
        (
            lambda x: x[0][:1] + x[1],
            r"write \[a \+ b for a, b in zip\(x, layer\(x\)\)\], or \[\*x, \*layer\(x\)\] to join",
        ),
    ],
)
def test_arithmetic_on_the_lists_of_an_example_says_what_to_write(arithmetic: Loss, told: str) -> None:
    def f(x: Any) -> Any:
        assert type(x) is type(x[0]) is autograd.Outputs
        return arithmetic(x)

    with pytest.raises(TypeError, match=told):
        autograd.compile(f)(np.zeros((1, 3, 2)))


def test_names_are_nothing_that_a_terminal_obeys() -> None:
    def f(x: Value) -> Value:
        x.name = "\x1b[2J\n" + "x" * 1000
        return x if x > 0 else -x

    f.__name__ = "\x1b[2J\n" + "f" * 1000
    told = r"the traced value \\x1b\[2J\\nxx.*while tracing \\x1b\[2J\\nff"
    with pytest.raises(autograd.TracingError, match=told) as caught:
        autograd.compile(f)([1.0])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_values_that_are_traced_are_told_apart_by_identity() -> None:
    def f(x: Value, t: Value) -> Value:
        assert x == x
        assert x != t
        with pytest.raises(autograd.TracingError, match=r"^a traced value has no number"):
            float(x * t)
        return x

    assert autograd.compile(f)([1.0], [2.0]).tolist() == [1.0]
