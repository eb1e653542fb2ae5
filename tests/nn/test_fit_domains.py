"""Where the scalar engine raises DomainError, so does `fit` by compiled code: the same error, with the same noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import DomainError, Value

X = np.abs(np.random.default_rng(0).normal(size=(8, 2))) / 5
CLASSES = np.arange(8) % 2


def error(model: nn.Module, loss: Any, targets: Any, compiled: bool, **keywords: Any) -> str:
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    with pytest.raises(DomainError) as caught:
        nn.fit(model, X, targets, loss=loss, optimizer=optimizer, compiled=compiled, progress=False, **keywords)
    return str(caught.value)


def the_same(model: Callable[[], nn.Module], loss: Any, targets: Any, **keywords: Any) -> str:
    nn.seed(0)
    expected = error(model(), loss, targets, False, **keywords)
    nn.seed(0)
    assert error(model(), loss, targets, True, **keywords) == expected
    return expected


def all_at(start: float) -> nn.Module:
    model = nn.MLP(2, [2])
    for parameter in model.parameters():
        parameter.data = start
    return model


def test_outputs_above_1_are_no_probabilities() -> None:
    message = the_same(lambda: all_at(0.5), nn.cross_entropy_on_probabilities, CLASSES, epochs=100)
    assert "each 0 <= p <= 1" in message


def test_dropout_before_a_cross_entropy() -> None:
    model = lambda: nn.Sequential(nn.MLP(2, [3], output="softmax"), nn.Dropout(0.5))  # noqa: E731
    targets = np.arange(8) % 3
    for batch_size in (None, 3):
        message = the_same(model, nn.cross_entropy_on_probabilities, targets, epochs=3, batch_size=batch_size)
        assert "cross_entropy(p, y) needs" in message


def test_a_regulariser_may_be_undefined_too() -> None:
    for compiled in (False, True):
        model = all_at(1.0)
        first = model.parameters()[0]

        def regulariser(first: Value = first) -> Any:  # drives it down
            return first + 1e-6 * autograd.log(first)

        told = error(model, nn.cross_entropy, CLASSES, compiled, epochs=9, regulariser=regulariser)
        assert told.startswith("log(x) needs x > 0; got x = -0.")


def test_where_all_is_defined_there_is_no_domain_error() -> None:
    w = autograd.Parameter(1e200, "w")
    f = autograd.compile(lambda x: (w * x) ** 2, [w])
    assert f([1.0, 1e-200]) == np.inf
    f.check_domains([1.0, 1e-200])
