"""The examples that `nn.fit` learns from, checked before training, so that errors come early."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import Value
from nn.losses import Loss
from nn.module import Module
from nn.nested import flat, lists

Array = NDArray[np.float64]


def examples(model: Module, loss: Loss, X: Any, y: Any, X_name: str, y_name: str) -> tuple[Array, Array, Array]:
    """X and y as arrays, and y as the loss takes it. Each target is tried on one output, so that errors come early."""
    X, y = _finite(X, X_name), _finite(y, y_name)
    if X.ndim < 2:
        raise ValueError(f"{X_name} must have a row of inputs for each example, [[1.0], [2.0]], got shape {X.shape}")
    if len(X) != len(y):
        raise ValueError(f"{X_name} and {y_name} must have the same length, got {len(X)} examples and {len(y)} targets")
    try:
        output = model(X[0].tolist())
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"the model does not take the rows of {X_name}, whose shape is {X.shape[1:]}: {error}"
        ) from error
    for unit in flat(lists(output)):
        if not isinstance(unit, Value):
            raise TypeError(
                f"the model must return a Value or a list of them, got {unit!r}: through anything else no gradient "
                "flows; write autograd.tanh(v) in place of math.tanh(v), and no float(v) or v.data"
            )
    targets = _targets(y, 1 if isinstance(output, Value) else len(output), y_name)
    for i in np.unique(y, axis=0, return_index=True)[1].tolist():
        try:
            E = loss(output, targets[i].tolist())
        except autograd.DomainError:  # it names the output, which is at fault
            raise
        except ValueError as error:
            raise ValueError(f"{y_name}[{i}] does not fit the loss: {error}") from error
        if not isinstance(E, Value):
            raise TypeError(f"loss must return a Value, computed from the model's output, got {E!r}")
    return X, targets if y.ndim == 2 else y, targets


def _finite(data: Any, name: str) -> Array:
    try:
        array = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers whose rows are equally long: {error}") from error
    if not array.size:
        raise ValueError(f"{name} is empty")
    if array.ndim == 0:
        raise ValueError(f"{name} must have an entry for each example, got {data!r}")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = "".join(f"[{i}]" for i in bad[0])
        raise ValueError(f"{name}{place} is {array[tuple(bad[0])]}: the data must be finite numbers")
    return array


def _targets(y: Array, outputs: int, name: str) -> Array:
    """A number an example where there is one output; otherwise a row of them, one-hot where y has class indices."""
    if y.ndim == 2 and y.shape[1] == outputs:
        return y[:, 0] if outputs == 1 else y
    if y.ndim != 1:
        raise ValueError(f"{name} must have a number for each of {outputs} outputs, got shape {y.shape}")
    if outputs == 1:
        return y
    outside = np.flatnonzero(~np.isin(y, np.arange(outputs)))
    if len(outside):
        i = outside[0]
        raise ValueError(f"{name}[{i}] is {y[i]:g}: the {outputs} outputs are for the classes 0 to {outputs - 1}")
    one_hot: Array = (y[:, np.newaxis] == np.arange(outputs)).astype(np.float64)
    return one_hot
