"""Packing: parameters as one flat array, which compiled code and optimizers work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from autograd import arguments
from autograd.value import Value


def pack(parameters: Iterable[Value]) -> NDArray[np.float64]:
    """The data of the parameters as one flat array, in their order.

    Raises:
        TypeError: the data of one of them, which anyone may set, is no number; its name is told.
    """
    parameters = list(parameters)
    data = [parameter.data for parameter in parameters]
    if not {float}.issuperset(map(type, data)):
        data = [arguments.data(parameter.name, x) for parameter, x in zip(parameters, data)]
    return np.array(data, dtype=np.float64)


def unpack(theta: NDArray[np.float64], parameters: Sequence[Value]) -> None:
    """Set the data of the parameters from a flat array, in their order.

    Raises:
        ValueError: the array has not one number for each parameter.
    """
    if theta.shape != (len(parameters),):
        raise ValueError(
            f"theta must have one number for each of {len(parameters)} parameters, got shape {theta.shape}"
        )
    for parameter, data in zip(parameters, theta.tolist()):
        parameter.data = data
