"""Module: anything that has parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from autograd import Parameter, Primitive, Value, arguments, tables
from nn.nested import flat

AModule = TypeVar("AModule", bound="Module")
MOST_SHOWN = 12  # parameters of a part whose numbers a table tells
MOST_TOLD = 40  # mistakes or names that an error lists


class Module:
    """The base of every layer and model.

    Its parameters are found by walking its attributes in the order in which they were set: Parameters, Modules, and
    lists or tuples of them; a subclass may say itself what they are, by a method ``parameters`` of its own. It needs no
    call of ``super().__init__()``. What it computes is its ``__call__``, or, written as in PyTorch, its ``forward``.

    Attributes:
        training: True while the model learns; set by `train` and `eval`. Dropout depends on it.
        cannot_fit: why `nn.fit` cannot train a model that this module is part of; None where it can.

    Example:
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope, self.shift = Parameter(2.0, "a"), Parameter(1.0, "b")
        ...
        ...     def forward(self, x):
        ...         return self.slope * x + self.shift
        >>> Line()(3.0).data
        7.0
    """

    training: bool = True
    cannot_fit: str | None = None

    if TYPE_CHECKING:
        __call__: Callable[..., Any]  # what a module computes, of what its subclass says

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "forward" in vars(cls) and "__call__" not in vars(cls):
            cls.__call__ = vars(cls)["forward"]  # type: ignore[method-assign]
        if cls.parameters is Module.parameters:
            _WALKED.add(cls)

    def __repr__(self) -> str:
        with suppress(TypeError):  # of parameters that are not found
            return f"<{type(self).__name__} of {len(self.parameters())} parameters>"
        return f"<{type(self).__name__}>"

    def _repr_html_(self) -> str | None:
        """What a notebook shows: each part with its parameters, whose numbers are told where they are few."""
        try:
            self.parameters()
        except TypeError:  # some are not found
            return None
        parts = [part for name, attribute in vars(self).items() for part in _parts(name, attribute)]
        rows = [_part_row(*part) for part in parts]
        return tables.html(["part", "what it is", "parameters", "numbers"], rows, repr(self))

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

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path, such as ``("layers.0.neurons.1.bias", b5)``."""
        for path, entry in _entries(self):
            yield from _scalars(path, entry)

    def parameters(self) -> list[Value]:
        """The parameters in the order of `named_parameters`, one that several names share once.

        In an MLP that is layer by layer, unit by unit, weights then bias.

        Raises:
            TypeError: there are plain Values where Parameters are looked for, or Parameters where they are not found.
                The message names them, here and wherever else parameters are asked for.
        """
        found: dict[Value, None] = {}
        _collect(vars(self).values(), self, found)
        return list(found)

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Set the gradient of every parameter to 0. `Value.backward` adds to what is there.

        Args:
            set_to_none: PyTorch's; it makes no difference, for a gradient is a number.
        """
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

    def set(self: AModule, numbers: Mapping[str, float] | None = None, /, **named: float) -> AModule:
        """Set parameters by the names that drawings show: ``model.set(w14=0.15, b4=0.1)``. Returns self.

        Args:
            numbers: by name, for names that Python cannot write as keywords: ``model.set({"w_{11}(0,1)": 0.15})``. A
                path of `named_parameters` is a name, too: it tells apart parameters that are called the same, as where
                two layers number their units from 1.
            named: by name; in both, a number each.

        Raises:
            TypeError: ``numbers`` is no dict.
            ValueError: no parameter, or more than one, has such a name, one is given two numbers, or something is no
                finite number. The message names them, with the names that there are, up to 40, and the model is as it
                was.
        """
        if numbers is not None and not isinstance(numbers, Mapping):
            raise TypeError(f"numbers must be a dict, such as {{'w14': 0.15}}, got {arguments.shown(numbers)}")
        paths: dict[Value, str] = {}
        called: dict[str, dict[Value, None]] = {}
        for path, parameter in self.named_parameters():
            paths.setdefault(parameter, path)
            for name in filter(None, (parameter.name, path)):
                called.setdefault(name, {})[parameter] = None
        new: dict[Value, float] = {}
        mistakes, unknown = [], []
        for given, number in [*(numbers or {}).items(), *named.items()]:
            name = arguments.short(str(given))
            meant = list(called.get(given, ()))
            if not meant:
                unknown.append(name)
            elif len(meant) > 1:
                which = _some([paths[parameter] for parameter in meant])
                mistakes.append(f"{len(meant)} parameters are called {name}; say which, in a dict: {which}")
            elif meant[0] in new:
                mistakes.append(f"{name} is given two numbers")
            else:
                try:
                    new[meant[0]] = arguments.number(name, number, "a finite number")
                except ValueError as error:
                    mistakes.append(str(error))
        if unknown:
            names = {parameter: parameter.name or path for parameter, path in paths.items()}
            there = [name if len(called[name]) == 1 else paths[parameter] for parameter, name in names.items()]
            mistakes.append(f"no parameter is called {_some(unknown)}; there are {_some(there)}")
        if mistakes:
            raise ValueError("\n  ".join(mistakes[:MOST_TOLD]))
        for parameter, x in new.items():
            parameter.data = x
        return self


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


def _replaced(attribute: Any, instead: Mapping[Value, Value | float]) -> Any:
    """An attribute with what stands instead of each parameter in it; itself where it has none."""
    if isinstance(attribute, Value):
        return instead.get(attribute, attribute)
    if isinstance(attribute, list | tuple):
        items = [_replaced(item, instead) for item in attribute]
        if any(new is not old for new, old in zip(items, attribute)):
            return items if isinstance(attribute, list) else tuple(items)
    return attribute


_WALKED: set[type] = {Module}  # the kinds of Module that do not say themselves what their parameters are
_HOLDS_NONE = {str, int, float, bool, type(None), Primitive, FunctionType}  # what most attributes are


def _collect(attributes: Iterable[Any], module: Module, found: dict[Value, None]) -> None:
    """Add the parameters among a module's attributes to ``found``, at a fraction of the time that their paths cost."""
    for attribute in attributes:
        kind = type(attribute)
        if kind is Parameter:
            found[attribute] = None
        elif kind is list:
            _collect(attribute, module, found)
        elif kind in _HOLDS_NONE:
            continue
        elif kind in _WALKED:
            _collect(vars(attribute).values(), attribute, found)
        elif isinstance(attribute, Module):
            found.update(dict.fromkeys(attribute.parameters()))
        elif isinstance(attribute, list | tuple):
            _collect(attribute, module, found)
        elif isinstance(attribute, Parameter):
            found[attribute] = None
        elif _is_plain(attribute) or _hides(attribute):
            raise _not_found(module)


# What has one entry in a state: a parameter, or a list of parameters, however deeply nested.
Entry = Value | list[Any] | tuple[Any, ...]


def _entries(module: Module, said: frozenset[Value] = frozenset()) -> Iterator[tuple[str, Entry]]:
    """What a state has of a module: its Parameters, and what it, or one that it is part of, has ``said`` are such."""
    if type(module) not in _WALKED:
        said = said.union(module.parameters())
    for name, attribute in vars(module).items():
        yield from _walk(name, attribute, module, said)


def _walk(path: str, attribute: Any, module: Module, said: frozenset[Value]) -> Iterator[tuple[str, Entry]]:
    if _is_entry(attribute, said):
        yield path, attribute
    elif isinstance(attribute, Module):
        for name, entry in _entries(attribute, said):
            yield f"{path}.{name}", entry
    elif isinstance(attribute, list | tuple):
        for i, item in enumerate(attribute):
            yield from _walk(f"{path}.{i}", item, module, said)
    elif _is_plain(attribute) or _hides(attribute):
        raise _not_found(module)


def _is_entry(attribute: Any, said: frozenset[Value]) -> bool:
    if isinstance(attribute, list | tuple):
        return bool(attribute) and all(_is_entry(item, said) for item in attribute)
    return isinstance(attribute, Parameter) or (isinstance(attribute, Value) and attribute in said)


def _is_plain(attribute: Any) -> bool:
    """Whether it is a number to compute with that nobody has called a parameter or a constant."""
    return type(attribute) is Value and attribute.op is None


def _hides(attribute: Any) -> bool:
    """Whether it is a container that is not searched, and there are parameters in it."""
    inside: Iterable[Any] = attribute if isinstance(attribute, set | frozenset) else ()
    if isinstance(attribute, Mapping):
        inside = attribute.values()
    elif isinstance(attribute, np.ndarray) and attribute.dtype == object:
        inside = attribute.flat
    return any(isinstance(item, Parameter | Module) or _is_plain(item) for item in inside)


def _not_found(module: Module) -> TypeError:
    """The error that says which of a module's attributes to change, and how."""
    held = {f"{type(module).__name__}.{name}": list(flat(attribute)) for name, attribute in vars(module).items()}
    for name, items in held.items():
        for item in filter(_hides, items):
            return TypeError(f"{name} is a {type(item).__name__}, in which parameters are not found: make it a list")
    plain = ", ".join([name for name, items in held.items() if any(map(_is_plain, items))])
    return TypeError(
        f"{plain}: plain Values are not trained and not saved; make them Parameters, or Constants if they are to stay"
    )


def _scalars(path: str, entry: Entry) -> Iterator[tuple[str, Value]]:
    if isinstance(entry, Value):
        yield path, entry
    else:
        for i, item in enumerate(entry):
            yield from _scalars(f"{path}.{i}", item)


def _data(entry: Entry) -> Any:
    return entry.data if isinstance(entry, Value) else [_data(item) for item in entry]


def _mistakes(path: str, entry: Entry, given: Any) -> Iterator[str]:
    """What keeps ``given`` from being the data of ``entry``."""
    if isinstance(entry, Value):
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


def _some(names: Sequence[str]) -> str:
    """Names for an error, the first of them where there are many."""
    more = [f"and {len(names) - MOST_TOLD} more"] if len(names) > MOST_TOLD else []
    return ", ".join([*map(arguments.short, names[:MOST_TOLD]), *more]) or "none"


def _set(entry: Entry, given: Any) -> None:
    if isinstance(entry, Value):
        entry.data = float(given)
    else:
        for item, x in zip(entry, given):
            _set(item, x)


def _parts(path: str, attribute: Any) -> Iterator[tuple[str, Any]]:
    """The modules, parameters and activations in an attribute, by their paths; not what is in those."""
    if isinstance(attribute, Module | Value) or callable(attribute):
        yield path, attribute
    elif isinstance(attribute, list | tuple):
        for i, item in enumerate(attribute):
            yield from _parts(f"{path}.{i}", item)


def _part_row(path: str, part: Any) -> tuple[str, str, str, str]:
    """A line of the table: a part's path, what it is, how many parameters it has, and their numbers."""
    name = getattr(part, "name", None) or getattr(part, "__name__", None)
    what = type(part).__name__ if isinstance(part, Value) else repr(part) if isinstance(part, Module) else str(name)
    own = [part] if isinstance(part, Parameter) else part.parameters() if isinstance(part, Module) else []
    numbers = ", ".join([f"{p.name or 'unnamed'} = {tables.number(p.data)}" for p in own[:MOST_SHOWN]])
    return path, what, str(len(own)), numbers + (", …" if len(own) > MOST_SHOWN else "")


def _modules(attribute: Any) -> Iterator[Module]:
    if isinstance(attribute, Module):
        yield from attribute.modules()
    elif isinstance(attribute, list | tuple):
        for item in attribute:
            if isinstance(item, (Module, list, tuple)):  # most often it is one of many Parameters
                yield from _modules(item)
