"""Choices: what reaches a result through a `where` alone may not have been chosen, and then it hands nothing on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.primitive import Primitive
from autograd.primitives import where

recorded = False  # whether a choice was, in this process: mostly not, and then a backward pass asks no further


def may_be_discarded(backwards: Iterable[tuple[Any, Primitive | None, Sequence[Any]]]) -> set[Any]:
    """The nodes that a gradient reaches through a choice.

    One of them whose gradient is 0 hands nothing on, in every backward pass: what was not chosen may be infinite, and 0
    times infinity is no number. (Elsewhere it is NaN, as IEEE 754, NumPy and PyTorch have it.)

    Args:
        backwards: the nodes of a computation from its output on, each with its operation and its parents.
    """
    found: set[Any] = set()
    for node, op, parents in backwards:
        if op is where or node in found:
            found.update(parents)
    return found
