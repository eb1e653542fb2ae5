"""The text of a lowered program: a function for the value, one for the value and the gradient."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Sequence
from typing import Literal

from autograd.compiling.array_code import Lowering
from autograd.compiling.array_expressions import ATOM, Code, literal, mth_part, shape_of
from autograd.compiling.slices import evenly
from autograd.compiling.source import Source, function, tuple_of
from autograd.compiling.trace import Trace


def lower(trace: Trace, reduction: Literal["mean", "sum"] | None, jax: bool = False) -> Source:
    """Lower a program that computes one example to NumPy code for a batch of them.

    Args:
        trace: the program.
        reduction: what becomes of the examples' one output before gradients are taken; None to return all outputs.
        jax: write updates of arrays as JAX wants them.
    """
    lowering, outputs = Lowering(trace, jax), trace.outputs
    result = lowering.run(outputs.ravel())
    head = [f"m = len({next(iter(trace.shapes))})"]
    for name, shape in trace.shapes.items():
        if len(shape) != 1:
            head.append(f"{name} = {name}.reshape(m, {'-1' if shape else '1'})")
    forward, lowering.lines = lowering.lines, []
    batched = lowering.output.array.batched
    functions = []
    if reduction is None:
        if not batched:
            result = Code(f"np.full((m, {outputs.size}), {result.as_float()})")
        elif lowering.output.array.name in trace.shapes:
            result = Code(f"{result}.copy()")
        if outputs.ndim != 1:
            result = Code(f"{result}.reshape({', '.join(['m', *map(str, outputs.shape)])})")
        functions.append(function("value", trace.arguments, [*head, *lowering.openings, *forward], str(result)))
        return _together(functions, lowering)
    mean = reduction == "mean"
    total = f"{result.within(ATOM)}.sum()" if result.number is None else str(result)
    if batched == mean:
        total += " / m" if batched else " * m"
    if lowering.output.array.learns:
        each = literal(1.0)
        seed = mth_part(each) if mean and batched else each if batched or mean else Code("np.full(1, float(m))")
        lowering.pull_back(seed, trace.arguments["theta"])
    else:
        lowering.lines.append("gradient = np.zeros_like(theta)" if jax else "gradient[:] = 0")
    head += lowering.openings
    if lowering.parts:
        width = trace.arguments["theta"].width
        views = [(view.name, evenly("theta", place, width)) for view, place in lowering.parts]
        parts = tuple_of([name for name, _ in views])
        functions.append(function("parts", ["theta"], [f"{name} = {view}" for name, view in views], parts))
        head.append(f"{parts} = parts(theta)")
    functions.append(function("value", trace.arguments, [*head, *forward], total))
    both = [*head, *forward, "", *lowering.lines]
    if any("ones(m" in line for line in lowering.lines):
        kept = "" if jax else "@functools.cache\n"
        functions.append(f"{kept}def ones(n):\n    return np.ones(n)  # ones(m) @ d is d.sum(0), in half the time\n")
    if jax:
        functions.append(function("value_and_grad", trace.arguments, both, f"{total}, gradient"))
    else:
        functions.append(function("value_and_grad", [*trace.arguments, "gradient"], both, total))
    return _together(functions, lowering)


def _together(functions: Sequence[str], lowering: Lowering) -> Source:
    """The functions, with a comment on the arrays of numbers and places that they refer to."""
    numpy = importlib.import_module("jax.numpy" if lowering.jax else "numpy")
    names = {"np": numpy, "functools": functools, **lowering.constants}
    told = [f"# {name}: {shape_of(array)} {array.dtype.name}\n" for name, array in lowering.constants.items()]
    return Source("\n\n".join(["".join(told), *functions] if told else functions), names)
