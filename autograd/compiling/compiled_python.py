"""The target ``"python"``: straight lines on floats, run for one example after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.compiling.compiled import Compilation, Compiled, Theta
from autograd.compiling.source import Source
from autograd.compiling.straight_lines import RESERVED, careful, write_straight_lines
from autograd.compiling.trace import Trace
from autograd.numbers import total


@dataclass(frozen=True)
class PythonCompilation(Compilation):
    """Straight lines for one shape of example.

    Attributes:
        floats: whether the data are Python's floats, by the first number of each argument.
    """

    floats: Callable[..., bool]


class CompiledPython(Compiled):
    """What `compile` returns for ``target="python"``.

    Lists of floats are taken as they are, which is fastest, and numbers come back in the kind they came in: the
    gradient is a list where ``theta`` is one, and predictions are lists unless an array was given.

    The numbers are the scalar engine's. An example on which the code raises, for Python's floats do on overflow and
    most functions outside their domain, or gives NaN, is left to that engine: an overflow is an infinity, and
    DomainError is raised.
    """

    reserved = RESERVED
    latest: PythonCompilation | None

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses, a float; of a prediction, the outputs. See `Compiled`."""
        if self.latest is not None and self.parameters is None and theta is None:
            try:  # see value_and_grad
                if self.latest.floats(*arrays):
                    (outputs,) = predictions = self.latest.value(*arrays)
                    number = sum(outputs, 0.0) if self.latest.trace.outputs.ndim else outputs
                    if type(number) is float and number == number:
                        return predictions
            except (ArithmeticError, LookupError, TypeError, ValueError):
                pass
        results = self._each(arrays, theta, False)
        if self.parameters is not None:
            return self._reduced(results)
        predictions = [outputs for (outputs,) in results]
        return np.array(predictions) if any(isinstance(array, np.ndarray) for array in arrays) else predictions

    def value_and_grad(self, *arrays: ArrayLike, theta: Theta | None = None, out: Any = None) -> tuple[float, Any]:
        """The loss and its gradient, a list where ``theta`` is one, else a flat array. See `Compiled`."""
        if self.parameters is None:
            raise self._without_parameters()
        if self.latest is not None and type(theta) is list and out is None:
            # For speed, the lists are taken to have the shapes of the last call's one example. If they have not, the
            # code raises, or what comes out is no float or NaN: then the data is looked at.
            try:
                if self.latest.floats(*arrays):
                    value, gradient = self.latest.value_and_grad(*arrays, theta)  # type: ignore[misc]
                    if type(value) is float and value == value:
                        return value, gradient
            except (ArithmeticError, LookupError, TypeError, ValueError):
                pass
        values, gradients = zip(*self._each(arrays, theta, True))
        gradient = [self._reduced(numbers) for numbers in zip(*gradients)]
        if out is None:
            out = gradient if type(theta) is list else np.array(gradient)
        elif len(out) != len(gradient):
            raise ValueError(f"out must have one number for each of {len(gradient)} parameters, got {len(out)}")
        else:
            out[:] = gradient
        return self._reduced(values), out

    def backward(self, *arrays: ArrayLike) -> float:
        """Add the gradient to the parameters' ``grad``, as `Value.backward` does; returns the loss."""
        parameters = self.parameters or []
        value, gradient = self.value_and_grad(*arrays, theta=[parameter.data for parameter in parameters])
        for parameter, g in zip(parameters, gradient):
            parameter.grad += g
        return value

    def _reduced(self, numbers: Sequence[float]) -> float:
        """The mean of the examples' numbers, or their sum."""
        reduced: float = total(numbers) / (len(numbers) if self.reduction == "mean" else 1)
        return reduced

    def _each(self, arrays: Sequence[Any], theta: Theta | None, with_gradient: bool) -> list[Any]:
        """What the code gives for each example."""
        compilation, data = self._prepared(arrays)
        shared: list[list[float]] = []
        if self.parameters is not None or theta is not None:
            shared.append(self._flat_theta(theta).tolist())
        if compilation.trace.given:
            shared.append([value.data for value in compilation.trace.given])
        noises = self._draw(compilation, len(data[0]))
        own = zip(*[[[entry] for entry in array.tolist()] for array in (*data, *noises)])
        return [
            self._carefully(compilation, (*entries[: len(data)], *shared, *entries[len(data) :]), with_gradient)
            for entries in own
        ]

    def _carefully(self, compilation: Compilation, example: Sequence[Any], with_gradient: bool) -> Any:
        """What the code gives for an example; where the code raises or gives NaN, what the scalar engine gives."""
        try:
            function: Any = compilation.value_and_grad if with_gradient else compilation.value
            result = function(*example)
            if _has_nan(result[0] if with_gradient else result):
                raise ArithmeticError("NaN")
            return result
        except (ArithmeticError, ValueError):
            result = careful(compilation.trace)(*example)
            return result if with_gradient else result[0]

    def _write(self, traced: Trace) -> Source:
        return write_straight_lines(traced)

    def _compilation(self, traced: Trace, text: str, defined: dict[str, Any]) -> Compilation:
        return PythonCompilation(traced, text, defined["value"], defined.get("value_and_grad"), defined["floats"])

    def _asarray(self, numbers: Any) -> Any:
        return np.asarray(numbers, dtype=np.float64)


def _has_nan(outputs: Any) -> bool:
    """Whether a number, or one in nested lists, is NaN."""
    return any(map(_has_nan, outputs)) if isinstance(outputs, list) else outputs != outputs
