"""What a row of the primitive table is: a name, its inputs, its formulas and its domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from numbers import Real
from typing import Any

import numpy as np

from autograd import shapes
from autograd.domains import Domain, DomainError
from autograd.labels import shown
from autograd.numbers import ARRAYS, FLOATS


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

    Example:
        >>> cube = Primitive("cube", "x", "x³", lambda m, x: x * x * x, lambda m, y, x: (3 * x * x,))
        >>> cube(2.0)
        8.0
    """

    name: str
    inputs: str
    symbol: str
    forward: Callable[..., Any]
    partials: Callable[..., Any]
    domain: Domain | None = None

    # Derived from `inputs`.
    names: tuple[str, ...] = field(init=False)  # without stars and defaults
    sequences: tuple[bool, ...] = field(init=False)  # which of them are sequences
    defaults: tuple[float, ...] = field(init=False)  # the values of the last ones, which may be left out
    n_ary: bool = field(init=False)  # whether the number of parents varies
    arity: int | None = field(init=False)  # their number where it does not
    quick: Callable[[Any], Any] | None = field(init=False)  # a faster way to record it of one Value: see `written_out`

    def __post_init__(self) -> None:
        words = self.inputs.split()
        set_once = partial(object.__setattr__, self)  # the dataclass is frozen
        set_once("names", tuple(word.rstrip("*").split("=")[0] for word in words))
        set_once("sequences", tuple(word.endswith("*") for word in words))
        set_once("defaults", tuple(float(word.split("=")[1]) for word in words if "=" in word))
        set_once("n_ary", "*" in self.inputs)
        set_once("arity", None if self.n_ary else len(words))
        set_once("quick", None)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Apply the operation to numbers, arrays or Values (or sequences of them, for an input with a ``*``).

        Arrays follow NumPy: outside the domain they give NaN or infinity.

        Raises:
            TypeError: a wrong number of arguments, or one that is not a number.
            ValueError: sequences of different lengths; the lengths are named.
            DomainError: a number outside the domain; the operation, the value and the domain are named.
        """
        operands: Sequence[Any] = arguments
        if named or len(arguments) != self.arity:
            operands = self.flatten(self._in_order(arguments, named))
        for operand in operands:
            record = getattr(operand, "_record", None)
            if record is not None:  # a Value: it remembers what is done with it
                return record(self, operands)
        if any(isinstance(operand, np.ndarray) for operand in operands):
            if not self.n_ary and any(np.asarray(operand).dtype == object for operand in operands):  # of Values
                return np.frompyfunc(self, len(operands), 1)(*operands)
            return self.forward(ARRAYS, *self.within(ARRAYS, self.unflatten(operands)))
        inputs = self.unflatten([self.number(operand) for operand in operands])
        self.check_domain(inputs)
        return float(self.forward(FLOATS, *inputs))

    def _in_order(self, arguments: Sequence[Any], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments of a call, of which some may be given by name, and a single sequence spread out."""
        if not named:
            is_sequence = len(arguments) == 1 and hasattr(arguments[0], "__iter__")
            return (arguments,) if self.sequences == (True,) and not is_sequence else tuple(arguments)
        rest = self.names[len(arguments) :]
        values = dict(zip(self.names[len(self.names) - len(self.defaults) :], self.defaults)) | named
        if not set(named) <= set(rest) <= set(values):
            raise TypeError(f"{self.signature} cannot be called with {len(arguments)} arguments and {', '.join(named)}")
        return (*arguments, *[values[name] for name in rest])

    def number(self, operand: Any) -> float:
        """The operand as a float; a TypeError names this operation where it is not a number."""
        if type(operand) is float or isinstance(operand, Real):  # the first test is for speed
            return float(operand)
        if isinstance(operand, list | tuple | np.ndarray):
            raise TypeError(shapes.refused(self.name, self.signature, self.n_ary))
        raise TypeError(f"{self.name} takes numbers and Values, got {type(operand).__name__} {shown(operand)}")

    def flatten(self, arguments: Sequence[Any]) -> Sequence[Any]:
        """The arguments of a call, or the partials of a row, with every sequence laid out flat."""
        missing = len(self.names) - len(arguments)
        if missing:
            if not 0 < missing <= len(self.defaults):
                raise TypeError(f"{self.signature} takes {len(self.names)} arguments, got {len(arguments)}")
            arguments = (*arguments, *self.defaults[-missing:])
        if not self.n_ary:
            return arguments
        flat: list[Any] = []
        length = None
        for is_sequence, argument in zip(self.sequences, arguments):
            if is_sequence:
                start = len(flat)
                if isinstance(argument, str) or not hasattr(argument, "__iter__"):
                    raise TypeError(f"{self.signature} takes a sequence of numbers and Values, got {argument!r}")
                if getattr(argument, "ndim", 1) != 1 and self.name in ("dot", "affine"):
                    raise TypeError(shapes.refused(self.name, self.signature, self.n_ary))
                flat.extend(argument)
                if length is None:
                    length = len(flat) - start
                elif len(flat) - start != length:
                    raise ValueError(
                        f"{self.signature} needs sequences of one length, got {length} and {len(flat) - start}"
                    )
            else:
                flat.append(argument)
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

    def within(self, m: Any, inputs: Sequence[Any]) -> Sequence[Any]:
        """The inputs for `forward`, where nobody looks at the domain: outside it, the output is NaN or infinite."""
        return inputs if self.domain is None or self.domain.within is None else self.domain.within(m, *inputs)

    def told(self, m: Any, y: Any, inputs: Sequence[Any]) -> Sequence[Any]:
        """The inputs for `partials`, where nobody looks at the domain: outside it, each partial is NaN or infinite."""
        return inputs if self.domain is None else self.domain.guarded(m, y, inputs, self.sequences[0])

    def check_domain(self, inputs: Sequence[Any], nodes: Sequence[str | None] | None = None) -> None:
        """Raise DomainError where the numbers ``inputs`` lie outside the domain; ``nodes`` are their nodes' names."""
        if self.domain is None or self.domain.contains(*inputs):
            return
        got = [f"{name} = {x!r}" for name, x in zip(self.names, inputs)]
        if nodes is not None and not self.n_ary:
            got = [f"{words} (node {node!r})" if node else words for words, node in zip(got, nodes)]
        raise DomainError(f"{self.signature} needs {self.domain.text}; got {', '.join(got)}")

    @property
    def signature(self) -> str:
        """How the operation is called: ``affine(w, x, b)``."""
        return f"{self.name}({', '.join(self.names)})"

    def __repr__(self) -> str:
        return f"<primitive {self.signature}>"
