"""Update rules: each a function that reads as its formula, on a float and on a flat NumPy array alike."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])


def sgd(theta: Number, gradient: Number, lr: float) -> Number:
    """Gradient descent: theta - lr * gradient (IITI, "Step 3 - Update Weights", where Err * o is -dE/dw)."""
    return theta - lr * gradient
