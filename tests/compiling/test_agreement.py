"""Compiled programs: the same numbers as the scalar engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Parameter, Primitive, Value, tanh, where
from autograd import sum as total
from tests.compiling.programs import NET, PROGRAMS, Loss, W, agree
from tests.fuzz.programs import Recipe, vector_recipes
from tests.fuzz.readings import Subject, compiled

RNG = np.random.default_rng(0)


@settings(max_examples=150)
@given(vector_recipes(), st.sampled_from(["mean", "sum"]))
def test_random_programs_agree_with_the_scalar_engine(recipe: Recipe, reduction: Any) -> None:
    compiled(Subject(recipe), "numpy", reduction)


@given(vector_recipes())
def test_the_gradient_of_a_batch_is_the_mean_of_the_examples_gradients(recipe: Recipe) -> None:
    loss, parameters = recipe.loss()
    X = np.array(recipe.examples)
    f = autograd.compile(loss, parameters)
    each = [f.value_and_grad(X[i : i + 1])[1] for i in range(len(X))]
    np.testing.assert_allclose(f.value_and_grad(X)[1], np.mean(each, axis=0), rtol=1e-10, atol=1e-11)
    summed = autograd.compile(loss, parameters, reduction="sum")
    value, gradient = summed.value_and_grad(X)
    np.testing.assert_allclose(gradient, np.sum(each, axis=0), rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(value, len(X) * f(X), rtol=1e-12, atol=1e-12)


def test_networks_agree() -> None:
    for activation, output in (("tanh", "linear"), ("relu", "sigmoid"), ("prelu", "softmax")):
        model = nn.MLP(4, [5, 3], activation=activation, output=output, rng=1)

        def loss(x: Any, y: Any, model: nn.MLP = model) -> Value:
            penalty = nn.l2(model.parameters(), 0.1) + nn.l1(model.parameters(), 0.1)
            return nn.squared_error(model(x), y) + penalty

        agree(loss, model.parameters(), RNG.normal(size=(6, 4)), RNG.normal(size=(6, 3)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_many_kinds_agree(name: str) -> None:
    for batch in (1, 2, 7):
        agree(PROGRAMS[name], [*W, *NET.parameters()], np.random.default_rng(batch).normal(size=(batch, 3, 2)))


def test_a_learned_shift_before_a_layer_is_two_products() -> None:
    shift, layer = [Parameter(0.1, "c1"), Parameter(0.2, "c2")], nn.Layer(2, 3, rng=1)

    def loss(x: list[Value]) -> Any:
        return total([o * o for o in layer([xi + ci for xi, ci in zip(x, shift)])])

    agree(loss, [*shift, *layer.parameters()], RNG.normal(size=(4, 2)))


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


@pytest.mark.parametrize("function", [autograd.elu, autograd.pow, autograd.sigmoid, autograd.softplus])
def test_numbers_as_large_as_floats_go_are_computed_without_a_warning(function: Primitive) -> None:
    def loss(x: Value) -> Any:
        return w * (function(x, 0.5) if function is autograd.pow else function(x))

    w, X = Parameter(1.0, "w"), [-1e300, -1000.0, 0.0, 1000.0, 1e300]
    X = X[2:] if function is autograd.pow else X
    value, gradient = autograd.compile(loss, [w], reduction="sum").value_and_grad(X)
    assert value == gradient[0] == pytest.approx(sum(float(loss(Value(x))) for x in X), rel=1e-15)


KNOWN: dict[str, Loss] = {
    "alone": lambda x: where(1.0, tanh(W[0]), x),
    "multiplied": lambda x: where(1.0, tanh(W[0]), x) * x,
    "joined": lambda x: autograd.logsumexp([where(1.0, tanh(W[0]), x), autograd.sin(x)]),
    "two": lambda x: autograd.sum([where(1.0, tanh(W[0]), x), where(0.0, x, tanh(W[1]))]),
    "two of one": lambda x: autograd.sum([tanh(where(1.0, W[0], x)), tanh(where(1.0, W[0], autograd.sin(x)))]),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("batch", [1, 3])
def test_a_choice_that_is_known_when_code_is_written_is_still_made_for_each_example(name: str, batch: int) -> None:
    agree(KNOWN[name], W[:2], np.random.default_rng(batch).normal(size=batch))
