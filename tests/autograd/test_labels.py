"""What is called by users and by files, in errors: nothing but text, and no page of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import autograd
import nn
import optim
from autograd import AnomalyError, DomainError, GradientError, Value, arguments, check_gradients, detect_anomaly

ESCAPE = "\x1b[2J\u202e\n"
HOSTILE = ESCAPE + "x" * 100_000 + ESCAPE


def wrong_derivative() -> None:
    careless = replace(autograd.tanh, partials=lambda m, y, x: (1 - y,))

    def f(x: Value) -> Any:
        y = x * 1.0
        y.name = HOSTILE
        return careless(y)

    check_gradients(f, Value(0.5, HOSTILE))


def anomaly() -> None:
    with detect_anomaly():
        y = Value(1e200, HOSTILE) * 1.0
        y.name = HOSTILE
        y * y


def anomaly_on_the_way_back() -> None:
    y = Value(1e-300, HOSTILE) * 1e200
    y.name = HOSTILE
    y = y * 1e200
    with detect_anomaly():
        y.backward()


def foreign_state() -> None:
    nn.Neuron(1).load_state_dict({"weights": HOSTILE, "bias": [HOSTILE] * 1000, HOSTILE: 0.0})


def foreign_optimizer_state(**changes: Any) -> None:
    adam = optim.Adam([Value(1.0)])
    adam.load_state_dict({**adam.state_dict(), **changes})


def deep_state() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    nn.Neuron(1).load_state_dict({"weights": 0.0, "bias": deep})


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        (wrong_derivative, GradientError),
        (anomaly, AnomalyError),
        (anomaly_on_the_way_back, AnomalyError),
        (foreign_state, ValueError),
        (deep_state, ValueError),
        (lambda: nn.Neuron(1).load_state_dict(dict.fromkeys(map(str, range(100_000)), 0.0)), ValueError),
        (lambda: foreign_optimizer_state(optimizer=HOSTILE), ValueError),
        (lambda: foreign_optimizer_state(**{HOSTILE: 0.0}), ValueError),
        (lambda: foreign_optimizer_state(**dict.fromkeys(map(str, range(100_000)), 0.0)), ValueError),
        (lambda: foreign_optimizer_state(memory=HOSTILE), ValueError),
        (lambda: foreign_optimizer_state(memory={**optim.Adam([Value(1.0)]).memory, "v": [HOSTILE]}), ValueError),
        (lambda: foreign_optimizer_state(hyperparameters=[HOSTILE] * 1000), ValueError),
        (lambda: optim.Adam([Value(1.0)], betas=HOSTILE), ValueError),  # type: ignore[arg-type]
        (lambda: optim.Adam([HOSTILE]), TypeError),  # type: ignore[list-item]
        (lambda: arguments.data(HOSTILE, HOSTILE), TypeError),
        (lambda: arguments.choice("mode", HOSTILE, "min", "max"), ValueError),
        (lambda: arguments.number("lr", [math.nan] * 100_000), ValueError),
    ],
)
def test_an_error_is_short_and_nothing_that_a_terminal_obeys(mistake: Callable[[], Any], kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        mistake()
    told = str(caught.value)
    assert told.replace("\n", "").isprintable()
    assert len(told) < 5000


def test_an_error_tells_the_beginning_and_the_end_of_a_long_name() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"from first x+\.\.\.x+ last = 1e\+200"):
        Value(1e200, f"first {'x' * 1000} last") ** 2
    with pytest.raises(DomainError, match=r"node '\\x1b\[2J'"):
        autograd.log(Value(-1.0, "\x1b[2J"))
