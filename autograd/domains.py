"""Domains: where the operations of the table are defined, in words and as a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class DomainError(ValueError):
    """An operation was given a number for which it is not defined."""


@dataclass(frozen=True)
class Domain:
    """Where a primitive is defined: a sentence for people and a test for numbers."""

    text: str
    contains: Callable[..., bool]


POSITIVE = Domain("x > 0", lambda x: x > 0)
NOT_NEGATIVE = Domain("x >= 0", lambda x: x >= 0)
ABOVE_MINUS_ONE = Domain("x > -1", lambda x: x > -1)
DIVISIBLE = Domain("b != 0", lambda a, b: b != 0)
POWER = Domain(
    "a > 0, or a = 0 and b >= 0, or a < 0 and a whole b",
    lambda a, b: a > 0 or (a == 0 and b >= 0) or (a < 0 and b == b // 1),
)
NOT_EMPTY = Domain("at least one number", lambda x, *others: len(x) > 0)
PROBABILITY = Domain(
    "0 <= p <= 1, 0 <= y <= 1, p > 0 where y > 0 and p < 1 where y < 1 (a loss on logits has no such limits)",
    lambda p, y: (0 < p < 1 and 0 <= y <= 1) or p == y == 0 or p == y == 1,
)
PROBABILITIES = Domain(
    "at least one class, each 0 <= p <= 1 and 0 <= y <= 1, and p > 0 where y > 0 (a loss on logits has no such limits)",
    lambda p, y: len(p) > 0 and all((0 < pk <= 1 and 0 <= yk <= 1) or pk == yk == 0 for pk, yk in zip(p, y)),
)
