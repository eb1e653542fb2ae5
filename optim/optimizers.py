"""Optimizers: an update rule applied to parameters, or to a flat array of them, with what it remembers.

Names, arguments and numbers are PyTorch's; the forms of the lecture decks are named options. Parameters that are to be
treated differently need an optimizer each.
"""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autograd import ARRAYS, Reading, Value, arguments, pack, tables, unpack
from optim import refusals, rules
from optim.hyperparameters import HYPERPARAMETERS

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

    Example:
        >>> def plain(math, theta, gradient, *, t, lr):
        ...     return (theta - lr * gradient,)
        >>> w = Value(2.0)
        >>> w.grad = 10.0
        >>> Optimizer([w], plain, lr=0.1).step()
        >>> w.data
        1.0
    """

    lr: float
    weight_decay: float
    maximize: bool

    def __init__(self, parameters: Iterable[Value], rule: Callable[..., Any], **hyperparameters: Any) -> None:
        self.parameters = refusals.distinct(parameters)
        for name, value in hyperparameters.items():
            setattr(self, name, value)
        memory, names = _taken(rule)
        self.rule = rule
        self.t = 0
        self.memory = {name: np.zeros(len(self.parameters)) for name in memory}
        self._names = [name for name in names if name in hyperparameters]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in HYPERPARAMETERS:
            check, _ = HYPERPARAMETERS[name]
            if name == "lr" and not hasattr(self, "t"):  # nothing begins where a schedule may end
                check = arguments.positive
            value = check(name, value)
        super().__setattr__(name, value)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """What `rule` takes by name, ``t`` apart."""
        return {name: getattr(self, name) for name in self._names}

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Set the gradient of every parameter to 0.

        Args:
            set_to_none: PyTorch's; it makes no difference, for a gradient is a number.
        """
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Update every parameter's data from its gradient.

        All of them or none: where Ctrl-C or an error comes within it, parameters, ``t`` and memory are as they were.

        Raises:
            TypeError: a parameter's data or grad, which anyone may set, is no number; its name is told.
        """
        t, memory, data = self.t, self.memory, [parameter.data for parameter in self.parameters]
        try:
            self._step()
        except BaseException as error:
            self.t, self.memory = t, memory
            for parameter, x in zip(self.parameters, data):
                parameter.data = x
            if isinstance(error, TypeError):  # of what is no number, perhaps
                self._check_numbers()
            raise

    def _step(self) -> None:
        theta, gradient = pack(self.parameters), [parameter.grad for parameter in self.parameters]
        if not {float}.issuperset(map(type, gradient)):
            self._check_numbers()
        self.update(theta, np.array(gradient, dtype=np.float64))
        unpack(theta, self.parameters)

    def _check_numbers(self) -> None:
        """Raise TypeError unless the data and the gradient of each parameter are numbers."""
        for parameter in self.parameters:
            arguments.data(parameter.name, parameter.data)
            arguments.data(parameter.name, parameter.grad, "grad")

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
        refusals.check_names("the state", state, ["optimizer", "t", "hyperparameters", "memory"])
        if state["optimizer"] != type(self).__name__:
            raise ValueError(
                f"the state is one of {refusals.told(state['optimizer'])}, and this is {type(self).__name__}"
            )
        t = refusals.steps(state["t"])
        refusals.check_names("hyperparameters", state["hyperparameters"], self._names)
        refusals.check_names("memory", state["memory"], list(self.memory))
        loaded = copy.copy(self)
        for name, value in state["hyperparameters"].items():
            setattr(loaded, name, value)
        loaded.t = t
        loaded._check_together()
        squares, count = rules.SQUARES.get(self.rule, ()), len(self.parameters)
        loaded.memory = {
            name: refusals.numbers(name, state["memory"][name], count, name in squares) for name in self.memory
        }
        vars(self).update(vars(loaded))

    def _check_together(self) -> None:
        """Raise ValueError where hyperparameters do not go together, each of which may be what it is."""

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.hyperparameters.items())
        return f"{type(self).__name__}({settings})"

    def _repr_html_(self) -> str:
        """What a notebook shows: each parameter with its gradient and what the rule remembers of it."""
        columns = [np.array([getattr(p, what) for p in self.parameters]) for what in ("data", "grad")]
        numbers = zip(*columns, *self.memory.values())
        names = [parameter.name or f"parameter {k}" for k, parameter in enumerate(self.parameters)]
        rows = [[name, *map(tables.number, row)] for name, row in zip(names, numbers)]
        caption = f"{self!r}, after {self.t} {'step' if self.t == 1 else 'steps'}"
        return tables.html(["parameter", "data", "grad", *self.memory], rows, caption)


@dataclass(eq=False, repr=False)
class _Declared(Optimizer):
    """An optimizer whose arguments are declared, as the fields of a dataclass: each with its name and default."""

    parameters: InitVar[Iterable[Value]]

    def __init_subclass__(cls, rule: Callable[..., Any] | None = None) -> None:
        """A class is given its rule; its docstring goes on with what its arguments mean."""
        if rule is not None:
            cls.rule = staticmethod(rule)
        names = [name for name in inspect.get_annotations(cls) if name in HYPERPARAMETERS]
        if cls.__doc__ and names:
            parameters = "    parameters: the Values to update; one that occurs twice takes one step."
            meanings = [f"    {name}: {HYPERPARAMETERS[name][1]}." for name in names]
            cls.__doc__ = "\n".join([inspect.cleandoc(cls.__doc__), "", "Args:", parameters, *meanings])

    def __post_init__(self, parameters: Iterable[Value]) -> None:
        super().__init__(parameters, self.rule, **{each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(eq=False, repr=False)
class SGD(_Declared, rule=rules.sgd):
    """Gradient descent; stochastic where each gradient is that of a few examples. The rules: `rules.sgd` and
    `rules.sutskever`.

    The two forms of momentum differ where ``lr`` changes. "pytorch": ``b = mu b + g``, ``theta = theta - lr b``.
    "sutskever", as on HKU's slide: ``v = mu v - lr g``, ``theta = theta + v``.
    """

    lr: float
    momentum: float = 0.0
    dampening: float = 0.0
    weight_decay: float = 0.0
    nesterov: bool = False
    _: KW_ONLY
    maximize: bool = False
    form: Literal["pytorch", "sutskever"] = "pytorch"

    def __post_init__(self, parameters: Iterable[Value]) -> None:
        if self.form == "sutskever":
            self.rule = rules.sutskever
        super().__post_init__(parameters)
        self._check_together()

    def _check_together(self) -> None:
        for option, on in (("nesterov", self.nesterov), ("form='sutskever'", self.form == "sutskever")):
            if on and (self.momentum == 0 or self.dampening != 0):
                given = f"momentum={self.momentum!r}, dampening={self.dampening!r}"
                raise ValueError(f"{option} needs momentum and no dampening, got {given}")

    # Without options the rule is written out for speed; a test holds this to `rules.sgd`.

    @property
    def _plain(self) -> bool:
        return not (self.momentum or self.weight_decay or self.maximize)

    def _step(self) -> None:
        if not self._plain:
            super()._step()
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


@dataclass(eq=False, repr=False)
class Adagrad(_Declared, rule=rules.adagrad):
    """AdaGrad: a learning rate for each parameter. The rule: `rules.adagrad`."""

    lr: float = 1e-2
    lr_decay: float = 0.0
    weight_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10
    _: KW_ONLY
    maximize: bool = False
    eps_inside: bool = False

    def __post_init__(self, parameters: Iterable[Value]) -> None:
        super().__post_init__(parameters)
        self.memory["G"] += self.initial_accumulator_value


@dataclass(eq=False, repr=False)
class RMSprop(_Declared, rule=rules.rmsprop):
    """RMSProp: AdaGrad that forgets. The rule: `rules.rmsprop`."""

    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False
    _: KW_ONLY
    maximize: bool = False
    eps_inside: bool = False


@dataclass(eq=False, repr=False)
class Adam(_Declared, rule=rules.adam):
    """Adam: momentum, and RMSProp's learning rates. The rule: `rules.adam`."""

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    amsgrad: bool = False
    _: KW_ONLY
    maximize: bool = False
    bias_correction: bool = True


@dataclass(eq=False, repr=False)
class AdamW(_Declared, rule=rules.adamw):
    """Adam with weight decay that is no part of the gradient. The rule: `rules.adamw`."""

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 1e-2
    amsgrad: bool = False
    _: KW_ONLY
    maximize: bool = False


@dataclass(eq=False, repr=False)
class Lion(_Declared, rule=rules.lion):
    """Lion: momentum, of which the sign alone counts. The rule: `rules.lion`."""

    lr: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.0
    _: KW_ONLY
    maximize: bool = False


def _taken(rule: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """The names of what a rule remembers, its arguments after theta and the gradient; and of its hyperparameters."""
    inputs = inspect.signature(rule).parameters.values()
    memory = [each.name for each in inputs if each.kind is each.POSITIONAL_OR_KEYWORD][3:]
    return memory, [each.name for each in inputs if each.kind is each.KEYWORD_ONLY and each.name != "t"]
