"""`compile`: a function of one example, on plain scalars, becomes code for a batch, for one of three targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from autograd.compiling.compiled import Compiled
from autograd.compiling.compiled_jax import CompiledJax
from autograd.compiling.compiled_numpy import CompiledNumpy
from autograd.compiling.compiled_python import CompiledPython
from autograd.value import Value

TARGETS: dict[str, type[Compiled]] = {"numpy": CompiledNumpy, "jax": CompiledJax, "python": CompiledPython}


def compile(
    function: Callable[..., Any],
    parameters: Iterable[Value] | None = None,
    *,
    reduction: Literal["mean", "sum"] = "mean",
    target: Literal["numpy", "jax", "python"] = "numpy",
) -> Compiled:
    """Compile a function that is written for one example of plain scalars.

    The function is run once, on values without numbers, to see what it computes; that program is written as NumPy code
    for a whole batch, which ``source`` shows. It computes what the scalar program computes, faster; where an operation
    is outside its domain it gives NaN or infinity, as NumPy does.

    What the function asks of Python while it is run stays: which way it went on a parameter's ``data`` or a model's
    ``training``, or what it read of a global. A branch on an example's numbers raises TracingError.

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
    if target not in TARGETS:
        raise ValueError(f"target must be 'numpy', 'jax' or 'python', got {target!r}")
    return TARGETS[target](function, parameters, reduction)
