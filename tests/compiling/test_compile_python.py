"""Programs compiled to straight lines on floats: the scalar engine's numbers, in code that can be read."""

from __future__ import annotations

import math
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import autograd
import nn
import optim
from autograd import PRIMITIVES, DomainError, Parameter, Value, dot, sigmoid, softplus
from autograd import sum as total
from tests.compiling.programs import Loss, eager
from tests.fuzz.programs import Recipe, in_domain, vector_recipes


def agree(loss: Loss, parameters: Sequence[Value], *arrays: Any) -> None:
    """Compiled and eager give the same value and gradient, twice: the second call takes the data as it is."""
    expected, expected_gradient = eager(loss, parameters, *arrays)
    f = autograd.compile(loss, parameters, target="python")
    theta = [parameter.data for parameter in parameters]
    lists = [np.asarray(array).tolist() for array in arrays]
    for _ in range(2):
        value, gradient = f.value_and_grad(*lists, theta=theta)
        assert type(value) is float
        assert type(gradient) is list
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(f(*arrays), expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-11, atol=1e-11)


@given(vector_recipes())
def test_random_programs_agree_with_the_scalar_engine(recipe: Recipe) -> None:
    loss, parameters = recipe.loss()
    agree(loss, parameters, np.array(recipe.examples))


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_agrees(name: str) -> None:
    row = PRIMITIVES[name]
    apply = lambda name, *x: PRIMITIVES[name](*x)  # noqa: E731
    parameters = [Parameter(x, f"p{k}") for k, x in enumerate([0.7, -1.3, 0.4, 0.7])]

    def loss(x: list[Value]) -> Any:
        operands = [[parameters[k], x[k], parameters[3], 1.5] if q else x[k] for k, q in enumerate(row.sequences)]
        mirrored = [[x[k], 0.5, parameters[k]] if q else parameters[k] for k, q in enumerate(row.sequences)]
        first, second = [row(*in_domain(name, given, apply)) for given in (operands, mirrored)]
        return first * parameters[2] + second

    agree(loss, parameters, [[0.3, -0.2, 2.0]])
    agree(loss, parameters, [[0.0, 0.7, 7.0], [-1.0, 0.0, 0.5]])


def test_networks_agree() -> None:
    rng = np.random.default_rng(0)
    for activation, output in (("tanh", "linear"), ("relu", "sigmoid"), ("prelu", "softmax")):
        model = nn.MLP(4, [5, 3], activation=activation, output=output, rng=1)

        def loss(x: Any, y: Any, model: nn.MLP = model) -> Value:
            return nn.squared_error(model(x), y) + nn.l2(model.parameters(), 0.1)

        agree(loss, model.parameters(), rng.normal(size=(3, 4)), rng.normal(size=(3, 3)))


def test_reduction_theta_and_backward_are_as_for_numpy() -> None:
    model = nn.MLP(2, [3, 1], rng=1)
    loss: Loss = lambda x, t: (model(x) - t) ** 2  # noqa: E731
    X, T = np.random.default_rng(0).normal(size=(4, 2)), np.ones(4)
    parameters = model.parameters()
    for reduction in ("mean", "sum"):
        f = autograd.compile(loss, parameters, reduction=reduction, target="python")
        g = autograd.compile(loss, parameters, reduction=reduction)
        theta = autograd.pack(parameters) + 0.1
        for kind in (theta, theta.tolist()):
            np.testing.assert_allclose(f.value_and_grad(X, T, theta=kind)[1], g.value_and_grad(X, T, theta=kind)[1])
            np.testing.assert_allclose(f(X, T, theta=kind), g(X, T, theta=kind))
        assert type(f.value_and_grad(X, T)[1]) is np.ndarray
        value, gradient = f.value_and_grad(X, T)
        model.zero_grad()
        assert f.backward(X, T) == f.backward(X, T) == value
        np.testing.assert_allclose([p.grad for p in parameters], 2 * gradient)


def test_predictions_come_back_in_the_kind_they_came_in() -> None:
    model = nn.MLP(2, [3, 2], rng=1)
    predict = autograd.compile(model, target="python")
    X = [[1.0, 2.0], [3.0, -4.0]]
    expected = [[o.data for o in model(x)] for x in X]
    for _ in range(2):
        np.testing.assert_allclose(predict(np.array(X)), expected, rtol=1e-13)
        np.testing.assert_allclose(predict(X[:1]), expected[:1], rtol=1e-13)
        assert type(predict(X)) is type(predict(X[:1])) is list
        assert type(predict(np.array(X))) is type(predict(np.array(X[:1]))) is np.ndarray
    model.parameters()[0].data += 1.0  # it is read at each call
    np.testing.assert_allclose(predict(X), [[o.data for o in model(x)] for x in X], rtol=1e-13)
    grid = autograd.compile(lambda x: [[x, 2 * x], [x * x, -x]], target="python")
    assert grid([3.0]) == grid([3.0]) == [[[3.0, 6.0], [9.0, -3.0]]]
    assert autograd.compile(lambda x: x + 1, target="python")([3.0, 4.0]) == [4.0, 5.0]


def test_an_update_rule_compiles_too() -> None:
    def momentum(w: Any, g: Any, b: Any) -> list[Any]:
        return [list(optim.rules.sgd(autograd.VALUES, *three, t=3, lr=0.1, momentum=0.9)) for three in zip(w, g, b)]

    numbers = [[0.5, -1.0], [0.1, 0.2], [0.3, -0.1]]
    (updated,) = autograd.compile(momentum, target="python")(*[[x] for x in numbers])
    expected = [optim.rules.sgd(autograd.FLOATS, *three, t=3, lr=0.1, momentum=0.9) for three in zip(*numbers)]
    np.testing.assert_allclose(updated, expected, rtol=1e-13)


def test_noise_is_drawn_as_for_numpy() -> None:
    X = [[1.0, 2.0]] * 3
    drawn = []
    for target in ("numpy", "python"):
        model = nn.Sequential(nn.Layer(2, 50, rng=1), nn.Dropout(0.5, rng=2))
        predict = autograd.compile(model, target=target)
        drawn.append([predict(X), predict(X), predict(X[:1])])
    for ours, theirs in zip(*drawn):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)


@pytest.mark.parametrize("x", [1e3, -1e3, 1e200, -1e200, math.inf, math.nan])
def test_an_overflow_is_what_it_is_for_the_scalar_engine(x: float) -> None:
    w = Parameter(1.5, "w")
    losses: list[Loss] = [
        lambda x: sigmoid(w * x),
        lambda x: softplus(w * x),
        lambda x: autograd.exp(w * x),
        lambda x: (w * x) * (w * x),
        lambda x: autograd.logsumexp([w * x, w, 0.0]),
        lambda x: autograd.maximum(w * x, w),
        lambda x: autograd.relu6(w * x),
        lambda x: autograd.sin(w * x),
    ]
    if not math.isnan(x):  # which the domain of a power does not contain
        losses.append(lambda x: (w * x) ** 2)
    for loss in losses:
        agree(loss, [w], [x])
        agree(loss, [w], [0.1, x])


def test_outside_a_domain_the_error_is_the_scalar_engines() -> None:
    w = Parameter(1.0, "w")
    for loss, x in (
        (lambda x: autograd.log(w * x), -1.0),
        (lambda x: w / x, 0.0),
        (lambda x: (w * x) ** 0.5, -2.0),
        (lambda x: x**-1 * w, 0.0),
        (lambda x: autograd.sqrt(w * x), -1.0),
    ):
        f = autograd.compile(loss, [w], target="python")
        for _ in range(2):
            with pytest.raises(DomainError):
                f.value_and_grad([x], theta=[1.0])
        f.value_and_grad([2.0], theta=[1.0])


def test_data_of_other_shapes_and_kinds_is_looked_at() -> None:
    w = Parameter(2.0, "w")
    f = autograd.compile(lambda x: (w * x[0] - x[1]) ** 2, [w], target="python")
    assert f.value_and_grad([[1.0, 1.0]], theta=[2.0]) == (1.0, [2.0])
    assert f.value_and_grad([[1, 1]], theta=[2]) == (1.0, [2.0])
    assert f.value_and_grad([[1.0, 1.0, 5.0]], theta=[2.0]) == (1.0, [2.0])
    assert f.value_and_grad(np.ones((1, 2)), theta=[2.0]) == (1.0, [2.0])
    mistakes: list[tuple[Any, list[float], type[Exception], str]] = [
        ([["a", "b"]], [2.0], TypeError, "must be an array of numbers"),
        ([[Value(1.0), 1.0]], [2.0], TypeError, "must be an array of numbers"),
        ([[1.0, 1.0]], [2.0, 1.0], ValueError, "theta must have one number"),
        ([], [2.0], ValueError, "argument x of <lambda> is empty"),
        (1.0, [2.0], ValueError, "needs a first axis"),
    ]
    for data, theta, error, told in mistakes:
        with pytest.raises(error, match=told):
            f.value_and_grad(data, theta=theta)
    double = autograd.compile(lambda x: autograd.add(x, x), target="python")
    assert double([2.0]) == [4.0]
    with pytest.raises(TypeError):  # lists are not added up
        double([[2.0]])


@pytest.mark.parametrize("kind", [np.float32, np.uint8, np.float64])
def test_small_numbers_are_widened(kind: type) -> None:
    w = Parameter(0.3, "w")
    f = autograd.compile(lambda x: autograd.tanh((x[0] - x[1]) * w), [w], target="python")
    X: Any = np.array([[1.1, 2.2]]).astype(kind)
    wide = X.astype(float).tolist()
    f(wide)
    expected = f.value_and_grad(wide, theta=[0.3])
    assert f.value_and_grad(X, theta=[0.3]) == expected
    assert f.value_and_grad([list(X[0])], theta=[0.3]) == expected
    out: Any = [0.0]
    assert f.value_and_grad(X, theta=[0.3], out=out)[1] is out
    assert out == expected[1]
    with pytest.raises(ValueError, match="out must have one number for each of 1 parameters, got 3"):
        f.value_and_grad(X, out=np.zeros(3))
    predict = autograd.compile(lambda x: autograd.tanh(x[0] - x[1]), target="python")
    assert predict(wide) == predict(X) == predict([list(X[0])])


def test_names_that_the_code_uses_itself_are_kept_apart() -> None:
    named = [Parameter(0.5, name) for name in ("math", "abs", "maximum", "lambda", "x", "theta", "x²", "3", "w\n1")]
    outside = Value(2.0, "given")

    def loss(math: Value, x: Value) -> Value:
        return total([abs(p * math) for p in named]) + autograd.maximum(*named, x) * outside  # type: ignore[no-any-return]

    agree(loss, named, [0.3, 0.4], [0.1, 2.0])


def test_many_terms_and_many_lines_compile() -> None:
    weights = [Parameter(0.001 * k, f"w{k}") for k in range(5000)]
    agree(lambda x: dot(weights, [x] * 5000) + total(weights) + autograd.logsumexp(weights), weights, [0.5])
    deep = weights[0]
    agree(lambda x: _chain(deep, x, 3000), [deep], [0.5])


def _chain(w: Value, x: Value, length: int) -> Value:
    y = w * x
    for _ in range(length):
        y = autograd.tanh(y + w)
    return y


def test_a_traceback_shows_the_line() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x: w / x, [w], target="python")
    with pytest.raises(DomainError) as caught:
        f([0.0])
    assert "div1 = w / x" in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("x", [800.0, 400.0, 0.0, -1.0, -800.0])
def test_what_a_choice_leaves_out_hands_on_nothing(x: float) -> None:
    w = Parameter(1.0, "w")
    agree(lambda x: autograd.where(autograd.greater(x, 0), w * x, autograd.exp(w * x) * x), [w], [x])
    agree(lambda x: autograd.where(autograd.greater(x, -1e9), w * x, w * 1e200 * 1e200 * w), [w], [x])  # none raises


def test_beside_an_overflow_a_parameter_that_is_not_used_has_no_gradient() -> None:
    w, unused = Parameter(1.0, "w"), Parameter(2.0, "v")
    f = autograd.compile(lambda x: autograd.exp(w * x), [w, unused], target="python")
    value, gradient = f.value_and_grad([1000.0])
    assert value == math.inf
    assert list(gradient) == [math.inf, 0.0]
