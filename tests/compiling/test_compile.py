"""Compiled programs: the same numbers as the scalar engine, in code that can be read."""

from __future__ import annotations

import copy
import importlib.util
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import PRIMITIVES, Parameter, Primitive, Value, relu, sigmoid, tanh
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


def in_domain(row: Primitive, operands: list[Any], squash: bool = True) -> Any:
    """The row, on operands brought into its domain; what may grow is squashed."""
    if row.name in ("log", "sqrt", "log1p", "div", "pow"):
        changed = 1 if row.name == "div" else 0
        operands = [0.5 + sigmoid(x) if i == changed else x for i, x in enumerate(operands)]
    elif row.name in ("exp", "expm1"):
        operands = [tanh(operands[0])]
    elif row.name == "binary_cross_entropy":
        operands = [sigmoid(x) for x in operands]
    elif row.name == "cross_entropy":
        operands = [[sigmoid(x) for x in xs] for xs in operands]
    result = row(*operands)
    grows = ("mul", "squared_error", "half_squared_error", "dot", "affine", "div", "pow", "sum")
    return tanh(result) if squash and row.name in grows else result


def random_program(seed: int) -> tuple[Loss, list[Parameter], int]:
    """A loss of x and t made of random steps, each of which applies one row several times, and its parameters."""
    rng = np.random.default_rng(seed)
    parameters = [Parameter(x, f"p{i}") for i, x in enumerate(rng.normal(size=rng.integers(1, 8)).tolist())]
    outside = Value(float(rng.normal()))
    names = rng.choice(list(PRIMITIVES), size=rng.integers(1, 14))
    steps = [(str(name), int(rng.integers(1, 5)), int(rng.integers(2**31)), bool(rng.integers(2))) for name in names]
    unsquashed = set(rng.integers(len(steps), size=2).tolist())  # not more, so that numbers stay small

    def loss(x: list[Value], t: Value) -> Value:
        pool: list[Any] = [*parameters, *x, outside, t]
        last: list[Any] = []
        for k, (name, count, step_seed, chained) in enumerate(steps):
            row, q = PRIMITIVES[name], np.random.default_rng(step_seed)
            source = last if chained and last else pool
            length = int(q.integers(1, 5))
            common = [[source[i] for i in q.integers(len(source), size=length)] for _ in row.names]
            is_common = q.integers(2, size=len(row.names))
            new: list[Any] = []
            for _ in range(count):
                own = [[source[i] for i in q.integers(len(source), size=length)] for _ in row.names]
                if q.random() < 0.2:
                    own[0][0] = float(q.integers(-2, 3))
                chosen = [c if shared else o for c, o, shared in zip(common, own, is_common)]
                operands = [xs if sequence else xs[0] for xs, sequence in zip(chosen, row.sequences)]
                result = in_domain(row, operands, k not in unsquashed)
                new.append(result if isinstance(result, Value) else result * parameters[0])
            last = new
            pool += new
        return total(last) + total(pool[-3:])  # type: ignore[no-any-return]

    return loss, parameters, int(rng.integers(1, 4))


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 7]))
def test_random_programs_agree_with_the_scalar_engine(seed: int, batch: int) -> None:
    loss, parameters, inputs = random_program(seed)
    rng = np.random.default_rng(seed)
    agree(loss, parameters, rng.normal(size=(batch, inputs)), rng.normal(size=batch))


@given(st.integers(0, 2**32 - 1))
def test_the_gradient_of_a_batch_is_the_mean_of_the_examples_gradients(seed: int) -> None:
    loss, parameters, inputs = random_program(seed)
    rng = np.random.default_rng(seed)
    X, t = rng.normal(size=(3, inputs)), rng.normal(size=3)
    f = autograd.compile(loss, parameters)
    each = [f.value_and_grad(X[i : i + 1], t[i : i + 1])[1] for i in range(3)]
    np.testing.assert_allclose(f.value_and_grad(X, t)[1], np.mean(each, axis=0), rtol=1e-10, atol=1e-11)
    summed = autograd.compile(loss, parameters, reduction="sum")
    value, gradient = summed.value_and_grad(X, t)
    np.testing.assert_allclose(gradient, np.sum(each, axis=0), rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(value, 3 * f(X, t), rtol=1e-12, atol=1e-12)


RNG = np.random.default_rng(0)


def test_networks_agree() -> None:
    for activation, output in (("tanh", "linear"), ("relu", "sigmoid"), ("prelu", "softmax")):
        model = nn.MLP(4, [5, 3], activation=activation, output=output, rng=1)

        def loss(x: Any, y: Any, model: nn.MLP = model) -> Value:
            penalty = nn.l2(model.parameters(), 0.1) + nn.l1(model.parameters(), 0.1)
            return nn.squared_error(model(x), y) + penalty

        agree(loss, model.parameters(), RNG.normal(size=(6, 4)), RNG.normal(size=(6, 3)))


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
    "an input": lambda xs: xs[1][0],
    "a parameter": lambda xs: W[3],
    "a given value": lambda xs: G[0],
    "a constant": lambda xs: autograd.Constant(3.0),
    "a regulariser": lambda xs: nn.l2(W, 0.1) + nn.l1(W, 0.1),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_many_kinds_agree(name: str) -> None:
    for batch in (1, 2, 7):
        agree(PROGRAMS[name], [*W, *NET.parameters()], np.random.default_rng(batch).normal(size=(batch, 3, 2)))


def test_a_learned_shift_before_a_layer_is_two_products() -> None:
    shift, layer = [Parameter(0.1, "c1"), Parameter(0.2, "c2")], nn.Layer(2, 3, rng=1)

    def loss(x: list[Value]) -> Any:
        return total([o * o for o in layer([xi + ci for xi, ci in zip(x, shift)])])

    agree(loss, [*shift, *layer.parameters()], RNG.normal(size=(4, 2)))


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


def test_constants_may_be_infinite() -> None:
    w = Parameter(2.0, "w")
    for target in ("numpy", "python"):
        f = autograd.compile(lambda x: autograd.logsumexp([w * x, -np.inf]), [w], target=target)
        value, gradient = f.value_and_grad([3.0])
        assert (value, list(gradient)) == (6.0, [3.0])
    value, gradient = autograd.compile(lambda x: w * x / 0.0, [w]).value_and_grad([3.0])
    assert (value, list(gradient)) == (np.inf, [np.inf])
    with pytest.raises(autograd.DomainError):
        autograd.compile(lambda x: w * x / 0.0, [w], target="python")([3.0])


def test_what_all_of_an_array_hands_on_is_not_added_to_zeros() -> None:
    f = autograd.compile(PROGRAMS["linear outputs added up"], NET.parameters())
    f(np.zeros((1, 3, 2)))
    assert "d_i1 = (1 - o1**2) * (d_o2.reshape(m, 3, 2) @ W2.T).reshape(m, 9)" in f.source
    assert "zeros_like" not in f.source


def test_convolutions_agree_and_loop_over_no_pixels() -> None:
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1, rng=1), "relu", nn.Conv2d(3, 2, 2, stride=2, rng=2), nn.Flatten()
    )

    def loss(image: Any, t: Value) -> Any:
        return (total([tanh(v) for v in model(image)]) - t) ** 2

    X = RNG.normal(size=(3, 2, 5, 6))
    agree(loss, model.parameters(), X, RNG.normal(size=3))
    f = autograd.compile(loss, model.parameters())
    f(X, np.zeros(3))
    assert f.source.split("def value")[1].count("\n") < 30


def test_a_recurrence_may_be_longer_than_pythons_stack_is_deep() -> None:
    w = Parameter(0.5, "w")

    def loss(x: Value) -> Value:
        for _ in range(3000):
            x = tanh(w * x)
        return x

    agree(loss, [w], [0.3, -0.2])


def test_a_chain_may_be_longer_than_pythons_stack_is_deep() -> None:
    w = Parameter(0.5, "w")

    def loss(x: Value) -> Value:
        x = w + x
        for _ in range(4000):
            x = autograd.sin(x)
        return x

    agree(loss, [w], [0.3, -0.2])


def test_a_model_alone_predicts() -> None:
    model = nn.MLP(2, [3, 2], rng=1)
    X = RNG.normal(size=(4, 2))
    predict = autograd.compile(model)
    np.testing.assert_allclose(predict(X), [[o.data for o in model(x)] for x in X.tolist()], rtol=1e-13)
    model.parameters()[0].data += 1.0  # it is read at each call
    np.testing.assert_allclose(predict(X), [[o.data for o in model(x)] for x in X.tolist()], rtol=1e-13)


def test_dropout_draws_anew_at_each_call() -> None:
    model = nn.Sequential(nn.Layer(2, 50, rng=1), nn.Dropout(0.5, rng=2))
    f = autograd.compile(model)
    X = np.ones((3, 2))
    first, second = f(X), f(X)
    assert ((first == 0).mean() - 0.5) ** 2 < 0.05
    assert (first != second).any()
    assert (first[0] != first[1]).any()


def test_draws_from_one_generator_take_turns_as_for_the_scalar_engine() -> None:
    def model(rng: np.random.Generator) -> Loss:
        dropouts, unused = [nn.Dropout(p, rng=rng) for p in (0.3, 0.6)], nn.Dropout(0.5, rng=rng)

        def call(x: list[Value]) -> list[Value]:
            first, _, second, third = dropouts[0](x), unused(x), dropouts[1](x), dropouts[0](x)
            return [c + 10 * b + 100 * a for a, b, c in zip(first, second, third)]  # read in another order than drawn

        return call

    X = RNG.normal(size=(5, 3))
    eager_model = model(np.random.default_rng(1))
    expected = [[o.data for o in eager_model(as_values(x))] for x in X]
    for target in ("numpy", "python"):
        np.testing.assert_allclose(autograd.compile(model(np.random.default_rng(1)), target=target)(X), expected)


def test_noise_that_is_drawn_outside_stays_as_it_is() -> None:
    fixed = autograd.noise(np.random.default_rng(0).standard_normal, 1)[0]
    f = autograd.compile(lambda x: x * fixed)
    np.testing.assert_array_equal(f([1.0, 2.0]), [fixed.data, 2 * fixed.data])


def test_backward_adds_to_the_gradients() -> None:
    model = nn.MLP(2, [1], rng=1)
    f = autograd.compile(lambda x: model(x) ** 2, model.parameters())
    X = RNG.normal(size=(4, 2))
    value, gradient = f.value_and_grad(X)
    assert f.backward(X) == value
    f.backward(X)
    np.testing.assert_allclose([p.grad for p in model.parameters()], 2 * gradient)
    theta = autograd.pack(model.parameters()) + 1.0
    autograd.unpack(theta, model.parameters())
    assert f(X) == f(X, theta=theta)


def test_flat_arrays_may_change_and_change_places() -> None:
    model = nn.MLP(2, [3, 1], rng=1)
    f = autograd.compile(lambda x: model(x) ** 2, model.parameters())
    X = RNG.normal(size=(4, 2))
    theta = autograd.pack(model.parameters())
    thetas = [theta, theta + 0.1, np.repeat(theta - 0.1, 2)[::2]]
    outs = [np.empty_like(theta), np.empty(2 * len(theta))[::2], np.empty_like(theta)[::-1]]
    for k in (0, 1, 2, 0, 2, 1):
        for step in (1.0, 2.0):
            thetas[k] += step
            value, gradient = f.value_and_grad(X, theta=thetas[k], out=outs[k])
            assert gradient is outs[k]
            autograd.unpack(thetas[k].copy(), model.parameters())
            known, expected = f.value_and_grad(X)
            np.testing.assert_allclose(value, known, rtol=1e-14)
            np.testing.assert_allclose(gradient, expected, rtol=1e-13)
    wrong: list[Any] = [np.empty(3), np.empty(len(theta), np.float32)]
    for out in wrong:
        with pytest.raises(ValueError, match="out must be a float64 array of 13"):
            f.value_and_grad(X, out=out)
    for out in outs:  # looked at before, and good, but not beside such a theta
        f.value_and_grad(X, theta=thetas[0], out=out)
        with pytest.raises(ValueError, match="share memory"):
            f.value_and_grad(X, theta=out[:], out=out)
        f(X, theta=out)
        with pytest.raises(ValueError, match="share memory"):
            f.value_and_grad(X, theta=out, out=out)
        with pytest.raises(ValueError, match="share memory"):
            f.value_and_grad(X, theta=thetas[0], out=thetas[0][:])
        f.value_and_grad(X, out=thetas[0])
        f.value_and_grad(X, theta=out, out=np.empty_like(out))
        with pytest.raises(ValueError, match="share memory"):
            f.value_and_grad(X, theta=thetas[0], out=thetas[0])


@pytest.mark.parametrize("function", [autograd.elu, autograd.pow, autograd.sigmoid, autograd.softplus])
def test_numbers_as_large_as_floats_go_are_computed_without_a_warning(function: Primitive) -> None:
    def loss(x: Value) -> Any:
        return w * (function(x, 0.5) if function is autograd.pow else function(x))

    w, X = Parameter(1.0, "w"), [-1e300, -1000.0, 0.0, 1000.0, 1e300]
    X = X[2:] if function is autograd.pow else X
    value, gradient = autograd.compile(loss, [w], reduction="sum").value_and_grad(X)
    assert value == gradient[0] == pytest.approx(sum(float(loss(Value(x))) for x in X), rel=1e-15)


def test_a_prediction_may_be_numbers_that_no_argument_has_a_share_in() -> None:
    w = Parameter(2.0, "w")
    models: list[tuple[Loss, list[float]]] = [
        (lambda x: [w, w * w], [2.0, 4.0]),
        (lambda x: [autograd.Constant(2.0), autograd.Constant(1.0)], [2.0, 1.0]),
        (lambda x: [autograd.Constant(2.0)], [2.0]),
        (lambda x: [x, x], [5.0, 5.0]),
        (lambda x: [2 * x, 2 * x], [10.0, 10.0]),
        (lambda x: [x], [5.0]),
        (lambda x: [x, autograd.Constant(1.0), w], [5.0, 1.0, 2.0]),
    ]
    for target in ("numpy", "python"):
        for model, expected in models:
            data = np.array([5.0, 5.0])
            predictions = np.asarray(autograd.compile(model, target=target)(data))
            predictions += 0.0  # it is the caller's own
            assert not np.may_share_memory(predictions, data)
            assert predictions.dtype == np.float64
            np.testing.assert_array_equal(predictions, [expected, expected])


def test_any_numbers_do() -> None:
    w = Parameter(2.0, "w")
    f = autograd.compile(lambda x, t: (w * x[0] - x[1] - t) ** 2, [w])
    X = np.array([[1, 2], [3, 4], [5, 6]])
    expected = f(X.astype(float), [1.0, 2.0, 3.0])
    big_endian, small = X.astype(">f8"), X.astype(np.int8)
    for data in (X, X.tolist(), X.astype(np.float32), np.asfortranarray(X), big_endian, small):
        assert f(data, [1, 2, 3]) == expected
    thetas: list[Any] = [[2], (2,), np.array([2]), np.array([2], np.float32), np.array([2.0], ">f8")]
    for theta in thetas:
        assert f(X, [1, 2, 3], theta=theta) == expected
    square = autograd.compile(lambda x: x * (w * w), [w])
    small_theta: Any = np.array([0.1], np.float32)
    assert square([1.0], theta=small_theta) == float(small_theta[0]) ** 2
    assert f(np.ones((2, 3)), np.ones(2)) == 0.0  # another shape of example: compiled anew


def mistake(call: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()


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
        lambda t: [0.0, 1.0][t],
    ],
)
def test_a_branch_on_a_traced_value_is_refused(branch: Callable[[Value], Any]) -> None:
    w = Parameter(1.0, "w")
    with pytest.raises(autograd.TracingError, match="the traced value t has no number"):
        autograd.compile(lambda x, t: w * x if branch(t) else x, [w])([1.0, 2.0], [0.0, 1.0])
    autograd.compile(lambda x, t: w * x if t in [x, w, t] and t is not None else x, [w])([1.0], [2.0])  # identity may


def test_noise_of_another_thread_has_no_part_in_what_is_traced() -> None:
    noises: list[Value] = []

    def loss(x: Value) -> Value:
        thread = threading.Thread(target=lambda: noises.extend(autograd.noise(lambda shape: np.full(shape, 0.3), 2)))
        thread.start()
        thread.join()
        return x * x

    assert autograd.compile(loss)([2.0]) == 4.0
    assert [noise.data for noise in noises] == [0.3, 0.3]


def test_a_traceback_shows_the_line() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x: w * x, [w])
    f(np.ones(2))
    with pytest.raises(AttributeError) as caught:
        f.compilations[((),)].value("no array", np.ones(1))
    assert "x = x.reshape(m, 1)" in "".join(traceback.format_exception(caught.value))


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_on_jax_the_numbers_are_the_same() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)
    model = nn.MLP(4, [5, 3], rng=1)
    loss = lambda x, y: nn.cross_entropy(model(x), y) + nn.l2(model.parameters(), 0.1)  # noqa: E731
    X, Y = RNG.normal(size=(6, 4)), np.eye(3)[RNG.integers(0, 3, 6)]
    value, gradient = autograd.compile(loss, model.parameters()).value_and_grad(X, Y)
    jax_value, jax_gradient = autograd.compile(loss, model.parameters(), target="jax").value_and_grad(X, Y)
    np.testing.assert_allclose(float(jax_value), value, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(jax_gradient), gradient, rtol=1e-11, atol=1e-13)
    w = Parameter(2.0, "w")
    f = autograd.compile(lambda x: w * x, [w], target="jax")
    thetas: list[Any] = [(2,), [2.0], jax.numpy.asarray([2.0]), np.array([2.0], np.float32)]
    for theta in thetas:
        assert f(jax.numpy.asarray([1, 3]), theta=theta) == 4.0
    not_numbers: list[Any] = [["a"], [None], [1j], np.array([1j]), [w], [[1.0], [1.0, 2.0]]]
    for data in not_numbers:
        mistake(lambda data=data: f(data), TypeError, "argument x of <lambda> must be an array of numbers")  # type: ignore[misc]


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_the_documentations_example_shares_a_batch_among_devices() -> None:
    page = Path(__file__).parents[2] / "docs" / "jax.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("2 devices, 2 with a share; loss 0.0"), done.stderr
