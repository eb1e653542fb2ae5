"""Copying and pickling: of a Value with all that it was computed from, however deep that is.

Python would descend from a Value into its parents, from these into theirs, and fill its stack. So what a Value was
computed from is copied, or put into the pickle, before it, each result after its parents. What is shared stays shared,
also with other Values that are copied or pickled together. An operation copies as itself, and is pickled by its name.
"""

from __future__ import annotations

import copy
import copyreg
import pickle
import threading
from collections.abc import Container
from typing import Any
from weakref import WeakValueDictionary

from autograd import choices
from autograd.primitive import Primitive
from autograd.primitives import PRIMITIVES
from autograd.value import Value


def deep_copied(self: Value, memo: dict[int, Any]) -> Value:
    """What `copy.deepcopy` is to give; ``memo`` has what it has copied so far, by the ids of the originals."""
    for node in _in_order(self, memo):
        memo[id(node)] = twin = object.__new__(type(node))
        for name, x in _attributes(node).items():
            if name == "parents":
                x = tuple([memo[id(parent)] for parent in x])
            elif name not in Value.__slots__:  # those of a Value itself are numbers, text and an operation
                x = copy.deepcopy(x, memo)
            setattr(twin, name, x)
    copied: Value = memo[id(self)]
    return copied


def reduced(self: Value, protocol: Any) -> tuple[Any, ...]:
    """What `pickle` is to write: what makes a Value, with what the pickle has to have before it, and its attributes."""
    before = [_Before(self)] if self.parents and id(self) not in _pickling.listed else []
    return _made, (type(self), *before), (None, _attributes(self))


class _Before:
    """What a Value was computed from, as far as the pickle that is being written does not have it."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.nodes: list[Value] = []

    def __reduce__(self) -> tuple[Any, ...]:
        *self.nodes, _ = _in_order(self.value, _pickling.listed)
        _pickling.listed.update({id(node): self for node in self.nodes})
        return _read, tuple(self.nodes)


class _Pickling(threading.local):
    """The ids of the Values that are listed, each after its parents, in a pickle that is being written.

    With each is the `_Before` that lists it. It lives just as long: the pickle refers to what it is written of.
    """

    def __init__(self) -> None:
        self.listed: WeakValueDictionary[int, _Before] = WeakValueDictionary()


_pickling = _Pickling()


def _read(*nodes: Value) -> None:
    """These have been read from a pickle, and the next Value can refer to them."""


def _made(kind: type[Value], before: None = None) -> Value:
    """A Value whose attributes are yet to be read."""
    return object.__new__(kind)


def _in_order(value: Value, done: Container[int]) -> list[Value]:
    """A Value and what it was computed from, each after its parents, but for those (as ids) that are done."""
    order: dict[Value, None] = {}
    path = [value]
    while path:
        left = [parent for parent in path[-1].parents if parent not in order and id(parent) not in done]
        if left:
            path += reversed(left)
        else:
            order[path.pop()] = None
    return list(order)


def _attributes(value: Value) -> dict[str, Any]:
    """All that a Value of any kind has. (A traced one refuses: it has no number.)"""
    state: Any = object.__reduce_ex__(value, 2)[2]
    own, slots = state
    return {**(own or {}), **slots}


def by_name(name: str) -> Primitive:
    """The operation that the table has under this name."""
    if name == "where":  # which was recorded in another process
        choices.recorded = True
    return PRIMITIVES[name]


def _operation_reduced(operation: Primitive) -> tuple[Any, ...]:
    if PRIMITIVES.get(operation.name) is not operation:
        raise pickle.PicklingError(f"{operation!r} is not in autograd's table, and cannot be pickled; it can be copied")
    return by_name, (operation.name,)


copyreg.pickle(Primitive, _operation_reduced)
for _kind, _name, _method in (
    (Value, "__deepcopy__", deep_copied),
    (Value, "__reduce_ex__", reduced),
    (Primitive, "__copy__", lambda self: self),
    (Primitive, "__deepcopy__", lambda self, memo: self),
):
    setattr(_kind, _name, _method)
