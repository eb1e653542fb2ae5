"""Compiling: a function of one example's scalars, run at matrix speed over a batch of examples."""

from __future__ import annotations

import builtins
import contextlib
import gc
import inspect
import itertools
import linecache
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.code import RESERVED
from autograd.graph import Program
from autograd.lowered import Lowered, lower
from autograd.straightline import TAKEN, careful, straight_line
from autograd.trace import Trace, trace
from autograd.value import Value, pack

Floats = NDArray[np.float64]
Theta = Floats | list[float]
FLOAT64 = np.dtype(np.float64)
_numbers = itertools.count(1)  # of compiled programs, for the names that tracebacks show


def compile(
    function: Callable[..., Any],
    parameters: Iterable[Value] | None = None,
    *,
    reduction: Literal["mean", "sum"] = "mean",
    target: Literal["numpy", "jax", "python"] = "numpy",
) -> Compiled:
    """Compile a function that is written for one example of plain scalars.

    The function is run once, on values without numbers, to see what it computes; that program is lowered to NumPy code
    for a whole batch, which ``source`` shows. It computes what the scalar program computes, faster; where an operation
    is outside its domain it gives NaN or infinity, as NumPy does.

    Args:
        function: ``loss(*example) -> Value``, or a model. Each argument is a Value where its array has one axis, and a
            (nested) list of Values where it has more: the first axis is the examples.
        parameters: what gradients are taken of, in this order. Without them the result is a batched prediction: it
            gives the function's outputs, which may be a Value or nested lists of them, for every example.
        reduction: whether the batch's loss is the mean of the examples' or their sum.
        target: "numpy", or "jax" for the same program over `jax.numpy`, jitted; "python" for straight lines on floats,
            one example after another, which is fastest for a tiny network on few examples: see `CompiledPython`.

    Returns:
        ``f`` with ``f(X, T)``, ``f.value_and_grad(X, T)``, ``f.backward(X, T)`` and ``f.source``.
    """
    if not callable(function):
        raise TypeError(f"compile takes a function, got {type(function).__name__} {function!r}")
    if parameters is not None:
        parameters = list(parameters)
        for parameter in parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"parameters must be Values, got {type(parameter).__name__} {parameter!r}")
            if parameter.op is not None:
                raise ValueError(f"parameters must be leaves; {parameter!r} is computed by {parameter.op.name}")
        if not parameters:
            raise ValueError("parameters is empty; leave it out for a prediction")
        if len(set(parameters)) < len(parameters):
            raise ValueError("parameters names one Value twice")
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction must be 'mean' or 'sum', got {reduction!r}")
    kinds = {"numpy": Compiled, "jax": CompiledJax, "python": CompiledPython}
    if target not in kinds:
        raise ValueError(f"target must be 'numpy', 'jax' or 'python', got {target!r}")
    return kinds[target](function, parameters, reduction)


@dataclass(frozen=True)
class Compilation:
    """A function compiled for one shape of example.

    Attributes:
        trace: what one example computes.
        source: the code.
        value, value_and_grad: the functions that the code defines.
        floats: of straight lines, whether the data are Python's floats, by the first number of each argument.
    """

    trace: Trace
    source: str
    value: Callable[..., Any]
    value_and_grad: Callable[..., Any] | None
    floats: Callable[..., bool] | None


class Compiled:
    """What `compile` returns."""

    keeps_views = True

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: list[Value] | None,
        reduction: Literal["mean", "sum"],
    ) -> None:
        self.function = function
        self.parameters = parameters
        self.reduction = reduction
        self.name = getattr(function, "__name__", type(function).__name__)
        self.compilations: dict[tuple[tuple[int, ...], ...], Compilation] = {}  # by the shapes of an example
        self.ready: dict[tuple[tuple[int, ...], ...], Compilation] = {}  # by the shapes of the arrays, known to be good
        self.latest: Compilation | None = None

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses, a float; of a prediction, the outputs, an array.

        Args:
            arrays: one for each argument of the function; the first axis is the examples.
            theta: the parameters as a flat array; by default, what the Values hold now.
        """
        compilation, data = self.prepared(arrays)
        with np.errstate(all="ignore"):
            value = compilation.value(*data, *self.rest(compilation, len(data[0]), theta))
        return value if self.parameters is None else float(value)

    def value_and_grad(
        self, *arrays: ArrayLike, theta: Theta | None = None, out: Floats | None = None
    ) -> tuple[float, Any]:
        """The loss and its gradient, a flat array in the order of the parameters.

        Args:
            arrays, theta: as in a call.
            out: where to write the gradient; by default, a new array. A training loop that passes the same two arrays
                every time saves some microseconds.
        """
        compilation, data = self.prepared(arrays)
        if compilation.value_and_grad is None or self.parameters is None:
            raise TypeError(f"{self.name} was compiled without parameters: there is nothing to take the gradient of")
        if out is None:
            out = np.empty(len(self.parameters))
        elif type(out) is not np.ndarray:
            raise TypeError(f"out must be a NumPy array, got {type(out).__name__}")
        elif out.shape != (len(self.parameters),) or out.dtype != FLOAT64 or not out.flags.c_contiguous:
            raise ValueError(
                f"out must be a contiguous float64 array of {len(self.parameters)}, one number for each parameter, "
                f"got {out.dtype} of shape {out.shape} and strides {out.strides}"
            )
        elif out is theta:
            raise ValueError("out is theta: the gradient would be written over the parameters that it is computed from")
        with np.errstate(all="ignore"):
            return float(compilation.value_and_grad(*data, *self.rest(compilation, len(data[0]), theta), out)), out

    def backward(self, *arrays: ArrayLike) -> float:
        """Add the gradient to the parameters' ``grad``, as `Value.backward` does; returns the loss."""
        value, gradient = self.value_and_grad(*arrays)
        for parameter, g in zip(self.parameters or (), np.asarray(gradient).tolist()):
            parameter.grad += g
        return float(value)

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

    def rest(self, compilation: Compilation, examples: int, theta: Theta | None) -> list[Any]:
        """The arguments of the compiled code that are no data."""
        rest: list[Any] = []
        if self.parameters is not None or theta is not None:
            rest.append(self.flat(theta))
        if compilation.trace.given:
            rest.append(pack(compilation.trace.given))
        if compilation.trace.sources:
            rest += compilation.trace.draw(examples)
        return rest

    def flat(self, theta: Theta | None) -> Any:
        """The parameters as a flat array of floats: ``theta``, or by default what the Values hold."""
        if self.parameters is None:
            raise TypeError(f"{self.name} was compiled without parameters, so theta cannot be given")
        if theta is None:
            return pack(self.parameters)
        flat: Any = theta if type(theta) is np.ndarray and theta.dtype is FLOAT64 else self.asarray(theta)
        if flat.shape != (len(self.parameters),):
            raise ValueError(
                f"theta must have one number for each of {len(self.parameters)} parameters, got shape {flat.shape}"
            )
        return flat

    def prepared(self, arrays: Sequence[ArrayLike]) -> tuple[Compilation, list[Any]]:
        """The compilation for data of these shapes, made now where there is none, and the data as arrays of floats."""
        data = [
            array if type(array) is np.ndarray and array.dtype is FLOAT64 else self.as_floats(array, k)
            for k, array in enumerate(arrays)
        ]
        shapes = tuple([array.shape for array in data])
        compilation = self.ready.get(shapes)
        if compilation is None:
            if len({shape[:1] for shape in shapes}) != 1 or shapes[0] == () or not all(array.size for array in data):
                self.refuse(data)
            example = tuple([shape[1:] for shape in shapes])
            if example not in self.compilations:
                with _collector_paused():
                    self.compilations[example] = self.compiled_for(example)
            compilation = self.ready[shapes] = self.compilations[example]
        self.latest = compilation
        return compilation, data

    def as_floats(self, array: ArrayLike, k: int) -> Any:
        """An argument as an array of floats."""
        try:
            given: Any = array if hasattr(array, "dtype") else np.asarray(array)
            if given.dtype.kind not in "biuf":
                raise TypeError(f"it holds {given.dtype}")
            return self.asarray(given)
        except (TypeError, ValueError) as error:
            name = self.argument_names(k + 1)[k]
            raise TypeError(f"argument {name} of {self.name} must be an array of numbers: {error}") from None

    def asarray(self, numbers: Any) -> Any:
        """Numbers as the kind of array that the code computes with."""
        return np.asarray(numbers, dtype=np.float64)

    def refuse(self, data: Sequence[Any]) -> None:
        """Raise the error that data of wrong lengths deserves."""
        names = self.argument_names(len(data))
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

    def argument_names(self, count: int) -> list[str]:
        """What the function calls its arguments."""
        try:
            named = [
                p.name
                for p in inspect.signature(self.function).parameters.values()
                if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            ]
        except (TypeError, ValueError):
            named = []
        names = [*named[:count], *[f"argument{k + 1}" for k in range(len(named), count)]]
        return [f"{name}_" if name in (*RESERVED, *TAKEN, "theta", "given") else name for name in names]

    def compiled_for(self, shapes: tuple[tuple[int, ...], ...]) -> Compilation:
        """Trace the function on examples of these shapes, lower the program, and run the code that defines it."""
        traced = trace(self.function, self.name, dict(zip(self.argument_names(len(shapes)), shapes)), self.parameters)
        lowered = self.lowered(traced)
        filename = f"<compiled {self.name} {next(_numbers)}>"
        linecache.cache[filename] = (len(lowered.source), None, lowered.source.splitlines(keepends=True), filename)
        names = dict(lowered.names)
        exec(builtins.compile(lowered.source, filename, "exec"), names)  # a traceback shows its lines
        if "parts" in names and self.keeps_views:
            names["parts"] = _kept(names["parts"])
        return Compilation(traced, lowered.source, names["value"], names.get("value_and_grad"), names.get("floats"))

    def lowered(self, traced: Trace) -> Lowered:
        """The code for a program."""
        return lower(traced, None if self.parameters is None else self.reduction)


def _kept(parts: Callable[[Floats], tuple[Floats, ...]]) -> Callable[[Floats], tuple[Floats, ...]]:
    """Keeps the views of the last two arrays: a training loop passes the same theta and gradient every time."""
    last: list[tuple[Floats, tuple[Floats, ...]]] = []

    def views(array: Floats) -> tuple[Floats, ...]:
        for known, made in last:
            if known is array:
                return made
        made = parts(array)
        if array.flags.c_contiguous:  # otherwise some are copies
            last.append((array, made))
            del last[:-2]
        return made

    return views


class CompiledJax(Compiled):
    """What `compile` returns for ``target="jax"``: the same program over `jax.numpy`, jitted.

    Results are JAX's arrays, which never change, so the gradient is always a new one: ``out`` is refused.
    """

    keeps_views = False  # of arrays that are traced

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses; of a prediction, the outputs. See `Compiled`."""
        compilation, data = self.prepared(arrays)
        return compilation.value(*data, *self.rest(compilation, len(data[0]), theta))

    def value_and_grad(
        self, *arrays: ArrayLike, theta: Theta | None = None, out: Floats | None = None
    ) -> tuple[float, Any]:
        """The loss and its gradient, in the order of the parameters. See `Compiled`."""
        if out is not None:
            raise TypeError("out cannot be used on JAX, whose arrays never change")
        compilation, data = self.prepared(arrays)
        if compilation.value_and_grad is None:
            raise TypeError(f"{self.name} was compiled without parameters: there is nothing to take the gradient of")
        value, gradient = compilation.value_and_grad(*data, *self.rest(compilation, len(data[0]), theta))
        return value, gradient

    def asarray(self, numbers: Any) -> Any:
        """Numbers as one of JAX's arrays."""
        import jax.numpy

        return jax.numpy.asarray(numbers, dtype=jax.numpy.float64)

    def compiled_for(self, shapes: tuple[tuple[int, ...], ...]) -> Compilation:
        """As `Compiled`'s, jitted."""
        import jax

        plain = super().compiled_for(shapes)
        with_gradient = plain.value_and_grad and jax.jit(plain.value_and_grad)
        return replace(plain, value=jax.jit(plain.value), value_and_grad=with_gradient)

    def lowered(self, traced: Trace) -> Lowered:
        """The code for a program."""
        return lower(traced, None if self.parameters is None else self.reduction, jax=True)


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


class CompiledPython(Compiled):
    """What `compile` returns for ``target="python"``: straight lines on floats, for one example after another.

    Lists of floats are taken as they are, which is fastest, and numbers come back in the kind they came in: the
    gradient is a list where ``theta`` is one, and predictions are lists unless an array was given.

    The numbers are the scalar engine's. An example on which the code raises, for Python's floats do on overflow, is
    left to that engine: an overflow is an infinity, and an operation that is outside its domain raises DomainError.
    """

    def lowered(self, traced: Trace) -> Lowered:
        """The code for a program."""
        return straight_line(traced)

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses, a float; of a prediction, the outputs. See `Compiled`."""
        if self.latest is not None and self.parameters is None and theta is None:
            try:  # see value_and_grad
                if self.latest.floats(*arrays):  # type: ignore[misc]
                    (outputs,) = predictions = self.latest.value(*arrays)
                    if type(sum(outputs, 0.0) if self.latest.trace.outputs.ndim else outputs) is float:
                        return predictions
            except (ArithmeticError, LookupError, TypeError, ValueError):
                pass
        results = self.each(arrays, theta, False)
        if self.parameters is not None:
            return self.reduced(results)
        predictions = [outputs for (outputs,) in results]
        return np.array(predictions) if any(isinstance(array, np.ndarray) for array in arrays) else predictions

    def value_and_grad(self, *arrays: ArrayLike, theta: Theta | None = None, out: Any = None) -> tuple[float, Any]:
        """The loss and its gradient, a list where ``theta`` is one, else a flat array. See `Compiled`."""
        if self.parameters is None:
            raise TypeError(f"{self.name} was compiled without parameters: there is nothing to take the gradient of")
        if self.latest is not None and type(theta) is list and out is None:
            # For speed, the lists are taken to have the shapes of the last call's one example. If they have not, the
            # code raises, or what comes out is no float: then the data is looked at.
            try:
                if self.latest.floats(*arrays):  # type: ignore[misc]
                    value, gradient = self.latest.value_and_grad(*arrays, theta)  # type: ignore[misc]
                    if type(value) is float:
                        return value, gradient
            except (ArithmeticError, LookupError, TypeError, ValueError):
                pass
        values, gradients = zip(*self.each(arrays, theta, True))
        gradient = [self.reduced(shares) for shares in zip(*gradients)]
        if out is None:
            out = gradient if type(theta) is list else np.array(gradient)
        elif len(out) != len(gradient):
            raise ValueError(f"out must have one number for each of {len(gradient)} parameters, got {len(out)}")
        else:
            out[:] = gradient
        return self.reduced(values), out

    def backward(self, *arrays: ArrayLike) -> float:
        """Add the gradient to the parameters' ``grad``, as `Value.backward` does; returns the loss."""
        parameters = self.parameters or []
        value, gradient = self.value_and_grad(*arrays, theta=[parameter.data for parameter in parameters])
        for parameter, g in zip(parameters, gradient):
            parameter.grad += g
        return value

    def reduced(self, numbers: Sequence[float]) -> float:
        """The mean of the examples' numbers, or their sum."""
        return sum(numbers) / (len(numbers) if self.reduction == "mean" else 1)

    def each(self, arrays: Sequence[Any], theta: Theta | None, with_gradient: bool) -> list[Any]:
        """What the code gives for each example."""
        compilation, data = self.prepared(arrays)
        shared: list[list[float]] = []
        if self.parameters is not None or theta is not None:
            shared.append(self.flat(theta).tolist())
        if compilation.trace.given:
            shared.append([value.data for value in compilation.trace.given])
        noises = compilation.trace.draw(len(data[0]))
        own = zip(*[[[entry] for entry in array.tolist()] for array in (*data, *noises)])
        return [
            self.carefully(compilation, (*entries[: len(data)], *shared, *entries[len(data) :]), with_gradient)
            for entries in own
        ]

    def carefully(self, compilation: Compilation, example: Sequence[Any], with_gradient: bool) -> Any:
        """What the code gives for an example; where the code raises, what the scalar engine gives."""
        try:
            function: Any = compilation.value_and_grad if with_gradient else compilation.value
            return function(*example)
        except (ArithmeticError, ValueError):
            result = careful(compilation.trace)(*example)
            return result if with_gradient else result[0]
