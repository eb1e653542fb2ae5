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
    """X and y as arrays, and y as the loss takes it, on which that is tried, so that errors come early."""
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
    targets = _targets(y, output, loss, y_name)
    return X, targets if y.ndim == 2 and targets.ndim == 1 else y, targets


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


def _targets(y: Array, output: Any, loss: Loss, name: str) -> Array:
    """The targets as the loss takes them: numbers where there is one output; one-hot rows in place of classes, where it
    takes those; otherwise as they are. An error says what is wrong with them.
    """
    shape = _shape(output)
    if shape in ((), (1,)):
        targets = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        wrong = None if targets.ndim == 1 else f"{name} must have a number for each of 1 outputs, got shape {y.shape}"
    elif y.shape[1:] == shape:
        targets, wrong = y, None
    elif y.shape[1:] == shape[:-1]:
        classes = np.arange(shape[-1])
        outside = np.argwhere(~np.isin(y, classes))
        if not len(outside):
            one_hot: Array = (y[..., np.newaxis] == classes).astype(np.float64)
            refused = _refusal(one_hot, output, loss, name)
            if refused is None:
                return one_hot
            if _refusal(y, output, loss, name) is not None:
                raise refused
            return y
        place = "".join(f"[{i}]" for i in outside[0])
        range_of = f"the {shape[-1]} outputs are for the classes 0 to {shape[-1] - 1}"
        targets, wrong = y, f"{name}{place} is {y[tuple(outside[0])]:g}: {range_of}"
    else:
        outputs = shape[0] if len(shape) == 1 else f"{' x '.join(map(str, shape))}"
        targets, wrong = y, f"{name} must have a number for each of {outputs} outputs, got shape {y.shape}"
    refused = _refusal(targets, output, loss, name)
    if refused is not None:
        raise refused if wrong is None else ValueError(f"{wrong}; and the loss does not take them: {refused}")
    return targets


def _shape(output: Any) -> tuple[int, ...]:
    """Of a model's outputs: () for one Value, (2, 3) for two positions of three outputs each."""
    shape: tuple[int, ...] = ()
    while isinstance(output, list | tuple) and output:
        shape, output = (*shape, len(output)), output[0]
    return shape


def _refusal(targets: Array, output: Any, loss: Loss, name: str) -> Exception | None:
    """Why a loss does not take the targets, each of which it is tried on with one output; None where it does."""
    for i in np.unique(targets, axis=0, return_index=True)[1].tolist():
        try:
            E = loss(output, targets[i].tolist())
        except autograd.DomainError:  # it names the output, which is at fault
            raise
        except ValueError as error:
            refusal = ValueError(f"{name}[{i}] does not fit the loss: {error}")
            refusal.__cause__ = error
            return refusal
        except (TypeError, IndexError) as error:
            return error
        if not isinstance(E, Value):
            return TypeError(f"loss must return a Value, computed from the model's output, got {E!r}")
    return None
