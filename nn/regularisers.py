"""Regularisers: the size of the weights, to be added to the loss (HKU, "Solution 1: Weight Regularization")."""

from __future__ import annotations

from collections.abc import Iterable

import autograd
from autograd import Value, arguments


def l1(parameters: Iterable[Value], strength: float) -> Value:
    """``lambda sum_j |theta_j|``, at least 0; it drives parameters to 0 (lasso).

    Args:
        parameters: the theta_j, such as ``model.parameters()``, or the weights alone.
        strength: lambda, at least 0.

    Raises:
        ValueError: no parameters, or a negative strength.
    """
    size: Value = autograd.sum([abs(theta) for theta in _checked(parameters, strength)])
    return strength * size


def l2(parameters: Iterable[Value], strength: float) -> Value:
    """``lambda sum_j theta_j^2``, at least 0; it shrinks parameters (ridge). Arguments and errors as for `l1`.

    Its derivative is 2 lambda theta, so in plain gradient descent it is PyTorch's ``weight_decay`` of 2 lambda.
    """
    theta = _checked(parameters, strength)
    size: Value = autograd.dot(theta, theta)
    return strength * size


def _checked(parameters: Iterable[Value], strength: float) -> list[Value]:
    thetas = list(parameters)
    if not thetas:
        raise ValueError("parameters is empty: there is nothing to regularise")
    arguments.not_negative("strength", strength)
    return thetas
