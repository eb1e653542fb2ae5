"""Clipping: gradients that explode are cut to size (HKU and IIMA, "Vanishing and exploding gradients")."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from autograd import Value, arguments


def clip_by_norm(gradient: NDArray[np.float64], max_norm: float) -> NDArray[np.float64]:
    """A gradient shortened to a norm: its direction stays.

    ``g min(1, max_norm / (|g| + 1e-6))``, as torch.nn.utils.clip_grad_norm_ has it.

    Args:
        gradient: all of it, as one flat array; it stays as it is.
        max_norm: the greatest Euclidean norm that it may have.

    Raises:
        ValueError: ``max_norm`` is not a positive number.
    """
    arguments.positive("max_norm", max_norm)
    return gradient * min(1.0, max_norm / (_norm(gradient) + 1e-6))


def clip_by_value(gradient: NDArray[np.float64], clip_value: float) -> NDArray[np.float64]:
    """A gradient with each entry clamped to ``[-clip_value, clip_value]``: its direction may change.

    Args:
        gradient: an array; it stays as it is.
        clip_value: the greatest size that an entry may have.

    Raises:
        ValueError: ``clip_value`` is not a positive number.
    """
    arguments.positive("clip_value", clip_value)
    return np.clip(gradient, -clip_value, clip_value)


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shorten the gradient of the parameters, taken as one vector, to a norm; see `clip_by_norm`.

    Args:
        parameters: the Values whose ``grad`` is changed.
        max_norm: the greatest Euclidean norm.

    Returns:
        The norm that the gradient had.
    """
    parameters, gradient = _gradient(parameters)
    _set_gradient(parameters, clip_by_norm(gradient, max_norm))
    return _norm(gradient)


def clip_grad_value(parameters: Iterable[Value], clip_value: float) -> None:
    """Bring the gradient of each parameter between ``-clip_value`` and ``clip_value``; see `clip_by_value`.

    Args:
        parameters: the Values whose ``grad`` is changed.
        clip_value: the greatest size.
    """
    parameters, gradient = _gradient(parameters)
    _set_gradient(parameters, clip_by_value(gradient, clip_value))


def _norm(gradient: NDArray[np.float64]) -> float:
    return math.hypot(*gradient.flat)  # unlike NumPy's, it squares no entry of an exploded gradient to infinity


def _gradient(parameters: Iterable[Value]) -> tuple[list[Value], NDArray[np.float64]]:
    parameters = list(dict.fromkeys(parameters))  # one that is shared counts once
    return parameters, np.array([parameter.grad for parameter in parameters])


def _set_gradient(parameters: list[Value], gradient: NDArray[np.float64]) -> None:
    for parameter, g in zip(parameters, gradient.tolist()):
        parameter.grad = g
