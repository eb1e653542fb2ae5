"""Compiled programs that draw random numbers: as the scalar engine would."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value
from tests.compiling.programs import Loss, as_values

RNG = np.random.default_rng(0)


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


def test_noise_of_another_thread_has_no_part_in_what_is_traced() -> None:
    noises: list[Value] = []

    def loss(x: Value) -> Value:
        thread = threading.Thread(target=lambda: noises.extend(autograd.noise(lambda shape: np.full(shape, 0.3), 2)))
        thread.start()
        thread.join()
        return x * x

    assert autograd.compile(loss)([2.0]) == 4.0
    assert [noise.data for noise in noises] == [0.3, 0.3]


def test_a_batchs_gradient_is_of_the_noise_that_was_drawn_for_it() -> None:
    w = Parameter(2.0, "w")
    dropout = nn.Dropout(0.5, rng=0)
    f = autograd.compile(lambda x: w * dropout([x])[0], [w])
    value, gradient = f.value_and_grad(np.ones(1000))
    assert value == pytest.approx(2.0 * gradient[0], rel=1e-12)
    assert 0.9 < gradient[0] < 1.1
