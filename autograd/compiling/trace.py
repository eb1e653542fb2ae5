"""Tracing: what a function computes for one example, learned by running it once on values without numbers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.compiling.slices import Indices
from autograd.compiling.source import Names
from autograd.labels import short
from autograd.noise import Noise, postponed
from autograd.noise import Source as NoiseSource
from autograd.outputs import Outputs
from autograd.primitive import Primitive
from autograd.primitives import sum as total
from autograd.program import Program
from autograd.value import Constant, Value


class TracingError(TypeError):
    """A function that is being traced asked a value for its number, or branched on it."""


class Traced(Value, varies=False):
    """A value that has no number yet: a function is run on these to learn what it computes, whatever the numbers."""

    __slots__ = ()

    def __init__(self, name: str | None = None) -> None:
        self.grad, self.parents, self.local_derivatives, self.op, self.name = 0.0, (), (), None, name

    @property
    def data(self) -> float:  # type: ignore[override]
        raise TracingError(
            f"{self!r} has no number: the function is being traced, once for all examples, so what it computes may not"
            " depend on one example's numbers; use operations such as autograd.maximum or relu instead of branching"
        )

    @staticmethod
    def _record(primitive: Primitive, operands: Sequence[Any]) -> Value:
        """What is computed of values without numbers has none."""
        result = Traced()
        result.op = primitive
        result.parents = tuple([x if isinstance(x, Value) else Constant(primitive.number(x)) for x in operands])
        return result

    def _no_number(self, *_: object) -> Any:
        return self.data

    def __index__(self) -> int:
        raise TracingError(
            f"{self!r} has no number, so it can be no int and no place in a list: the function is being traced, once"
            " for all examples; give each example a one-hot vector instead, with a 1 at the place that is meant, and"
            " write autograd.dot(one_hot, table)"
        )

    def __eq__(self, other: object) -> bool:
        return bool(self) if isinstance(other, Real) else self is other

    __hash__ = Value.__hash__
    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = backward = _no_number

    def __repr__(self) -> str:
        return f"the traced value {short(self.name)}" if self.name else "a traced value"


@dataclass(frozen=True)
class Argument:
    """Numbers that the code of a program is called with, one beside another.

    Attributes:
        width: how many there are.
        batched: whether each example has its own.
    """

    width: int
    batched: bool


@dataclass(frozen=True)
class Trace:
    """What one example of a function computes, and where the leaves of that program come from.

    Attributes:
        program: its nodes.
        outputs: the indices of the nodes that the function returns, in their shape.
        shapes: of one example, for each argument of the function, by its name.
        arguments: what the code of the program takes, by name: those arguments; ``theta``, the parameters, where there
            is a gradient to take; ``given``, other leaves whose numbers are read at each call; ``noise1``, ... for each
            source of random numbers.
        leaves: for each leaf that is no constant, the argument that it is in, and its place there.
        given: those other leaves.
        noise_sources: those sources, in the order in which the function draws from them.
    """

    program: Program
    outputs: Indices
    shapes: dict[str, tuple[int, ...]]
    arguments: dict[str, Argument]
    leaves: dict[int, tuple[str, int]]
    given: list[Value]
    noise_sources: list[NoiseSource]

    def draw(self, examples: int) -> list[NDArray[np.float64]]:
        """The random numbers of a batch, as the scalar engine would draw them for one example after another."""
        sources = self.noise_sources
        if len({source.rng for source in sources}) == len(sources):
            return [source.draw((examples, source.count)) for source in sources]
        each = [[source.draw((source.count,)) for source in sources] for _ in range(examples)]
        return [np.array(drawn) for drawn in zip(*each)]


def argument_names(function: Callable[..., Any], count: int, reserved: Iterable[str]) -> list[str]:
    """What a function calls its first arguments, as far as code can call them so.

    Args:
        function: what is to be traced.
        count: how many arguments it is given.
        reserved: identifiers that the code uses itself.
    """
    try:
        named = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        named = []
    names = [*named[:count], *[f"argument{k + 1}" for k in range(len(named), count)]]
    distinct = Names([*reserved, "theta", "given"])
    return [distinct.fresh(name) for name in names]


def trace(
    function: Callable[..., Any], name: str, shapes: dict[str, tuple[int, ...]], parameters: Sequence[Value] | None
) -> Trace:
    """Run a function on values without numbers.

    Args:
        function: what to trace.
        name: what errors call it.
        shapes: of one example, for each of its arguments.
        parameters: what gradients are to be taken of; None for a prediction.

    Raises:
        TypeError: the function returns something else than Values, or asks a traced value for its number.
    """
    inputs = {argument: _traced(argument, shape) for argument, shape in shapes.items()}
    try:
        with postponed() as sources:
            result = function(*inputs.values())
    except Exception as error:
        told = ", ".join([f"{argument} of shape {shape} an example" for argument, shape in shapes.items()])
        if len(error.args) == 1:
            error.args = (f"{error} (while tracing {name} with {told})",)
        raise
    returned, shape = _flat(result)
    for output in returned:
        if not isinstance(output, Value):
            raise TypeError(f"{name} must return a Value, got {type(output).__name__} {output!r}")
    if parameters is not None and shape != ():
        raise TypeError(f"{name} must return one Value to have a gradient, got lists of shape {shape}")
    root = returned[0]
    if len(returned) > 1:  # a sum holds them together
        root = Traced._record(total, returned)
    traced = Program.of(root, data=lambda value: math.nan if isinstance(value, Traced) else value.data)
    index = traced.index
    program = Program(traced.nodes[:-1] if len(returned) > 1 else traced.nodes)
    outputs = np.array([index[output] for output in returned]).reshape(shape)

    arguments = {argument: Argument(int(np.prod(shape)), batched=True) for argument, shape in shapes.items()}
    leaves = {
        index[leaf]: (argument, place)
        for argument, values in inputs.items()
        for place, leaf in enumerate(_flat(values)[0])
        if leaf in index
    }
    prefix = "noise"
    while any(argument.startswith(prefix) for argument in shapes):
        prefix += "_"
    noises = {source: f"{prefix}{k}" for k, source in enumerate(sources, start=1)}
    given = _other_leaves(index, {parameter: k for k, parameter in enumerate(parameters or ())}, noises, leaves)
    if parameters is not None:
        arguments["theta"] = Argument(len(parameters), batched=False)
    if given:
        arguments["given"] = Argument(len(given), batched=False)
    for source, argument in noises.items():
        arguments[argument] = Argument(source.count, batched=True)
    return Trace(program, outputs, shapes, arguments, leaves, given, sources)


def _other_leaves(
    index: Mapping[Value, int],
    learned: Mapping[Value, int],
    noises: Mapping[NoiseSource, str],
    leaves: dict[int, tuple[str, int]],
) -> list[Value]:
    """Add to ``leaves`` those that are no inputs; returns the given ones."""
    given: list[Value] = []
    for value, i in index.items():
        if value.op is not None or i in leaves or isinstance(value, Constant):
            continue
        if value in learned:
            leaves[i] = ("theta", learned[value])
        elif isinstance(value, Noise) and value.source in noises:  # drawn anew at each call
            leaves[i] = (noises[value.source], value.position)
        else:
            leaves[i] = ("given", len(given))
            given.append(value)
    return given


def _traced(name: str, shape: tuple[int, ...]) -> Any:
    """A Traced value, or nested lists of them, named after the argument: x1, x2, or x1,2 for the second of a first."""
    if not shape:
        return Traced(name)
    leaves = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        leaves[place] = Traced(f"{name}{','.join([str(k + 1) for k in place])}")
    return in_lists(leaves, lambda leaf: leaf)


def in_lists(array: Any, entry: Callable[[Any], Any]) -> Any:
    """An array as a function of one example gets it: lists of lists, on which arithmetic is refused.

    Args:
        array: an array of numbers, or one of them.
        entry: what becomes of each number.
    """
    if not (isinstance(array, np.ndarray) and array.ndim):
        return entry(array)
    return Outputs([in_lists(part, entry) for part in array])


def _flat(nested: Any) -> tuple[list[Any], tuple[int, ...]]:
    """The entries of nested lists, and their shape, which must be even."""
    if not isinstance(nested, list | tuple | np.ndarray):
        return [nested], ()
    parts = [_flat(part) for part in nested]
    if len({shape for _, shape in parts}) != 1:
        raise ValueError("what is returned must be a Value or an even nest of lists of them")
    return [entry for entries, _ in parts for entry in entries], (len(parts), *parts[0][1])
