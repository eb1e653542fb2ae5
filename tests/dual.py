"""Forward-mode dual numbers: an oracle for gradients that shares no formula and no code with the engine.

Only arithmetic, exp, log and sin have a derivative of their own; the rest is written out in terms of those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dual:
    """x + x' epsilon, with epsilon^2 = 0."""

    x: float
    d: float = 0.0

    def __add__(self, o: Dual) -> Dual:
        return Dual(self.x + o.x, self.d + o.d)

    def __neg__(self) -> Dual:
        return Dual(-self.x, -self.d)

    def __sub__(self, o: Dual) -> Dual:
        return self + -o

    def __mul__(self, o: Dual) -> Dual:
        return Dual(self.x * o.x, self.x * o.d + self.d * o.x)

    def __truediv__(self, o: Dual) -> Dual:
        return Dual(self.x / o.x, (self.d * o.x - self.x * o.d) / o.x**2)


ONE, ZERO = Dual(1.0), Dual(0.0)


def exp(a: Dual) -> Dual:
    return Dual(math.exp(a.x), math.exp(a.x) * a.d)


def log(a: Dual) -> Dual:
    return Dual(math.log(a.x), a.d / a.x)


def sin(a: Dual) -> Dual:
    return Dual(math.sin(a.x), math.cos(a.x) * a.d)


def total(xs: Sequence[Dual]) -> Dual:
    result = ZERO
    for x in xs:
        result = result + x
    return result


def sigmoid(a: Dual) -> Dual:
    return ONE / (ONE + exp(-a))


def tanh(a: Dual) -> Dual:
    return (exp(a) - exp(-a)) / (exp(a) + exp(-a))


def sqrt(a: Dual) -> Dual:
    return exp(log(a) / Dual(2.0))


def relu(a: Dual) -> Dual:
    return a if a.x > 0 else ZERO


def maximum(xs: Sequence[Dual]) -> Dual:
    return max(xs, key=lambda a: a.x)


def dot(a: Sequence[Dual], b: Sequence[Dual]) -> Dual:
    return total([p * q for p, q in zip(a, b)])


def logsumexp(xs: Sequence[Dual]) -> Dual:
    return log(total([exp(x) for x in xs]))
