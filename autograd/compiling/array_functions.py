"""The functions that array code's lines make up: ``value``, and ``value_and_grad`` where there is a loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autograd.compiling.array_code import ArrayCode
from autograd.compiling.array_expressions import ATOM, ArrayExpression, literal, over_m, shape_of
from autograd.compiling.source import Source, function, tuple_of

Reduction = Literal["mean", "sum"]


def write_functions(code: ArrayCode, reduction: Reduction) -> Source:
    """Write a program, which computes one example, for a batch of them.

    Args:
        code: what writes the lines.
        reduction: what becomes of the examples' losses; a prediction gives the outputs of each example instead.
    """
    shapes = code.trace.shapes
    head = [f"m = len({next(iter(shapes))})"]
    for name, shape in shapes.items():
        if len(shape) != 1:
            head.append(f"{name} = {name}.reshape(m, {'-1' if shape else '1'})")
    result = code.forward_pass()
    forward, code.lines = code.lines, []
    if "theta" in code.arguments:
        functions = _loss(code, head, forward, result, reduction)
    else:
        head += code.openings
        functions = [function("value", code.arguments, [*head, *forward], str(_prediction(code, result)))]
    comments = [f"# {name}: {shape_of(array)} {array.dtype.name}\n" for name, array in code.constants.items()]
    text = "\n\n".join(["".join(comments), *functions] if comments else functions)
    return Source(text, {**code.modules(), **code.constants})


def _prediction(code: ArrayCode, result: ArrayExpression) -> ArrayExpression:
    """Each example's outputs, in their shape, as an array of the caller's own."""
    outputs, array = code.trace.outputs, code.output.array
    if not array.batched:
        result = ArrayExpression(f"np.full((m, {outputs.size}), {result.as_float()})")
    elif array.name in code.trace.shapes:
        result = ArrayExpression(f"{result}.copy()")
    if outputs.ndim != 1:
        result = ArrayExpression(f"{result}.reshape({', '.join(['m', *map(str, outputs.shape)])})")
    return result


def _loss(
    code: ArrayCode, head: list[str], forward: Sequence[str], result: ArrayExpression, reduction: Reduction
) -> list[str]:
    """The functions for the loss of a batch, and for that and its gradient."""
    mean, batched = reduction == "mean", code.output.array.batched
    total = f"{result.within(ATOM)}.sum()" if result.number is None else str(result)
    if batched == mean:
        total += " / m" if batched else " * m"
    seed = literal(1.0) if mean or batched else ArrayExpression("np.full(1, float(m))")
    code.backward_pass(over_m(seed) if mean and batched else seed)
    head += code.openings
    functions = []
    if code.parts:
        names = tuple_of([view.name for view in code.parts])
        lines = [f"{view.name} = {text}" for view, text in code.parts.items()]
        functions.append(function("parts", ["theta"], lines, names))
        head.append(f"{names} = parts(theta)")
    functions.append(function("value", code.arguments, [*head, *forward], total))
    if any("ones(m" in line for line in code.lines):
        functions.append(code.ones)
    if any("selected(" in line for line in code.lines):
        functions.append(code.selected)
    return [*functions, code.value_and_grad([*head, *forward, "", *code.lines], total)]
