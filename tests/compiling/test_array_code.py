"""The code for a batch: what a reader and a processor would want of it."""

from __future__ import annotations

import traceback
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value, tanh
from autograd import sum as total
from tests.compiling.programs import NET, PROGRAMS, agree

RNG = np.random.default_rng(0)


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


def test_a_traceback_shows_the_line() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x: w * x, [w])
    f(np.ones(2))
    with pytest.raises(AttributeError) as caught:
        f.compilations[((),)].value("no array", np.ones(1))
    assert "x = x.reshape(m, 1)" in "".join(traceback.format_exception(caught.value))


def test_whatever_sizes_batches_have_few_are_kept() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x: w * x[0] + x[1], [w])
    for m in range(1, 2000):
        f.value_and_grad(np.zeros((m, 2)))
    (compilation,) = f.compilations.values()
    assert compilation.value_and_grad is not None
    ones = compilation.value_and_grad.__wrapped__.__globals__["ones"]  # type: ignore[attr-defined]
    assert 0 < ones.cache_info().currsize <= 32
    assert len(f._ready) <= 1000
