"""Activations: by name, as functions of a Value, or as modules.

A function is applied to each unit's net input by itself. A module is called on a layer's list of them, because it has
something that the units share: softmax their sum, a parametric ReLU its slope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Parameter, Primitive, Value
from nn.module import Module
from nn.nested import each

Activation = Callable[[Any], Any]  # a function of a Value, or a Module


def linear(x: Value) -> Value:
    """The identity, which adds no node to the graph."""
    return x


class PReLU(Module):
    """Parametric ReLU: x where x > 0, otherwise ax, and the slope a is learned (He et al. 2015; HKU, "ReLU-like
    Activation Functions"; torch.nn.PReLU).

    Args:
        init: the slope to start from.
    """

    def __init__(self, init: float = 0.25) -> None:
        self.slope = Parameter(init, "a")

    def __call__(self, x: Any) -> Any:
        """Apply it to one Value, or to each in a nested list."""
        return each(lambda v: autograd.leaky_relu(v, self.slope), x)


class Softmax(Module):
    """``p_i = e^s_i / sum_k e^s_k`` of a list (HKU, "Output Layer - Multi Classification"; `autograd.softmax`)."""

    def __call__(self, x: Sequence[Value]) -> list[Value]:
        if isinstance(x, Value):
            raise TypeError("softmax takes the list of a layer's units, got one Value; give it to a Layer")
        p: list[Value] = autograd.softmax(x)
        return p


# Functions of one Value, without parameters: each row of the table that takes one number, whichever it is.
ACTIVATIONS: dict[str, Callable[[Value], Value]] = {
    "linear": linear,
    **{
        name: row
        for name, row in autograd.PRIMITIVES.items()
        if not row.n_ary and len(row.names) - len(row.defaults) == 1 and row.domain is None
    },
}
# Modules, made anew for each layer that names them.
LAYER_ACTIVATIONS: dict[str, Callable[[], Module]] = {"prelu": PReLU, "softmax": Softmax}


def activation_named(name: str | Activation) -> Activation:
    """The activation of this name; a function or a module is returned as it is.

    Raises:
        TypeError: it is neither, or a function of `math`, whose result is a float.
        ValueError: no activation has this name; the message lists the names that there are.
    """
    if name is autograd.softmax:  # which takes a list, unlike other functions
        return Softmax()
    if callable(name):
        if getattr(name, "__module__", None) == "math":
            raise no_value(name, "a float, as all of math's functions do")
        return name
    if not isinstance(name, str):
        raise TypeError(f"a Module, a function or the name of an activation is needed, got {name!r}")
    if name in LAYER_ACTIVATIONS:
        return LAYER_ACTIVATIONS[name]()
    if name not in ACTIVATIONS:
        raise ValueError(f"no activation is called {name!r}; there are {', '.join([*ACTIVATIONS, *LAYER_ACTIVATIONS])}")
    return ACTIVATIONS[name]


def no_value(activation: Activation, given: str) -> TypeError:
    """The error for an activation that has ``given`` something else than a Value, through which no gradient flows."""
    name = activation_name(activation)
    write = f"autograd.{name}" if name in autograd.PRIMITIVES else "autograd's functions, such as autograd.tanh"
    return TypeError(f"activation {name} must give a Value, but gives {given}; write {write}")


def activation_name(activation: Activation) -> str:
    """What an activation is called: its name in the lists above, an operation's, a function's, or what it shows."""
    if isinstance(activation, Primitive):
        return activation.name
    names = {function: name for name, function in ACTIVATIONS.items()}
    return names.get(activation) or getattr(activation, "__name__", None) or repr(activation)
