"""Domains: where the operations of the table are defined, in words and as a test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


class DomainError(ValueError):
    """An operation was given a number for which it is not defined."""


@dataclass(frozen=True)
class Domain:
    """Where a primitive is defined: a sentence for people and a test for numbers.

    The scalar engine tests its numbers. Code and arrays don't: outside they are to come to NaN or an infinity, value
    and derivatives, and most formulas do so by themselves.

    Attributes:
        text: the sentence.
        contains: the test.
        within: where the output would be a number outside too, what prevents that: ``within(m, *inputs)`` is the
            inputs, with NaN in place of those outside.
        told: where a partial would be one, what prevents that: ``told(m, y)`` is a condition, which holds of the
            outputs y inside and not of those outside.
    """

    text: str
    contains: Callable[..., bool]
    within: Callable[..., Sequence[Any]] | None = None
    told: Callable[..., Any] | None = None

    def guarded(self, m: Any, y: Any, inputs: Sequence[Any], is_sequence: bool) -> Sequence[Any]:
        """The inputs, the first of them NaN where ``told`` says so; no partial does without the first.

        Args:
            is_sequence: whether it is one.
        """
        if self.told is None:
            return inputs
        defined, (first, *others) = self.told(m, y), inputs
        guarded = [m.where(defined, x, math.nan) for x in (first if is_sequence else [first])]
        return [guarded if is_sequence else guarded[0], *others]


def _is_a_number(m: Any, y: Any) -> Any:
    return m.equal(y, y)


def _is_finite(m: Any, y: Any) -> Any:
    return m.greater(math.inf, y)  # as a loss is never -inf


def _probability(m: Any, p: Any) -> Any:
    return m.where(m.greater(p, 1), math.nan, m.where(m.greater(0, p), math.nan, p))


POSITIVE = Domain("x > 0", lambda x: x > 0, told=_is_a_number)
NOT_NEGATIVE = Domain("x >= 0", lambda x: x >= 0)
ABOVE_MINUS_ONE = Domain("x > -1", lambda x: x > -1, told=_is_a_number)
DIVISIBLE = Domain("b != 0", lambda a, b: b != 0)
POWER = Domain(
    "a > 0, or a = 0 and b >= 0, or a < 0 and a whole b",
    lambda a, b: a > 0 or (a == 0 and b >= 0) or (a < 0 and b == b // 1),
)
NOT_EMPTY = Domain("at least one number", lambda x, *others: len(x) > 0)
PROBABILITY = Domain(
    "0 <= p <= 1, 0 <= y <= 1, p > 0 where y > 0 and p < 1 where y < 1 (a loss on logits has no such limits)",
    lambda p, y: (0 < p < 1 and 0 <= y <= 1) or p == y == 0 or p == y == 1,
    lambda m, p, y: (_probability(m, p), _probability(m, y)),
    _is_finite,
)
PROBABILITIES = Domain(
    "at least one class, each 0 <= p <= 1 and 0 <= y <= 1, and p > 0 where y > 0 (a loss on logits has no such limits)",
    lambda p, y: len(p) > 0 and all((0 < pk <= 1 and 0 <= yk <= 1) or pk == yk == 0 for pk, yk in zip(p, y)),
    lambda m, p, y: ([_probability(m, pk) for pk in p], [_probability(m, yk) for yk in y]),
    _is_finite,
)
