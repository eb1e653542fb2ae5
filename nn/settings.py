"""What `nn.fit` is given beside the examples: what each thing is, and what is wrong with it, said before training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from autograd import Value, arguments
from nn.losses import Loss
from nn.module import Module

Array = NDArray[np.float64]

# "random" is HKU's "randomly pick one" and UCSD's "Randomly sample a batch"; "in order" is WAT's incremental learning.
Order = Literal["shuffled", "random", "in order"]

# A function of all outputs and all targets: of a row an example, or of a number where there is one output.
Metric = Callable[[Array, Array], float]


class Optimizer(Protocol):
    """What updates the parameters: any optimizer of `optim`."""

    lr: float

    @property
    def parameters(self) -> Sequence[Value]: ...
    def update(self, theta: Array, gradient: Array, /) -> None: ...


class Criterion(Protocol):
    """When to stop. Called once an epoch, it gives the reason to stop now, or None.

    ``record`` has this epoch's numbers by name: "epoch" (from 1), "loss", "validation_loss", and each metric under its
    name and under "validation_" and its name. ``finish`` is called when training ends, for whatever reason.
    """

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value], /) -> str | None: ...
    def finish(self, parameters: Sequence[Value], /) -> None: ...


def check(
    model: Module,
    loss: Loss,
    optimizer: Optimizer,
    optional: Mapping[str, Callable[..., Any] | None],
    order: Order,
    validation: Sequence[Any] | None,
    metrics: Mapping[str, Metric],
    criteria: Sequence[Criterion],
) -> None:
    """Raise a TypeError or a ValueError that names the argument of `nn.fit` with which no model can be trained.

    Args:
        optional: by the argument's name, what must be a function where it is given at all.
        model, loss, optimizer, order, validation, metrics, criteria: as for `nn.fit`.
    """
    if not isinstance(model, Module) or not callable(model):
        raise TypeError(f"model must be an nn.Module that can be called on an example, got {model!r}")
    for module in model.modules():
        if module.cannot_fit is not None:
            raise TypeError(f"fit cannot train this model: {module.cannot_fit}")
    _check_optimizer(optimizer, model)
    given = {name: function for name, function in optional.items() if function is not None}
    for name, function in {"loss": loss, **given}.items():
        if not callable(function):
            raise TypeError(f"{name} must be a function, got {function!r}")
    arguments.choice("order", order, *get_args(Order))
    if validation is not None and not (isinstance(validation, tuple | list) and len(validation) == 2):
        raise TypeError(f"validation must be a pair (X, y), got {type(validation).__name__}")
    if not isinstance(metrics, Mapping):
        raise TypeError(f'metrics must be functions by name, such as {{"accuracy": nn.accuracy}}, got {metrics!r}')
    for name in metrics:
        if name in ("epoch", "loss") or name.startswith("validation_"):
            raise ValueError(f"metrics has the name {name!r}, which the history uses itself")
    for criterion in criteria:
        if not callable(criterion) or not hasattr(criterion, "finish"):
            raise TypeError(f"stop must be criteria such as optim.stopping.Epochs(9), got {criterion!r}")


def _check_optimizer(optimizer: Optimizer, model: Module) -> None:
    if isinstance(optimizer, type) or not all(hasattr(optimizer, name) for name in ("update", "parameters", "lr")):
        raise TypeError(
            "optimizer must have update() and parameters and lr, as optim.SGD(model.parameters(), lr=0.1) has, "
            f"got {optimizer!r}"
        )
    for parameter in optimizer.parameters:
        if not isinstance(parameter, Value):
            raise TypeError(f"optimizer must hold Values, such as model.parameters(), got {parameter!r}")
        if parameter.op is not None:
            raise ValueError(
                f"optimizer holds {parameter!r}, which {parameter.op.name} has computed: its parameters must be "
                "leaves, such as model.parameters()"
            )
    if set(optimizer.parameters).isdisjoint(model.parameters()):
        raise ValueError("optimizer holds no parameter of this model: make a new one, of model.parameters()")
    for written in (getattr(optimizer, "__dict__", {}), *map(vars, type(optimizer).__mro__)):
        if "update" in written:
            return
        if "step" in written:
            raise TypeError(
                f"fit calls {type(optimizer).__name__}.update(theta, gradient), and would pass over its own step(): "
                "write that as update(), or train in a loop of your own"
            )


def check_update(optimizer: Optimizer, before: Array, after: Array, gradient: Array) -> None:
    """Raise TypeError where updates have left the parameters as they were, and gradient descent would not have."""
    if np.array_equal(before, after) and not np.array_equal(before, before - optimizer.lr * gradient):
        raise TypeError(
            f"{type(optimizer).__name__}.update(theta, gradient) leaves theta as it was: it must change it in place, "
            "theta -= ..., and not make a new one, theta = theta - ..."
        )
