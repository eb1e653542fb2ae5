"""The target ``"numpy"``: code for a whole batch, run by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.compiling.compiled import FLOAT64, Compilation, Compiled, Floats, Theta
from autograd.compiling.numpy_code import NumpyCode, write_numpy
from autograd.compiling.source import Source
from autograd.compiling.trace import Trace


class CompiledNumpy(Compiled):
    """What `compile` returns for ``target="numpy"``."""

    reserved = NumpyCode.reserved
    _checked_out: Floats | None = None  # the array that was last found to be right for a gradient, beside this theta
    _beside: Theta | None = None

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses, a float; of a prediction, the outputs. See `Compiled`."""
        compilation, data = self._prepared(arrays)
        value = compilation.value(*data, *self._other_arguments(compilation, len(data[0]), theta))
        return value if self.parameters is None else float(value)

    def value_and_grad(
        self, *arrays: ArrayLike, theta: Theta | None = None, out: Floats | None = None
    ) -> tuple[float, Any]:
        """The loss and its gradient, a flat array in the order of the parameters. See `Compiled`."""
        compilation, data = self._prepared(arrays)
        if compilation.value_and_grad is None:
            raise self._without_parameters()
        if out is None or out is not self._checked_out or theta is not self._beside:
            out = self._gradient_array(out, theta)
        return float(
            compilation.value_and_grad(*data, *self._other_arguments(compilation, len(data[0]), theta), out)
        ), out

    def _gradient_array(self, out: Floats | None, theta: Theta | None) -> Floats:
        """Where to write the gradient: ``out``, or by default a new array."""
        count = len(self.parameters or ())
        if out is None:
            return np.empty(count)
        if type(out) is not np.ndarray:
            raise TypeError(f"out must be a NumPy array, got {type(out).__name__}")
        if out.shape != (count,) or out.dtype != FLOAT64:
            raise ValueError(
                f"out must be a float64 array of {count}, one number for each parameter, "
                f"got {out.dtype} of shape {out.shape}"
            )
        if isinstance(theta, np.ndarray) and np.may_share_memory(out, theta):
            raise ValueError("out and theta share memory: the gradient would be written over the parameters it is of")
        self._checked_out, self._beside = out, theta
        return out

    def _write(self, traced: Trace) -> Source:
        return write_numpy(traced, self.reduction)

    def _compilation(self, traced: Trace, text: str, defined: dict[str, Any]) -> Compilation:
        if "parts" in defined:
            defined["parts"] = _kept(defined["parts"])
        quiet = np.errstate(all="ignore")  # an infinity is a result, and of two cases one is not chosen
        value_and_grad = defined.get("value_and_grad")
        return Compilation(traced, text, quiet(defined["value"]), value_and_grad and quiet(value_and_grad))

    def _asarray(self, numbers: Any) -> Any:
        return np.asarray(numbers, dtype=np.float64)


def _kept(parts: Callable[[Floats], tuple[Floats, ...]]) -> Callable[[Floats], tuple[Floats, ...]]:
    """Keeps the views of the last two arrays: a training loop passes the same theta and gradient every time."""
    last: list[tuple[Floats, tuple[Floats, ...]]] = []

    def views(array: Floats) -> tuple[Floats, ...]:
        for known, made in last:
            if known is array:
                return made
        made = parts(array)
        last.append((array, made))
        del last[:-2]
        return made

    return views
