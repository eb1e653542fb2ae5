"""Optimizers: an update rule applied to parameters, or to a flat array of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from autograd import Value
from optim import rules


class SGD:
    """Gradient descent; stochastic where each gradient is that of a few examples.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.

    Raises:
        TypeError: a parameter is not a Value.
        ValueError: there are no parameters, or ``lr`` is not positive.
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        if not isinstance(parameters, Iterable):
            raise TypeError(f"parameters must be Values, such as model.parameters(), got {type(parameters).__name__}")
        self.parameters = list(dict.fromkeys(parameters))  # one that is shared takes one step
        if not self.parameters:
            raise ValueError("parameters is empty: there is nothing to optimize")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"parameters must be Values, got {type(parameter).__name__} {parameter!r}")
        if not isinstance(lr, Real) or not 0 < lr < math.inf:
            raise ValueError(f"lr must be a positive number, got {lr!r}")
        self.lr: float = lr

    rule = staticmethod(rules.sgd)

    @property
    def hyperparameters(self) -> dict[str, float]:
        """What `rule` takes beside a parameter and its gradient."""
        return {"lr": self.lr}

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Update every parameter's data from its gradient."""
        rule, lr = self.rule, self.lr
        for parameter in self.parameters:
            parameter.data = rule(parameter.data, parameter.grad, lr)

    def update(self, theta: NDArray[np.float64], gradient: NDArray[np.float64]) -> None:
        """The same rule on a flat array of parameters, in place."""
        theta[:] = self.rule(theta, gradient, self.lr)
