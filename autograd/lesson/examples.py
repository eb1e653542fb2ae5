"""Examples that a page trains on: which of a program's leaves they are given to, and in which order they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.lesson.updates import Optimizer
from autograd.program import Program

TELLING = {"half_squared_error", "squared_error", "binary_cross_entropy", "cross_entropy"}  # losses of o and t


def examples_data(
    program: Program, optimizer: Optimizer | None, examples: tuple[Any, Any], orders: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """The examples, an array of inputs and targets for each; the leaves that these are given to; orders; what is
    predicted.

    The leaves are those that are no parameters, in the program's order: the inputs first, and then the targets.

    Raises:
        ValueError: there is no optimizer; the examples have not as many numbers as there are such leaves; or an order
            is not one of all examples. What does not fit is named.
    """
    if optimizer is None:
        raise ValueError(
            "examples are there to train on: give an optimizer, too, such as optim.SGD(parameters, lr=0.1)"
        )
    X, y = [_rows(name, x) for name, x in zip(("X", "y"), examples)]
    if len(X) != len(y):
        raise ValueError(f"examples must be as many inputs as targets, got {len(X)} in X and {len(y)} in y")
    if not len(X):
        raise ValueError("examples is empty: there is nothing to train on")
    learned = {program.index[value] for value in optimizer.parameters if value in program.index}
    free = [node.index for node in program if node.op is None and node.kind == "input" and node.index not in learned]
    if len(free) != X.shape[1] + y.shape[1]:
        names = ", ".join([program.labels[index] for index in free]) or "none"
        raise ValueError(
            f"each example has {X.shape[1]} inputs and {y.shape[1]} targets, and the program {len(free)} leaves for "
            f'them ({names}): make each of them a Value, as in model([Value(x, "x1"), ...]) and Value(t, "t")'
        )
    for epoch, order in enumerate(orders, start=1):
        if sorted(order) != list(range(len(X))):
            raise ValueError(f"the order of epoch {epoch} is not one of all {len(X)} examples")
    targets = free[X.shape[1] :]
    return {
        "inputs": free[: X.shape[1]],
        "targets": targets,
        "rows": np.concatenate([X, y], axis=1).tolist(),
        "orders": [[int(k) for k in order] for order in orders],
        "predictions": _predictions(program, targets),
    }


def _rows(name: str, x: Any) -> Any:
    rows = np.asarray(x, dtype=float)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError(f"{name} of examples must be finite numbers, a row an example")
    return rows


def _predictions(program: Program, targets: list[int]) -> list[int]:
    """What the loss compares with the targets, node for node; none where the loss is made otherwise."""
    beside: dict[int, int] = {}
    for node in program:
        if node.op is not None and node.op.name in TELLING:
            outputs, wanted = node.parents[: len(node.parents) // 2], node.parents[len(node.parents) // 2 :]
            beside.update(zip(wanted, outputs))
    return [beside[target] for target in targets] if all(target in beside for target in targets) else []
