"""Minimising a function whose derivatives are known: gradient descent and Newton's method."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from autograd import arguments


def gradient_descent(
    gradient: Callable[[Any], Any],
    x: Any,
    learning_rate: float = 0.01,
    threshold: float = 0.1e-4,
    path: list[Any] | None = None,
) -> Any:
    """``x_new = x - learning_rate * gradient(x)`` until ``|x - x_new| < threshold`` (UCSD, "Gradient Descent").

    As on the slide, the last step, which is shorter than the threshold, is not taken. Where no step ever becomes
    that short, as from 1 on x^2 with a learning rate of 1, it does not end.

    Args:
        gradient: the gradient of the function, which takes and gives what x is.
        x: where to start: a number, or a list or array of numbers.
        learning_rate: positive.
        threshold: positive.
        path: a list to which every x is appended, the first and the last included.

    Returns:
        The last x: a float where a number was given, and otherwise an array.

    Raises:
        ValueError: an argument is not positive, or the gradient does not have the shape of x.
        ArithmeticError: it diverges; the step and the learning rate are named.
    """
    arguments.positive("learning_rate", learning_rate)
    arguments.positive("threshold", threshold)
    x, step = _point(x), 1
    if path is not None:
        path.append(x)
    while True:
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # reported below
                x_new = x - learning_rate * _like(x, "gradient", gradient(x))
                change = np.linalg.norm(x - x_new)
        except OverflowError:  # of a formula on floats
            x_new = math.inf
        if not np.isfinite(x_new).all():
            raise ArithmeticError(
                f"gradient descent diverged: step {step} with learning_rate={learning_rate} led from {x} "
                "to a number that is not finite; try a smaller learning_rate"
            )
        if change < threshold:
            return x
        x, step = x_new, step + 1
        if path is not None:
            path.append(x)


def newton(
    gradient: Callable[[Any], Any],
    hessian: Callable[[Any], Any],
    x: Any,
    threshold: float = 0.1e-4,
    max_steps: int = 100,
    path: list[Any] | None = None,
) -> Any:
    """Newton's method: ``x_new = x - H(x)^-1 gradient(x)``, until ``|x - x_new| < threshold`` (IIMA, the Hessian).

    One step lands on the minimum of a quadratic. It seeks where the gradient is 0, which may be a maximum or a saddle.

    Args:
        gradient: the gradient of the function, which takes and gives what x is.
        hessian: its second derivatives: a number where x is one, and otherwise a square array.
        x: where to start: a number, or a list or array of n numbers.
        threshold: positive.
        max_steps: how many steps to take at most; where they lead is returned.
        path: a list to which every x is appended, the first and the last included.

    Returns:
        The last x: a float where a number was given, and otherwise an array.

    Raises:
        ValueError: ``threshold`` or ``max_steps`` is not positive, or the derivatives do not have the shapes of x.
        ArithmeticError: the Hessian has no inverse, or a step leads to a number that is not finite; the step is named.
    """
    arguments.positive("threshold", threshold)
    arguments.whole_number("max_steps", max_steps)
    x = _point(x)
    if path is not None:
        path.append(x)
    for step in range(1, max_steps + 1):
        g, H = _like(x, "gradient", gradient(x)), _like(np.multiply.outer(x, x), "hessian", hessian(x))
        try:
            x_new = x - (np.linalg.solve(H, g) if np.ndim(x) else g / H)
        except (np.linalg.LinAlgError, ZeroDivisionError):
            raise ArithmeticError(f"step {step} of Newton's method: the Hessian has no inverse at {x}") from None
        if not np.isfinite(x_new).all():
            raise ArithmeticError(f"step {step} of Newton's method led from {x} to a number that is not finite")
        if path is not None:
            path.append(x_new)
        change = np.linalg.norm(x - x_new)
        x = x_new
        if change < threshold:
            break
    return x


def _point(x: Any) -> Any:
    """A number as a float, anything else as an array of its own."""
    return float(x) if isinstance(x, Real) else np.array(x, dtype=np.float64)


def _like(x: Any, name: str, derivative: Any) -> Any:
    """A derivative as a float or an array, as x is; its shape must be that of x."""
    if np.shape(derivative) != np.shape(x):
        raise ValueError(f"{name} must have shape {np.shape(x)} here, got {np.shape(derivative)}")
    return float(derivative) if np.ndim(x) == 0 else np.asarray(derivative, dtype=np.float64)
