"""How `nn.fit` learns from a batch, predicts, and computes the risk: by compiled code, or by the scalar engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import Value
from nn.losses import Loss
from nn.module import Module
from nn.nested import each, lists

Array = NDArray[np.float64]
Step = Callable[[Array, Array, Array], tuple[float, Array]]
Predict = Callable[[Array], Array]
Risk = Callable[[Array, Array], float]


def compiled_engine(
    model: Module, loss: Loss, parameters: Sequence[Value], regulariser: Callable[[], Value] | None
) -> tuple[Step, Predict, Risk]:
    """How to learn from a batch (its mean loss, and the gradient at theta), to predict, and to compute the risk."""

    def objective(x: Any, target: Any) -> Value:
        error = loss(model(x), target)
        return error if regulariser is None else error + regulariser()

    def error(x: Any, target: Any) -> Value:
        return loss(model(x), target)

    to_learn, to_evaluate = autograd.compile(objective, parameters), autograd.compile(error, parameters)
    to_predict = autograd.compile(model)
    gradient = np.empty(len(parameters))

    def step(X: Array, targets: Array, theta: Array) -> tuple[float, Array]:
        value, _ = to_learn.value_and_grad(X, targets, theta=theta, out=gradient)
        if not math.isfinite(value):  # have the scalar engine raise its DomainError, where code goes on
            autograd.unpack(theta, parameters)
            to_learn.check_domains(X, targets)
        return value, gradient

    def risk(X: Array, targets: Array) -> float:
        value: float = to_evaluate(X, targets)
        if not math.isfinite(value):
            to_evaluate.check_domains(X, targets)
        return value

    return step, to_predict, risk


def scalar_engine(
    model: Module, loss: Loss, parameters: Sequence[Value], regulariser: Callable[[], Value] | None
) -> tuple[Step, Predict, Risk]:
    """The same as `compiled_engine`, one example after another."""

    def risk(X: Array, targets: Array) -> Value:
        total: Value = autograd.sum([loss(model(x), t) for x, t in zip(X.tolist(), targets.tolist())])
        return total / len(X)

    def step(X: Array, targets: Array, theta: Array) -> tuple[float, Array]:
        autograd.unpack(theta, parameters)
        for parameter in parameters:
            parameter.grad = 0.0
        objective = risk(X, targets) if regulariser is None else risk(X, targets) + regulariser()
        objective.backward()
        return objective.data, np.array([parameter.grad for parameter in parameters])

    def predict(X: Array) -> Array:
        return np.array([each(float, lists(model(x))) for x in X.tolist()])

    return step, predict, lambda X, targets: risk(X, targets).data
