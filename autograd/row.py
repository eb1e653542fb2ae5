"""What a row of the primitive table is: a name, its inputs, its formulas and its domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np

from autograd.namespaces import ARRAYS, FLOATS


class DomainError(ValueError):
    """An operation was given a number for which it is not defined."""


@dataclass(frozen=True)
class Domain:
    """Where a primitive is defined: a sentence for people and a test for numbers."""

    text: str
    contains: Callable[..., bool]


@dataclass(frozen=True, eq=False)
class Primitive:
    """One operation: a row of the table, and a function that can be called.

    Called on numbers it returns a number, on NumPy arrays an array, and as soon as one argument is a
    Value it returns a Value that remembers the others as its parents.

    Attributes:
        name: what Python calls it.
        inputs: the names of its inputs; one that ends in ``*`` is a sequence, and sequences are equally long.
            A primitive whose only input is a sequence also takes it spread out, as Python's ``max`` does.
            A last input may have a default value: ``slope=0.01``.
        symbol: what a drawing writes.
        forward: ``forward(m, *inputs)`` is the output.
        partials: ``partials(m, y, *inputs)`` is the derivative of the output ``y`` by each input: a tuple that
            has a sequence where the input is one.
        domain: where it is defined; None where that is everywhere.
    """

    name: str
    inputs: str
    symbol: str
    forward: Callable[..., Any]
    partials: Callable[..., Any]
    domain: Domain | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs, without stars and default values."""
        return tuple(name.rstrip("*").split("=")[0] for name in self.inputs.split())

    @cached_property
    def defaults(self) -> tuple[float, ...]:
        """The default values of the last inputs."""
        return tuple(float(name.split("=")[1]) for name in self.inputs.split() if "=" in name)

    @cached_property
    def sequences(self) -> tuple[bool, ...]:
        """For each input, whether it is a sequence."""
        return tuple(name.endswith("*") for name in self.inputs.split())

    @cached_property
    def n_ary(self) -> bool:
        """Whether any input is a sequence, so that the number of parents varies."""
        return any(self.sequences)

    def __call__(self, *arguments: Any) -> Any:
        """Apply the operation to numbers, arrays or Values (or sequences of them, for an input with a ``*``).

        Raises:
            TypeError: a wrong number of arguments, or one that is not a number.
            ValueError: sequences of different lengths; the lengths are named.
            DomainError: an input outside the domain; the operation, the value and the domain are named.
        """
        if self.sequences == (True,) and (len(arguments) != 1 or not isinstance(arguments[0], Iterable)):
            arguments = (arguments,)
        operands = self.flatten(arguments)
        for operand in operands:
            if hasattr(operand, "_record"):  # a Value: it remembers what is done with it
                return operand._record(self, operands)
        if any(isinstance(operand, np.ndarray) for operand in operands):
            return self.forward(ARRAYS, *self.unflatten(operands))
        inputs = self.unflatten([self.number(operand) for operand in operands])
        self.check_domain(inputs)
        return float(self.forward(FLOATS, *inputs))

    def number(self, operand: Any) -> float:
        """The operand as a float; a TypeError names this operation where it is not a number."""
        if isinstance(operand, Real):
            return float(operand)
        raise TypeError(f"{self.name} takes numbers and Values, got {type(operand).__name__} {operand!r}")

    def flatten(self, arguments: Sequence[Any]) -> Sequence[Any]:
        """The arguments of a call, or the partials of a row, with every sequence laid out flat."""
        missing = len(self.names) - len(arguments)
        if 0 < missing <= len(self.defaults):
            arguments = (*arguments, *self.defaults[-missing:])
        elif missing:
            raise TypeError(f"{self.signature} takes {len(self.names)} arguments, got {len(arguments)}")
        if not self.n_ary:
            return arguments
        flat: list[Any] = []
        lengths: dict[str, int] = {}
        for name, is_sequence, argument in zip(self.names, self.sequences, arguments):
            if is_sequence:
                lengths[name] = -len(flat)
                flat.extend(argument)
                lengths[name] += len(flat)
            else:
                flat.append(argument)
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise ValueError(f"{self.signature} needs sequences of one length: {told}")
        return flat

    def unflatten(self, flat: Sequence[Any]) -> Sequence[Any]:
        """Undo `flatten`: one entry an input, a sequence where the input is one."""
        if not self.n_ary:
            return flat
        starred = self.sequences.count(True)
        length = (len(flat) - len(self.names) + starred) // starred
        arguments: list[Any] = []
        start = 0
        for is_sequence in self.sequences:
            arguments.append(flat[start : start + length] if is_sequence else flat[start])
            start += length if is_sequence else 1
        return arguments

    def local_derivatives(self, output: float, inputs: Sequence[float]) -> tuple[float, ...]:
        """The partials on floats, one for each of the ``inputs`` laid out flat."""
        return tuple(self.flatten(self.partials(FLOATS, output, *self.unflatten(inputs))))

    def check_domain(self, inputs: Sequence[Any], nodes: Sequence[str | None] | None = None) -> None:
        """Raise DomainError where the numbers ``inputs`` lie outside the domain; ``nodes`` are their nodes' names."""
        if self.domain is None or self.domain.contains(*inputs):
            return
        got = [f"{name} = {x!r}" for name, x in zip(self.names, inputs)]
        if nodes is not None and not self.n_ary:
            got = [f"{told} (node {node!r})" if node else told for told, node in zip(got, nodes)]
        raise DomainError(f"{self.signature} needs {self.domain.text}; got {', '.join(got)}")

    @property
    def signature(self) -> str:
        """How the operation is called: ``affine(w, x, b)``."""
        return f"{self.name}({', '.join(self.names)})"

    def __repr__(self) -> str:
        return f"<primitive {self.signature}>"
