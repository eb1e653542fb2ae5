"""Python code as expressions: a row of the primitive table evaluated on these writes the program that computes it.

>>> x = Code("x")
>>> (partial,) = autograd.primitives.tanh.partials(array_formulas(), Code("y"), x)
>>> print(partial)
1 - y**2
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

COMPARE, ADD, MATMUL, MUL, NEG, POW, ATOM = range(7)  # how tightly an expression binds

# How many axes an expression has after the batch's: none for a number (or an array that broadcasts as it is), one for a
# number a node, two where each node has a sequence of them, the inputs of an n-ary operation.
NUMBER, NODES, SEQUENCES = range(3)


@dataclass(frozen=True)
class Code:
    """An expression in Python.

    Attributes:
        text: how it is written.
        tight: how tightly its outermost operation binds.
        axes: how many axes it has, see above.
        number: its value, where that is known when it is written.
        sides: the two sides of a comparison.
    """

    text: str
    tight: int = ATOM
    axes: int = NODES
    number: float | None = None
    sides: tuple[Code, Code] | None = None

    def __str__(self) -> str:
        return self.text

    def within(self, tight: int) -> str:
        """The text, in brackets where it binds less tightly than what it becomes an operand of."""
        return self.text if self.tight >= tight else f"({self.text})"

    def __iter__(self) -> Iterator[Code]:
        """A sequence stands for each of its elements: what a formula does with one is done with all."""
        if self.axes != SEQUENCES:
            raise TypeError(f"{self.text} is not a sequence")
        yield self

    def __len__(self) -> int:
        return 1

    def __add__(self, other: Any) -> Code:
        return _infix(self, "+", other, ADD, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Code:
        return self if isinstance(other, int | float) and other == 0 else code(other) + self  # the 0 of Python's sum

    def __sub__(self, other: Any) -> Code:
        return _infix(self, "-", other, ADD, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Code:
        return code(other) - self

    def __mul__(self, other: Any) -> Code:
        other = code(other)
        for factor, rest in ((self, other), (other, self)):
            if factor.number == 1.0:
                return rest
            if factor.number == -1.0 and rest.number is None:
                return -rest
        if self == other and self.number is None:
            return Code(f"{self.within(ATOM)}**2", POW, self.axes)
        return _infix(self, "*", other, MUL, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Code:
        return code(other) * self

    def __truediv__(self, other: Any) -> Code:
        other = code(other)
        return self if other.number == 1.0 else _infix(self, "/", other, MUL, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Code:
        return code(other) / self

    def __neg__(self) -> Code:
        if self.number is not None:
            return literal(-self.number)
        operand = _as_number(self)
        return Code(f"-{operand.within(NEG)}", NEG, self.axes)


def code(x: Any) -> Code:
    """An expression as it is; a number as the literal that stands for it."""
    return x if isinstance(x, Code) else literal(float(x))


def literal(x: float) -> Code:
    """A number as it is written in Python."""
    if not math.isfinite(x):
        return Code(f"np.{x}" if x > 0 or x != x else "-np.inf", ATOM if x > 0 or x != x else NEG, NUMBER, x)
    text = str(int(x)) if x == int(x) and abs(x) < 1e16 else repr(x)
    return Code(text, NEG if text.startswith("-") else ATOM, NUMBER, x)


def _as_number(x: Code) -> Code:
    """A comparison as 1.0 and 0.0, for arithmetic in which NumPy's truth values are no numbers."""
    return Code(f"np.where({x.text}, 1.0, 0.0)", ATOM, x.axes) if x.tight == COMPARE else x


def aligned(a: Code, b: Code) -> tuple[Code, Code]:
    """The two with their axes brought in line, so that they broadcast."""

    def widened(x: Code, axes: int) -> Code:
        return Code(f"{x.within(ATOM)}[..., None]", ATOM, axes) if x.axes == NODES and axes == SEQUENCES else x

    return widened(a, b.axes), widened(b, a.axes)


def _infix(a: Code, sign: str, b: Any, tight: int, fold: Callable[[float, float], float]) -> Code:
    b = code(b)
    if a.number is not None and b.number is not None:
        return literal(fold(a.number, b.number))
    axes = max(a.axes, b.axes)
    a, b = aligned(a, b)
    if sign != "*" or a.tight == b.tight == COMPARE:
        a, b = _as_number(a), _as_number(b)
    # a - (b + c) and a / (b * c) keep their brackets; sums and products of three are written without
    right = tight + 1 if sign in "-/" or (sign == "*" and b.tight == MUL) else tight
    return Code(f"{a.within(tight)} {sign} {b.within(right)}", tight, axes)


def array_formulas(single: bool = False, hoist: Callable[[str, Code], Code] = lambda name, x: x) -> SimpleNamespace:
    """The namespace in which a row of the primitive table becomes NumPy code.

    Args:
        single: whether one node is computed: its sequences then lie along the last axis, which results keep with
            length 1.
        hoist: given a name and an expression that the formula may use more than once, returns what to write for it.
    """

    def reduce(method: str, sequence: Code) -> Code:
        text = f"{_as_number(sequence).within(ATOM)}.{method}(-1{', keepdims=True' if single else ''})"
        return Code(text, ATOM, NUMBER if single else NODES)

    def total(terms: Sequence[Code]) -> Code:
        (each,) = terms
        return reduce("sum", each)

    def extreme(method: str, pairwise: str) -> Callable[[Sequence[Any]], Code]:
        def choose(operands: Sequence[Any]) -> Code:
            operands = [code(operand) for operand in operands]
            if len(operands) == 1:
                return hoist(method, reduce(method, operands[0]))
            a, b = aligned(*operands)
            return Code(f"{pairwise}({a}, {b})", ATOM, max(a.axes, b.axes))

        return choose

    maximum, minimum = extreme("max", "np.maximum"), extreme("min", "np.minimum")

    def where(condition: Code | bool, a: Any, b: Any) -> Code:
        a, b = code(a), code(b)
        if isinstance(condition, bool):
            return a if condition else b
        if condition.sides is not None and condition.text == f"{condition.sides[0]} > {condition.sides[1]}":
            if (a, b) == condition.sides:
                return maximum((b, a))
            if (b, a) == condition.sides:
                return minimum((a, b))
        if (a.number, b.number) == (1.0, 0.0):
            return condition
        axes = max(condition.axes, a.axes, b.axes)
        parts = [aligned(part, Code("", ATOM, axes))[0] for part in (condition, a, b)]
        texts = [part.text if part.number is None else repr(part.number) for part in parts]  # 0.0: an array of floats
        return Code(f"np.where({', '.join(texts)})", ATOM, axes)

    def compare(sign: str, known: Callable[[float, float], bool]) -> Callable[[Any, Any], Code | bool]:
        def comparison(a: Any, b: Any) -> Code | bool:
            a, b = code(a), code(b)
            if a.number is not None and b.number is not None:
                return known(a.number, b.number)
            axes = max(a.axes, b.axes)
            a, b = aligned(a, b)
            return Code(f"{a.within(ADD)} {sign} {b.within(ADD)}", COMPARE, axes, sides=(a, b))

        return comparison

    def power(a: Any, b: Any) -> Code:
        a, b = code(a), code(b)
        if b.number == 1.0:
            return a
        axes = max(a.axes, b.axes)
        a, b = aligned(_as_number(a), _as_number(b))
        exponent = f"{b.number}" if b.number is not None and b.number < 0 else b.within(ATOM)
        return Code(f"{a.within(ATOM)}**{exponent}", POW, axes)

    def dot(a: Code, b: Code) -> Code:
        return reduce("sum", a * b)

    def call(name: str) -> Callable[[Any], Code]:
        return lambda x: Code(f"np.{name}({_as_number(code(x))})", ATOM, code(x).axes)

    return SimpleNamespace(
        **{name: call(name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "abs")},
        pow=power,
        sum=total,
        dot=dot,
        maximum=maximum,
        minimum=minimum,
        greater=compare(">", lambda a, b: a > b),
        equal=compare("==", lambda a, b: a == b),
        where=where,
    )
