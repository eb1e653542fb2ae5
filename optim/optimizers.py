"""Optimizers: an update rule applied to parameters, or to a flat array of them, with what it remembers.

Names, arguments and numbers are PyTorch's; the forms of the lecture decks are named options. Parameters that are to be
treated differently need an optimizer each.
"""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autograd import ARRAYS, Reading, Value, arguments, pack, unpack
from optim import rules

FLOAT64 = np.dtype(np.float64)


def _where(condition: Any, a: Any, b: Any) -> Any:
    return np.where(condition, a, b) if isinstance(condition, np.ndarray) else a if condition else b


# Flat arrays, as `ARRAYS`; but a choice that is one for all of their numbers, as that of an option is, copies nothing.
FLAT = Reading(**{**vars(ARRAYS), "greater": operator.gt, "equal": operator.eq, "where": _where})


class Optimizer:
    """The base of every optimizer: parameters, hyperparameters that are attributes, and a memory.

    Hyperparameters may be set at any time, and are checked whenever they are: ``optimizer.lr = schedule(epoch)``.

    Args:
        parameters: the Values to update; one that occurs twice takes one step.
        rule: a function of `optim.rules`.
        hyperparameters: what ``rule`` takes by name, ``t`` apart.

    Attributes:
        parameters: the Values, as a list.
        rule: ``rule(math, theta, gradient, *memory, t=t, **hyperparameters)`` is ``(theta, *memory)``.
        t: how many steps have been taken.
        memory: what the rule remembers, by the names of its arguments: arrays of one number a parameter.

    Raises:
        TypeError: a parameter is not a Value.
        ValueError: there are no parameters, or a hyperparameter is out of its range.
    """

    lr: float
    weight_decay: float
    maximize: bool

    def __init__(self, parameters: Iterable[Value], rule: Callable[..., Any], **hyperparameters: Any) -> None:
        if not isinstance(parameters, Iterable):
            raise TypeError(f"parameters must be Values, such as model.parameters(), got {type(parameters).__name__}")
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError("parameters is empty: there is nothing to optimize")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"parameters must be Values, got {type(parameter).__name__} {parameter!r}")
        arguments.positive("lr", hyperparameters["lr"])
        self.rule = rule
        self.t = 0
        self.memory = {name: np.zeros(len(self.parameters)) for name in _memory_of(rule)}
        self._names = list(hyperparameters)
        for name, value in hyperparameters.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, _CHECKS[name](name, value) if name in _CHECKS else value)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """What `rule` takes by name, ``t`` apart."""
        return {name: getattr(self, name) for name in self._names}

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Update every parameter's data from its gradient."""
        theta = pack(self.parameters)
        self.update(theta, np.array([parameter.grad for parameter in self.parameters]))
        unpack(theta, self.parameters)

    def update(self, theta: NDArray[np.float64], gradient: NDArray[np.float64]) -> None:
        """The same step on a flat array in place of the Values, which stay as they are.

        Args:
            theta: one float64 number for each parameter, in their order; changed in place.
            gradient: of the same shape.

        Raises:
            ValueError: one of them is not such an array.
        """
        self._check(theta, gradient)
        t = self.t + 1
        theta[:], *memory = self.rule(FLAT, theta, gradient, *self.memory.values(), t=t, **self.hyperparameters)
        self.t, self.memory = t, dict(zip(self.memory, memory))

    def _check(self, theta: NDArray[np.float64], gradient: NDArray[np.float64]) -> None:
        """Raise ValueError unless both are arrays of one number a parameter."""
        shape = (len(self.parameters),)
        for name, array in (("theta", theta), ("gradient", gradient)):
            if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != FLOAT64:
                got = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else repr(array)
                raise ValueError(
                    f"{name} must be a float64 array of shape {shape}, one number for each parameter, got {got}"
                )

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on besides parameters and gradients: plain data, fit for JSON."""
        return {
            "optimizer": type(self).__name__,
            "t": self.t,
            "hyperparameters": {k: list(x) if isinstance(x, tuple) else x for k, x in self.hyperparameters.items()},
            "memory": {name: array.tolist() for name, array in self.memory.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue as the optimizer whose state this is would: its hyperparameters are taken over, too.

        Raises:
            ValueError: the state is not one of such an optimizer for as many parameters; what is missing, surplus or
                misshapen is named, and the optimizer stays as it is.
        """
        _check_names("the state", state, ["optimizer", "t", "hyperparameters", "memory"])
        if state["optimizer"] != type(self).__name__:
            raise ValueError(f"the state is one of {state['optimizer']}, and this is {type(self).__name__}")
        t = arguments.whole_number("t", state["t"], least=0)
        _check_names("hyperparameters", state["hyperparameters"], self._names)
        _check_names("memory", state["memory"], list(self.memory))
        loaded = copy.copy(self)
        for name, value in state["hyperparameters"].items():
            setattr(loaded, name, value)
        loaded.t = t
        loaded.memory = {name: self._flat(name, state["memory"][name]) for name in self.memory}
        vars(self).update(vars(loaded))

    def _flat(self, name: str, numbers: Any) -> NDArray[np.float64]:
        """A list of the state's memory as an array."""
        count = len(self.parameters)
        if not isinstance(numbers, list) or len(numbers) != count or not all(isinstance(x, Real) for x in numbers):
            got = f"{len(numbers)} entries" if isinstance(numbers, list) else f"{type(numbers).__name__}"
            raise ValueError(f"memory {name!r} must be a list of {count} numbers, one for each parameter, got {got}")
        return np.array(numbers, dtype=np.float64)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.hyperparameters.items())
        return f"{type(self).__name__}({settings})"


class SGD(Optimizer):
    """Gradient descent; stochastic where each gradient is that of a few examples. The rules: `rules.sgd` and
    `rules.sutskever`.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.
        momentum: mu, not negative: the share of the velocity that is kept; typically 0.9.
        dampening: tau: the share of a gradient that does not go into the velocity.
        weight_decay: lambda, not negative: adds ``lambda theta`` to the gradient.
        nesterov: take the gradient where momentum leads. Needs momentum and no dampening.
        maximize: go uphill.
        form: where momentum has the learning rate. "pytorch": ``b = mu b + g``, ``theta = theta - lr b``. "sutskever",
            as on HKU's slide: ``v = mu v - lr g``, ``theta = theta + v``. They differ where ``lr`` changes.

    Raises:
        TypeError, ValueError: as `Optimizer`.
    """

    momentum: float
    dampening: float
    nesterov: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        form: Literal["pytorch", "sutskever"] = "pytorch",
    ) -> None:
        arguments.choice("form", form, "pytorch", "sutskever")
        options = {"weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize}
        if form == "pytorch":
            super().__init__(parameters, rules.sgd, lr=lr, momentum=momentum, dampening=dampening, **options)
        else:
            super().__init__(parameters, rules.sutskever, lr=lr, momentum=momentum, **options)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(f"nesterov needs momentum and no dampening, got {momentum=}, {dampening=}")
        if form == "sutskever" and (momentum == 0 or dampening != 0):
            raise ValueError(f"form='sutskever' needs momentum and no dampening, got {momentum=}, {dampening=}")

    # Without options the rule is written out for speed; a test holds this to `rules.sgd`.

    @property
    def _plain(self) -> bool:
        return not (self.momentum or self.weight_decay or self.maximize)

    def step(self) -> None:
        """Update every parameter's data from its gradient."""
        if not self._plain:
            super().step()
            return
        self.t += 1
        lr = self.lr
        for parameter in self.parameters:
            parameter.data -= lr * parameter.grad

    def update(self, theta: NDArray[np.float64], gradient: NDArray[np.float64]) -> None:
        """The same step on a flat array; arguments and errors as for `Optimizer.update`."""
        if not self._plain:
            super().update(theta, gradient)
            return
        self._check(theta, gradient)
        theta -= self.lr * gradient
        self.t += 1


class Adagrad(Optimizer):
    """AdaGrad: a learning rate for each parameter. The rule: `rules.adagrad`.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.
        lr_decay: how fast the learning rate falls, not negative: it is ``lr / (1 + (t - 1) lr_decay)``.
        weight_decay: lambda, not negative: adds ``lambda theta`` to the gradient.
        initial_accumulator_value: what the sum of squares G starts at, not negative.
        eps: prevents division by 0, not negative.
        maximize: go uphill.
        eps_inside: the slide's ``lr / sqrt(G + eps)`` in place of PyTorch's ``lr / (sqrt(G) + eps)``.

    Raises:
        TypeError, ValueError: as `Optimizer`.
    """

    lr_decay: float
    eps: float
    eps_inside: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
        eps_inside: bool = False,
    ) -> None:
        options = {"eps": eps, "maximize": maximize, "eps_inside": eps_inside}
        super().__init__(parameters, rules.adagrad, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, **options)
        self.initial_accumulator_value = initial_accumulator_value
        self.memory["G"] += self.initial_accumulator_value


class RMSprop(Optimizer):
    """RMSProp: AdaGrad that forgets. The rule: `rules.rmsprop`.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.
        alpha: the share of the mean of squares that is kept, from 0 to 1; the slide's beta.
        eps: prevents division by 0, not negative.
        weight_decay: lambda, not negative: adds ``lambda theta`` to the gradient.
        momentum: mu, not negative.
        centered: divide by the root of the variance, rather than of the mean of squares.
        maximize: go uphill.
        eps_inside: the slide's ``lr / sqrt(G + eps)`` in place of PyTorch's ``lr / (sqrt(G) + eps)``.

    Raises:
        TypeError, ValueError: as `Optimizer`.
    """

    alpha: float
    eps: float
    momentum: float
    centered: bool
    eps_inside: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
        eps_inside: bool = False,
    ) -> None:
        options = {"momentum": momentum, "centered": centered, "maximize": maximize, "eps_inside": eps_inside}
        super().__init__(parameters, rules.rmsprop, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, **options)


class Adam(Optimizer):
    """Adam: momentum, and RMSProp's learning rates. The rule: `rules.adam`.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.
        betas: the shares of the mean of gradients and of the mean of squares that are kept, from 0 to below 1.
        eps: prevents division by 0, not negative.
        weight_decay: lambda, not negative: adds ``lambda theta`` to the gradient.
        amsgrad: divide by the largest mean of squares so far.
        maximize: go uphill.
        bias_correction: make up for the means' starting at 0; the slide does not.

    Raises:
        TypeError, ValueError: as `Optimizer`.
    """

    betas: tuple[float, float]
    eps: float
    amsgrad: bool
    bias_correction: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        bias_correction: bool = True,
    ) -> None:
        options = {"amsgrad": amsgrad, "maximize": maximize, "bias_correction": bias_correction}
        super().__init__(parameters, rules.adam, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **options)


class AdamW(Optimizer):
    """Adam with weight decay that is no part of the gradient. The rule: `rules.adamw`.

    Args:
        parameters: the Values to update.
        lr: the learning rate, positive.
        betas: the shares of the mean of gradients and of the mean of squares that are kept, from 0 to below 1.
        eps: prevents division by 0, not negative.
        weight_decay: lambda, not negative: each step first multiplies the parameters by ``1 - lr lambda``.
        amsgrad: divide by the largest mean of squares so far.
        maximize: go uphill.

    Raises:
        TypeError, ValueError: as `Optimizer`.
    """

    betas: tuple[float, float]
    eps: float
    amsgrad: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"amsgrad": amsgrad, "maximize": maximize}
        super().__init__(parameters, rules.adamw, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, **options)


def _memory_of(rule: Callable[..., Any]) -> list[str]:
    """The names of what a rule remembers: its arguments by position, after the namespace, theta and the gradient."""
    inputs = inspect.signature(rule).parameters.values()
    return [each.name for each in inputs if each.kind is each.POSITIONAL_OR_KEYWORD][3:]


def _check_names(what: str, given: Any, needed: list[str]) -> None:
    """Raise ValueError unless ``given`` is a mapping with exactly the names ``needed``."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{what} must be a mapping with {', '.join(needed)}, got {type(given).__name__} {given!r}")
    for fault, names in (
        ("is missing", [name for name in needed if name not in given]),
        ("is surplus", [name for name in given if name not in needed]),
    ):
        if names:
            raise ValueError(f"{what} must have exactly {', '.join(needed)}; {', '.join(map(str, names))} {fault}")


def _betas(name: str, pair: Any) -> tuple[float, float]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{name} must be two numbers, got {pair!r}")
    kind = "two numbers, each at least 0 and below 1"
    beta1, beta2 = [arguments.number(name, x, kind, lambda x: 0 <= x < 1) for x in pair]
    return beta1, beta2


# How each hyperparameter is checked, and made the type that it is kept as.
_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "lr": arguments.not_negative,  # a schedule may end with 0
    "momentum": arguments.not_negative,
    "dampening": arguments.number,
    "weight_decay": arguments.not_negative,
    "lr_decay": arguments.not_negative,
    "initial_accumulator_value": arguments.not_negative,
    "alpha": arguments.share,
    "betas": _betas,
    "eps": arguments.not_negative,
    "nesterov": arguments.flag,
    "maximize": arguments.flag,
    "centered": arguments.flag,
    "amsgrad": arguments.flag,
    "bias_correction": arguments.flag,
    "eps_inside": arguments.flag,
}
