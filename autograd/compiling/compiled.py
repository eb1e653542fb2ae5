"""A compiled function: the code for each shape of example, and what calls it with a batch, whatever the target."""

from __future__ import annotations

import builtins
import contextlib
import gc
import itertools
import linecache
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.compiling.source import Source
from autograd.compiling.trace import Trace, argument_names, in_lists, trace
from autograd.labels import short
from autograd.noise import drawn
from autograd.packing import pack
from autograd.program import Program
from autograd.value import Constant, Value

Floats = NDArray[np.float64]
Theta = Floats | list[float]
Shapes = tuple[tuple[int, ...], ...]
FLOAT64 = np.dtype(np.float64)
MOST_SHAPES = 1000  # of batches, that are remembered to have been checked
_numbers = itertools.count(1)  # of compiled programs, for the names that tracebacks show


@dataclass(frozen=True)
class Compilation:
    """A function compiled for one shape of example.

    Attributes:
        trace: what one example computes.
        source: the code.
        value, value_and_grad: what runs it.
    """

    trace: Trace
    source: str
    value: Callable[..., Any]
    value_and_grad: Callable[..., Any] | None


class Compiled(ABC):
    """What `compile` returns. Each target is a subclass: it has its code written, and runs it.

    Attributes:
        reserved: identifiers that the target's code uses itself.
    """

    reserved: ClassVar[Sequence[str]]

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: list[Value] | None,
        reduction: Literal["mean", "sum"],
    ) -> None:
        self.function = function
        self.parameters = parameters
        self.reduction = reduction
        self.name = short(getattr(function, "__name__", type(function).__name__))
        self.compilations: dict[Shapes, Compilation] = {}  # by the shapes of an example
        self._ready: dict[Shapes, Compilation] = {}  # by the shapes of a batch, which have been checked
        self.latest: Compilation | None = None
        self._checked_theta: Theta | None = None  # the array that was last found to be right
        self._drawn: list[Floats] = []  # the random numbers of the last call

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{self.name}, compiled, cannot be copied: its code is of these parameters; compile the copy's own"
        )

    @abstractmethod
    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses, a float; of a prediction, the outputs, an array.

        Args:
            arrays: one for each argument of the function; the first axis is the examples.
            theta: the parameters as a flat array; by default, what the Values hold now.
        """

    @abstractmethod
    def value_and_grad(
        self, *arrays: ArrayLike, theta: Theta | None = None, out: Floats | None = None
    ) -> tuple[float, Any]:
        """The loss and its gradient, a flat array in the order of the parameters.

        Args:
            arrays, theta: as in a call.
            out: where to write the gradient; by default, a new array. A training loop that passes the same two arrays
                every time saves some microseconds.
        """

    def backward(self, *arrays: ArrayLike) -> float:
        """Add the gradient to the parameters' ``grad``, as `Value.backward` does; returns the loss."""
        value, gradient = self.value_and_grad(*arrays)
        for parameter, g in zip(self.parameters or (), np.asarray(gradient).tolist()):
            parameter.grad += g
        return float(value)

    def check_domains(self, *arrays: ArrayLike) -> None:
        """Have the scalar engine run the examples that are not finite, with the parameters that the Values hold now.

        Code goes on with NaN or an infinity where an operation is outside its domain; the engine says which and why.

        Args:
            arrays: those of the last call, whose random numbers are taken again.

        Raises:
            DomainError: the engine's own; where it finds nothing wrong, as after an overflow, there is none.
        """
        compilation, data = self._prepared(arrays)
        noises = self._drawn if compilation.trace.noise_sources else []
        rest = [*([self._flat_theta(None)] if self.parameters is not None else [])]
        rest += [pack(compilation.trace.given)] if compilation.trace.given else []
        for k in range(len(data[0])):
            one = slice(k, k + 1)
            outputs = compilation.value(*[array[one] for array in data], *rest, *[noise[one] for noise in noises])
            if not np.all(np.isfinite(outputs)):
                with drawn([noise[k] for noise in noises]):
                    self.function(*[in_lists(array[k], lambda x: Constant(float(x))) for array in data])

    @property
    def source(self) -> str:
        """The code, for the shape of example that was used last."""
        if self.latest is None:
            raise RuntimeError(f"{self.name} is compiled when the shapes of its data are known: call it once")
        return self.latest.source

    @property
    def program(self) -> Program:
        """The scalar program that was traced, for the shape of example that was used last."""
        if self.latest is None:
            raise RuntimeError(f"{self.name} is traced when the shapes of its data are known: call it once")
        return self.latest.trace.program

    def _other_arguments(self, compilation: Compilation, examples: int, theta: Theta | None) -> list[Any]:
        """The arguments of the compiled code that are no data."""
        rest: list[Any] = []
        if self.parameters is not None or theta is not None:
            rest.append(theta if theta is not None and theta is self._checked_theta else self._flat_theta(theta))
        if compilation.trace.given:
            rest.append(pack(compilation.trace.given))
        if compilation.trace.noise_sources:
            rest += self._draw(compilation, examples)
        return rest

    def _draw(self, compilation: Compilation, examples: int) -> list[Floats]:
        """The random numbers of a batch."""
        self._drawn = compilation.trace.draw(examples)
        return self._drawn

    def _without_parameters(self) -> TypeError:
        """The error that asking a prediction for its gradient deserves."""
        return TypeError(f"{self.name} was compiled without parameters: there is nothing to take the gradient of")

    def _flat_theta(self, theta: Theta | None) -> Any:
        """The parameters as a flat array of floats: ``theta``, or by default what the Values hold."""
        if self.parameters is None:
            raise TypeError(f"{self.name} was compiled without parameters, so theta cannot be given")
        if theta is None:
            return pack(self.parameters)
        flat: Any = theta if type(theta) is np.ndarray and theta.dtype is FLOAT64 else self._asarray(theta)
        if flat.shape != (len(self.parameters),):
            raise ValueError(
                f"theta must have one number for each of {len(self.parameters)} parameters, got shape {flat.shape}"
            )
        if flat is theta:
            self._checked_theta = flat
        return flat

    def _prepared(self, arrays: Sequence[ArrayLike]) -> tuple[Compilation, list[Any]]:
        """The compilation for data of these shapes, made now where there is none, and the data as arrays of floats."""
        data: list[Any] = []
        each = []
        for k, array in enumerate(arrays):
            ready = type(array) is np.ndarray and array.dtype is FLOAT64
            data.append(array if ready else self._as_floats(array, k))
            each.append(data[k].shape)
        shapes = tuple(each)
        compilation = self._ready.get(shapes)
        if compilation is None:
            if len({shape[:1] for shape in shapes}) != 1 or shapes[0] == () or not all(array.size for array in data):
                self._refuse_shapes(data)
            example = tuple([shape[1:] for shape in shapes])
            if example not in self.compilations:
                with _collector_paused():
                    self.compilations[example] = self._compile(example)
            if len(self._ready) == MOST_SHAPES:
                self._ready.clear()
            compilation = self._ready[shapes] = self.compilations[example]
        self.latest = compilation
        return compilation, data

    def _as_floats(self, array: ArrayLike, k: int) -> Any:
        """An argument as an array of floats."""
        try:
            given: Any = array if hasattr(getattr(array, "dtype", None), "kind") else np.asarray(array)
            if given.dtype.kind not in "biuf":
                raise TypeError(f"it holds {given.dtype}")
            return self._asarray(given)
        except (TypeError, ValueError) as error:
            name = self._argument_names(k + 1)[k]
            raise TypeError(f"argument {name} of {self.name} must be an array of numbers: {error}") from None

    def _refuse_shapes(self, data: Sequence[Any]) -> None:
        """Raise the error that data of wrong lengths deserves."""
        names = self._argument_names(len(data))
        if not data:
            raise TypeError(f"{self.name} needs at least one array of examples")
        for name, array in zip(names, data):
            if not array.ndim:
                raise ValueError(f"argument {name} of {self.name} needs a first axis, the examples; it has shape ()")
        for name, array in zip(names, data):
            if len(array) != len(data[0]):
                raise ValueError(
                    f"arguments of {self.name} need one entry an example: {names[0]} has shape {data[0].shape}"
                    f" and {name} has shape {array.shape}"
                )
        for name, array in zip(names, data):
            if not array.size:
                raise ValueError(f"argument {name} of {self.name} is empty: it has shape {array.shape}")

    def _compile(self, shapes: Shapes) -> Compilation:
        """Trace the function on examples of these shapes, have that written as code, and run its definitions."""
        traced = trace(self.function, self.name, dict(zip(self._argument_names(len(shapes)), shapes)), self.parameters)
        source = self._write(traced)
        filename = f"<compiled {self.name} {next(_numbers)}>"
        weakref.finalize(self, linecache.cache.pop, filename, None)
        linecache.cache[filename] = (len(source.text), None, source.text.splitlines(keepends=True), filename)
        defined = dict(source.names)
        exec(builtins.compile(source.text, filename, "exec"), defined)  # a traceback shows its lines
        return self._compilation(traced, source.text, defined)

    def _argument_names(self, count: int) -> list[str]:
        """What the code calls the function's arguments."""
        return argument_names(self.function, count, self.reserved)

    # What a target says of itself.

    @abstractmethod
    def _write(self, traced: Trace) -> Source:
        """The code for a program."""

    @abstractmethod
    def _compilation(self, traced: Trace, text: str, defined: dict[str, Any]) -> Compilation:
        """The compilation of a program, made of the code's text and of what that defines."""

    @abstractmethod
    def _asarray(self, numbers: Any) -> Any:
        """Numbers as the kind of array that the code computes with."""


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """A program is many objects that stay, which Python's collector of cycles would go through again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
