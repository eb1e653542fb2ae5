"""Packing: parameters as one flat array, which compiled code and optimizers work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from autograd.value import Value


def pack(parameters: Iterable[Value]) -> NDArray[np.float64]:
    """The data of the parameters as one flat array, in their order."""
    return np.array([parameter.data for parameter in parameters], dtype=np.float64)


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
