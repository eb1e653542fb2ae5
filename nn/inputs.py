"""Inputs of a model: numbers become Values with the slide's names, and mistakes in them are reported early."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value

Inputs = Sequence[Value | float] | NDArray[np.float64] | Value | float


def as_values(inputs: Any, names: Sequence[str]) -> list[Value]:
    """The inputs of a layer as Values: each number becomes one, with the name at the same place.

    A single input need not be in a list.
    """
    try:
        count = len(inputs)
    except TypeError:
        inputs, count = [inputs], 1
    if count != len(names):
        _refuse_batch(inputs)
        taker = "the model" if names[0] == "x1" else f"the layer of inputs {names[0]} to {names[-1]}"
        raise ValueError(f"{taker} takes {len(names)} inputs, got {count}")
    try:
        return [x if isinstance(x, Value) else as_value(x, name) for x, name in zip(inputs, names)]
    except TypeError:
        _refuse_batch(inputs)
        raise


def _refuse_batch(inputs: Any) -> None:
    """Raise TypeError where the inputs of several examples were given."""
    first: Any = next(iter(inputs), None)
    if np.ndim(first):
        raise TypeError(
            f"a model is called on one example, a list of numbers, got a list of {len(inputs)} lists;"
            " autograd.compile(model)(X) predicts for every row of X"
        ) from None


def as_value(number: Any, name: str) -> Value:
    """A number as a Value of this name."""
    value = Value(number, name)
    if not math.isfinite(value.data):
        raise ValueError(f"input {name} is {value.data}; inputs must be finite numbers")
    return value
