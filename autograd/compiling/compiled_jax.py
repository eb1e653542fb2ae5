"""The target ``"jax"``: code for a whole batch over `jax.numpy`, jitted."""

from __future__ import annotations

import importlib.util
from typing import Any

from numpy.typing import ArrayLike

from autograd.compiling.compiled import Compilation, Compiled, Floats, Theta
from autograd.compiling.jax_code import JaxCode, write_jax
from autograd.compiling.source import Source
from autograd.compiling.trace import Trace


class CompiledJax(Compiled):
    """What `compile` returns for ``target="jax"``.

    Results are JAX's arrays, which never change, so the gradient is always a new one: ``out`` is refused.
    """

    reserved = JaxCode.reserved

    def __init__(self, *arguments: Any) -> None:
        if importlib.util.find_spec("jax") is None:
            raise ModuleNotFoundError("target='jax' needs JAX, which is not installed: pip install jax", name="jax")
        super().__init__(*arguments)

    def __call__(self, *arrays: ArrayLike, theta: Theta | None = None) -> Any:
        """The mean (or sum) of the examples' losses; of a prediction, the outputs. See `Compiled`."""
        compilation, data = self._prepared(arrays)
        return compilation.value(*data, *self._other_arguments(compilation, len(data[0]), theta))

    def value_and_grad(
        self, *arrays: ArrayLike, theta: Theta | None = None, out: Floats | None = None
    ) -> tuple[float, Any]:
        """The loss and its gradient, in the order of the parameters. See `Compiled`."""
        if out is not None:
            raise TypeError("out cannot be used on JAX, whose arrays never change")
        compilation, data = self._prepared(arrays)
        if compilation.value_and_grad is None:
            raise self._without_parameters()
        value, gradient = compilation.value_and_grad(*data, *self._other_arguments(compilation, len(data[0]), theta))
        return value, gradient

    def _write(self, traced: Trace) -> Source:
        return write_jax(traced, self.reduction)

    def _compilation(self, traced: Trace, text: str, defined: dict[str, Any]) -> Compilation:
        import jax

        value_and_grad = defined.get("value_and_grad")
        return Compilation(traced, text, jax.jit(defined["value"]), value_and_grad and jax.jit(value_and_grad))

    def _asarray(self, numbers: Any) -> Any:
        import jax.numpy

        return jax.numpy.asarray(numbers, dtype=jax.numpy.float64)
