"""Activations by name, for models that are described in words."""

from __future__ import annotations

from collections.abc import Callable

import autograd
from autograd import Value

Activation = Callable[[Value], Value]


def linear(x: Value) -> Value:
    """The identity, which adds no node to the graph."""
    return x


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "step": autograd.step,
    "sigmoid": autograd.sigmoid,
    "tanh": autograd.tanh,
    "relu": autograd.relu,
    "leaky_relu": autograd.leaky_relu,
    "relu6": autograd.relu6,
    "elu": autograd.elu,
    "softplus": autograd.softplus,
}


def activation_named(name: str | Activation) -> Activation:
    """The activation of this name; a function is returned as it is.

    Raises:
        ValueError: there is none of this name; the message lists those there are.
    """
    if callable(name):
        return name
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]
