"""Calling a compiled function: what it takes, and whose the arrays are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter
from tests.compiling.programs import Loss

RNG = np.random.default_rng(0)


def test_a_model_alone_predicts() -> None:
    model = nn.MLP(2, [3, 2], rng=1)
    X = RNG.normal(size=(4, 2))
    predict = autograd.compile(model)
    np.testing.assert_allclose(predict(X), [[o.data for o in model(x)] for x in X.tolist()], rtol=1e-13)
    model.parameters()[0].data += 1.0  # it is read at each call
    np.testing.assert_allclose(predict(X), [[o.data for o in model(x)] for x in X.tolist()], rtol=1e-13)


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


def test_a_prediction_may_be_a_table() -> None:
    w = Parameter(2.0, "w")
    for target in ("numpy", "python"):
        f = autograd.compile(lambda x: [[x, w * x, x * x], [w, x + w, -x]], target=target)
        expected = [[[5.0, 10.0, 25.0], [2.0, 7.0, -5.0]], [[3.0, 6.0, 9.0], [2.0, 5.0, -3.0]]]
        np.testing.assert_array_equal(f([5.0, 3.0]), expected)
