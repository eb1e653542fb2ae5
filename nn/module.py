"""Module: anything that has parameters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from autograd import Parameter, Primitive, Value, arguments

AModule = TypeVar("AModule", bound="Module")
MOST_TOLD = 40  # mistakes in a state that an error lists


class Module:
    """The base of every layer and model.

    Its parameters are found by walking its attributes in the order in which they were set: Parameters, Modules, and
    lists or tuples of them. A subclass needs no call of ``super().__init__()``. What it computes is its ``__call__``;
    there is no ``forward``.

    Attributes:
        training: True while the model learns; set by `train` and `eval`. Dropout depends on it.
        cannot_fit: why `nn.fit` cannot train a model that this module is part of; None where it can.
    """

    training: bool = True
    cannot_fit: str | None = None

    if TYPE_CHECKING:
        __call__: Callable[..., Any]  # what a module computes, of what its subclass says

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.parameters())} parameters>"

    def modules(self) -> Iterator[Module]:
        """This module and all the modules in it, in the order of their attributes, each before those in it."""
        yield self
        for attribute in vars(self).values():
            yield from _modules(attribute)

    def train(self: AModule, mode: bool = True) -> AModule:
        """Say that this module and all in it learn, or with ``mode=False`` that they predict. Returns self."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: AModule) -> AModule:
        """Say that this module and all in it predict: ``train(False)``."""
        return self.train(False)

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Each parameter with its path, such as ``("layers.0.neurons.1.bias", b5)``."""
        for path, entry in _entries(self):
            yield from _scalars(path, entry)

    def parameters(self) -> list[Parameter]:
        """The parameters in the order of `named_parameters`, one that several names share once.

        In an MLP that is layer by layer, unit by unit, weights then bias.
        """
        found: dict[Parameter, None] = {}
        _collect([self], self, found)
        return list(found)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0. `Value.backward` adds to what is there."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The data of the parameters by path: a number for a parameter, a list for a list of them.

        ``{"layers.0.neurons.0.weights": [0.2, 0.4, -0.5], "layers.0.neurons.0.bias": -0.4, ...}``; a parameter that
        several paths share stands under each. `autograd.save` writes it to a file.
        """
        return {path: _data(entry) for path, entry in _entries(self)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the data of the parameters from what `state_dict` gave, of this model or of one built alike.

        Raises:
            TypeError: ``state`` is no dict.
            ValueError: entries are missing, surplus, of another shape, or hold anything but finite numbers.
                The message names them, up to 40, and the model is as it was.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"state must be a dict, such as model.state_dict(), got {type(state).__name__}")
        entries = dict(_entries(self))
        mistakes = [f"{path} is missing" for path in entries if path not in state]
        surplus = [path for path in state if path not in entries]
        mistakes += [f"{arguments.short(str(path))} is surplus: the model has no such parameter" for path in surplus]
        for path, entry in entries.items():
            if path in state:
                mistakes += _mistakes(path, entry, state[path])
        if mistakes:
            more = [f"and {len(mistakes) - MOST_TOLD} more mistakes"] if len(mistakes) > MOST_TOLD else []
            raise ValueError("\n  ".join(["the state does not fit the model:", *mistakes[:MOST_TOLD], *more]))
        for path, entry in entries.items():
            _set(entry, state[path])


def functional_call(module: Module, parameters: Iterable[Value | float], *arguments: Any, **keywords: Any) -> Any:
    """What the module computes with other Values in place of its parameters (torch.func.functional_call).

    It makes a function of the parameters, such as `autograd.grad`, `hessian`, `hvp` and `check_gradients` take:

        >>> import autograd
        >>> from nn import Neuron, functional_call, squared_error
        >>> unit = Neuron(1)
        >>> E = lambda theta: squared_error(functional_call(unit, theta, [3.0]), 2.0)
        >>> autograd.hessian(E)(autograd.pack(unit.parameters()))
        array([[18.,  6.],
               [ 6.,  2.]])

    Args:
        module: the model; afterwards it has its own parameters again.
        parameters: one Value or number for each of ``module.parameters()``, in that order. A Value without a name is
            given the parameter's.
        arguments, keywords: what the module is called on.

    Raises:
        ValueError: there are more or fewer than the module has.
    """
    own, given = module.parameters(), list(parameters)
    if len(given) != len(own):
        raise ValueError(f"parameters must be one for each of the module's {len(own)}, got {len(given)}")
    instead = dict(zip(own, given))
    for parameter, value in instead.items():
        if isinstance(value, Value) and value.name is None:
            value.name = parameter.name
    held = [(vars(each), name, attribute) for each in module.modules() for name, attribute in vars(each).items()]
    swaps = [(attributes, name, old, _replaced(old, instead)) for attributes, name, old in held]
    swaps = [swap for swap in swaps if swap[-1] is not swap[-2]]
    try:
        for attributes, name, _, new in swaps:
            attributes[name] = new
        return module(*arguments, **keywords)
    finally:
        for attributes, name, old, _ in swaps:
            attributes[name] = old


def _replaced(attribute: Any, instead: Mapping[Parameter, Value | float]) -> Any:
    """An attribute with what stands instead of each Parameter in it; itself where it has none."""
    if isinstance(attribute, Parameter):
        return instead[attribute]
    if isinstance(attribute, list | tuple):
        items = [_replaced(item, instead) for item in attribute]
        if any(new is not old for new, old in zip(items, attribute)):
            return items if isinstance(attribute, list) else tuple(items)
    return attribute


# What has one entry in a state: a parameter, or a list of parameters, however deeply nested.
Entry = Parameter | list[Any] | tuple[Any, ...]


def _entries(module: Module) -> Iterator[tuple[str, Entry]]:
    for name, attribute in vars(module).items():
        yield from _walk(name, attribute)


def _walk(path: str, attribute: Any) -> Iterator[tuple[str, Entry]]:
    if _is_entry(attribute):
        yield path, attribute
    elif isinstance(attribute, Module):
        for name, entry in _entries(attribute):
            yield f"{path}.{name}", entry
    elif isinstance(attribute, list | tuple):
        for i, item in enumerate(attribute):
            yield from _walk(f"{path}.{i}", item)
    elif any(isinstance(item, Parameter | Module) for item in _out_of_sight(attribute)):
        raise TypeError(f"{path} is a {type(attribute).__name__}, in which parameters are not found: make it a list")


def _collect(attributes: Iterable[Any], module: Module, found: dict[Parameter, None]) -> None:
    """Add to ``found`` the parameters that `_walk` finds, at a fraction of the time that their paths cost."""
    for attribute in attributes:
        kind = type(attribute)
        if kind is Parameter:
            found[attribute] = None
        elif kind is list:
            _collect(attribute, module, found)
        elif kind in _HOLDS_NONE:
            continue
        elif isinstance(attribute, Module):
            _collect(vars(attribute).values(), module, found)
        elif isinstance(attribute, list | tuple):
            _collect(attribute, module, found)
        elif isinstance(attribute, Parameter):
            found[attribute] = None
        elif any(isinstance(item, Parameter | Module) for item in _out_of_sight(attribute)):
            deque(module.named_parameters(), maxlen=0)  # which raises an error that says where


_HOLDS_NONE = {str, int, float, bool, type(None), Primitive, FunctionType}  # what most other attributes are


def _out_of_sight(attribute: Any) -> Iterable[Any]:
    """What is in a container that is not searched."""
    if isinstance(attribute, Mapping):
        return attribute.values()
    if isinstance(attribute, np.ndarray) and attribute.dtype == object:
        return attribute.flat
    return attribute if isinstance(attribute, set | frozenset) else ()


def _is_entry(attribute: Any) -> bool:
    if isinstance(attribute, list | tuple):
        return bool(attribute) and all(map(_is_entry, attribute))
    return isinstance(attribute, Parameter)


def _scalars(path: str, entry: Entry) -> Iterator[tuple[str, Parameter]]:
    if isinstance(entry, Parameter):
        yield path, entry
    else:
        for i, item in enumerate(entry):
            yield from _scalars(f"{path}.{i}", item)


def _data(entry: Entry) -> Any:
    return entry.data if isinstance(entry, Parameter) else [_data(item) for item in entry]


def _mistakes(path: str, entry: Entry, given: Any) -> Iterator[str]:
    """What keeps ``given`` from being the data of ``entry``."""
    if isinstance(entry, Parameter):
        try:
            arguments.number(path, given, "a finite number")
        except ValueError as error:
            yield str(error)
    elif not isinstance(given, list | tuple):
        yield f"{path} must be a list of {len(entry)}, got {arguments.shown(given)}"
    elif len(given) != len(entry):
        yield f"{path} must be a list of {len(entry)}, got one of {len(given)}"
    else:
        for i, (item, x) in enumerate(zip(entry, given)):
            yield from _mistakes(f"{path}[{i}]", item, x)


def _set(entry: Entry, given: Any) -> None:
    if isinstance(entry, Parameter):
        entry.data = float(given)
    else:
        for item, x in zip(entry, given):
            _set(item, x)


def _modules(attribute: Any) -> Iterator[Module]:
    if isinstance(attribute, Module):
        yield from attribute.modules()
    elif isinstance(attribute, list | tuple):
        for item in attribute:
            if isinstance(item, (Module, list, tuple)):  # most often it is one of many Parameters
                yield from _modules(item)
