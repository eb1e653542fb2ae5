"""Expressions of array code: a row of the primitive table, evaluated on these, writes the line that computes it.

>>> import autograd
>>> x = ArrayExpression("x")
>>> (partial,) = autograd.primitives.tanh.partials(array_formulas(), ArrayExpression("y"), x)
>>> print(partial)
1 - y**2
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.numbers import Reading

CASES, COMPARE, ADD, MATMUL, MUL, NEG, POW, ATOM = range(8)  # how tightly an expression binds

# Terms of one expression, for Python's parser recurses over them; and letters of one that is not given a name.
MOST_TERMS, MOST_LETTERS = 100, 100

# How many axes an expression has after the batch's: none for a number (or an array that broadcasts as it is), one for a
# number a node, two where each node has a sequence of them, the inputs of an n-ary operation.
NUMBER, NODES, SEQUENCES = range(3)


@dataclass(frozen=True)
class ArrayExpression:
    """An expression whose value is an array, as Python code.

    Attributes:
        text: how it is written.
        precedence: how tightly its outermost operation binds.
        axes: how many axes it has, see above.
        batched: whether it has the axis of the examples.
        per_node: whether it has an entry of its own for each node of a group, rather than one for all of them.
        number: its value, where that is known when it is written.
        sides: the two sides, where it is `a > b` or a matrix product.
        negated: what it is the negative of, where it is written as one.
        scaled: the number and what it multiplies, where it is written as such a product.
        numerator: what is divided by m, the number of examples, where it is written so.
    """

    text: str
    precedence: int = ATOM
    axes: int = NODES
    batched: bool = False
    per_node: bool = False
    number: float | None = None
    sides: tuple[ArrayExpression, ArrayExpression] | None = None
    negated: ArrayExpression | None = None
    scaled: tuple[float, ArrayExpression] | None = None
    numerator: ArrayExpression | None = None

    def __str__(self) -> str:
        return self.text

    def within(self, precedence: int) -> str:
        """The text, in brackets where it binds less tightly than what it becomes an operand of."""
        return self.text if self.precedence >= precedence else f"({self.text})"

    def as_float(self, precedence: int = CASES) -> str:
        """The text, but a number as a float: 0.0."""
        known = self.number is not None and math.isfinite(self.number)
        return repr(self.number) if known else self.within(precedence)

    @property
    def uniform(self) -> bool:
        """Whether it is one number, the same for every node and example."""
        return self.number is not None or (self.numerator is not None and self.numerator.number is not None)

    def reshaped(self, axes: int) -> ArrayExpression:
        """The same text, taken to have other axes."""
        negated, numerator = [part and part.reshaped(axes) for part in (self.negated, self.numerator)]
        scaled = self.scaled and (self.scaled[0], self.scaled[1].reshaped(axes))
        return replace(self, axes=axes, negated=negated, scaled=scaled, numerator=numerator)

    def __iter__(self) -> Iterator[ArrayExpression]:
        """A sequence stands for each of its elements: what a formula does with one is done with all."""
        if self.axes != SEQUENCES:
            raise TypeError(f"{self.text} is not a sequence")
        yield self

    def __len__(self) -> int:
        return 1

    def __add__(self, other: Any) -> ArrayExpression:
        other = as_expression(other)
        if other.negated is not None:
            difference: ArrayExpression = self - other.negated
            return difference
        if self.numerator is not None and other.numerator is not None:
            return over_m(self.numerator + other.numerator)
        return _infix(self, "+", other, ADD, lambda a, b: a + b)

    def __radd__(self, other: Any) -> ArrayExpression:
        is_start = isinstance(other, int | float) and other == 0  # where Python's sum starts
        return self if is_start else as_expression(other) + self

    def __sub__(self, other: Any) -> ArrayExpression:
        return _infix(self, "-", other, ADD, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> ArrayExpression:
        return as_expression(other) - self

    def __mul__(self, other: Any) -> ArrayExpression:
        other = as_expression(other)
        for factor, rest in ((self, other), (other, self)):
            if factor.number == 1.0:
                return rest
            if factor.number == -1.0:
                return -rest
            if factor.numerator is not None:
                return over_m(factor.numerator * rest)
            if factor.negated is not None:
                return -(factor.negated * rest)
        if self.number is None and other.number is not None:
            self, other = other, self
        if self.number is not None and other.number is None:
            if other.scaled is not None:
                product: ArrayExpression = literal(self.number * other.scaled[0]) * other.scaled[1]
                return product
            return replace(_infix(self, "*", other, MUL, lambda a, b: a * b), scaled=(self.number, other))
        if self == other and self.number is None:
            return replace(self, text=f"{self.within(ATOM)}**2", precedence=POW, sides=None, scaled=None)
        return _infix(self, "*", other, MUL, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> ArrayExpression:
        return as_expression(other) * self

    def __truediv__(self, other: Any) -> ArrayExpression:
        other = as_expression(other)
        return self if other.number == 1.0 else _infix(self, "/", other, MUL, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> ArrayExpression:
        return as_expression(other) / self

    def __neg__(self) -> ArrayExpression:
        if self.number is not None:
            return literal(-self.number)
        if self.numerator is not None:
            return over_m(-self.numerator)
        if self.negated is not None:
            return self.negated
        text = f"-{as_number(self).within(NEG)}"
        return replace(self, text=text, precedence=NEG, sides=None, scaled=None, negated=self)


# Given a name and an expression that a formula may use more than once, writes a line for it; gives what reads that.
Hoist = Callable[[str, ArrayExpression], ArrayExpression]


def over_m(x: ArrayExpression) -> ArrayExpression:
    """An expression divided by m, the number of examples: what each of them contributes to a mean."""
    text = f"{x.within(MUL)} / m"
    return replace(x, text=text, precedence=MUL, number=None, sides=None, negated=None, scaled=None, numerator=x)


def as_expression(x: Any) -> ArrayExpression:
    """An expression as it is; a number as the literal that stands for it."""
    return x if isinstance(x, ArrayExpression) else literal(float(x))


def literal(x: float) -> ArrayExpression:
    """A number as it is written in Python."""
    if not math.isfinite(x):
        return ArrayExpression("-np.inf" if x < 0 else f"np.{x}", NEG if x < 0 else ATOM, NUMBER, number=x)
    text = str(int(x)) if x == int(x) and abs(x) < 1e16 else repr(x)
    return ArrayExpression(text, NEG if text.startswith("-") else ATOM, NUMBER, number=x)


def as_number(x: ArrayExpression) -> ArrayExpression:
    """A comparison as 1.0 and 0.0, for arithmetic in which NumPy's truth values are no numbers."""
    if x.precedence != COMPARE:
        return x
    return replace(x, text=f"np.where({x.text}, 1.0, 0.0)", precedence=ATOM, sides=None)


def aligned(*parts: ArrayExpression) -> list[ArrayExpression]:
    """The parts with their axes brought in line, so that they broadcast."""
    axes = max([part.axes for part in parts])
    return [
        ArrayExpression(f"{part.within(ATOM)}[..., None]", ATOM, axes, part.batched, part.per_node)
        if part.axes == NODES and axes == SEQUENCES
        else part
        for part in parts
    ]


def matmul(a: ArrayExpression, b: ArrayExpression) -> ArrayExpression:
    """A matrix product."""
    text = f"{a.within(MATMUL)} @ {b.within(NEG)}"
    return ArrayExpression(text, MATMUL, batched=a.batched or b.batched, sides=(a, b))


def compound(text: str, precedence: int, *parts: ArrayExpression) -> ArrayExpression:
    """An expression made of parts."""
    axes, batched, per_node = zip(*[(part.axes, part.batched, part.per_node) for part in parts])
    return ArrayExpression(text, precedence, max(axes), any(batched), any(per_node))


def _infix(
    a: ArrayExpression, sign: str, b: Any, precedence: int, fold: Callable[[float, float], float]
) -> ArrayExpression:
    a, b = aligned(a, as_expression(b))
    if a.number is not None and b.number is not None:
        with np.errstate(all="ignore"):
            return literal(float(fold(np.float64(a.number), np.float64(b.number))))
    if sign != "*" or a.precedence == b.precedence == COMPARE:
        a, b = as_number(a), as_number(b)
    # a - (b + c) and a / (b * c) keep their brackets; sums and products of three are written without
    right = precedence + 1 if sign in "-/" or b.precedence == MUL == precedence else precedence
    return compound(f"{a.within(precedence)} {sign} {b.within(right)}", precedence, a, b)


def array_formulas(single: bool = False, hoist: Hoist = lambda name, x: x) -> Reading:
    """The namespace in which a row of the primitive table becomes NumPy code.

    Args:
        single: whether one node is computed: its sequences then lie along the last axis, which results keep with
            length 1.
        hoist: given a name and an expression that the formula may use more than once, returns what to write for it.
    """

    powers: set[ArrayExpression] = set()

    def reduce(method: str, sequence: ArrayExpression) -> ArrayExpression:
        text = f"{as_number(sequence).within(ATOM)}.{method}(-1{', keepdims=True' if single else ''})"
        return ArrayExpression(text, ATOM, NUMBER if single else NODES, sequence.batched, sequence.per_node)

    def total(terms: Sequence[ArrayExpression]) -> ArrayExpression:
        (each,) = terms
        whole = reduce("sum", each)
        return hoist("sum", whole) if each in powers else whole

    def extreme(method: str, pairwise: str) -> Callable[[Sequence[Any]], ArrayExpression]:
        def choose(operands: Sequence[Any]) -> ArrayExpression:
            parts = [as_expression(operand) for operand in operands]
            if len(parts) == 1:
                return hoist(method, reduce(method, parts[0]))
            parts = aligned(*parts)
            return compound(f"{pairwise}({', '.join(map(str, parts))})", ATOM, *parts)

        return choose

    maximum, minimum = extreme("max", "np.maximum"), extreme("min", "np.minimum")

    def where(condition: ArrayExpression | bool, then: Any, otherwise: Any) -> ArrayExpression:
        a, b = as_expression(then), as_expression(otherwise)
        if isinstance(condition, bool):
            return a if condition else b
        if condition.sides is not None:
            if (a, b) == condition.sides:
                return maximum((b, a))
            if (b, a) == condition.sides:
                return minimum((a, b))
        if (a.number, b.number) == (1.0, 0.0):
            return condition
        parts = aligned(condition, a, b)
        return compound(f"np.where({', '.join([part.as_float() for part in parts])})", ATOM, *parts)

    def compare(sign: str, known: Callable[[float, float], bool]) -> Callable[[Any, Any], ArrayExpression | bool]:
        def compared(a: Any, b: Any) -> ArrayExpression | bool:
            a, b = aligned(as_expression(a), as_expression(b))
            if a.number is not None and b.number is not None:
                return known(a.number, b.number)
            comparison = compound(f"{a.within(ADD)} {sign} {b.within(ADD)}", COMPARE, a, b)
            return replace(comparison, sides=(a, b)) if sign == ">" else comparison

        return compared

    def power(base: Any, exponent: Any) -> ArrayExpression:
        a, b = aligned(as_number(as_expression(base)), as_number(as_expression(exponent)))
        if b.number == 1.0:
            return a
        raised = repr(b.number) if b.number is not None and b.number < 0 else b.within(ATOM)
        return compound(f"{a.within(ATOM)}**{raised}", POW, a, b)

    def dot(a: ArrayExpression, b: ArrayExpression) -> ArrayExpression:
        if single and not a.batched and not b.batched:
            a, b = as_number(a), as_number(b)
            return ArrayExpression(f"({a.within(NEG)} @ {b.within(NEG)})[None]", ATOM, NUMBER)
        product = compound(f"np.vecdot({as_number(a)}, {as_number(b)})", ATOM, a, b)
        return replace(product, text=f"{product}[:, None]", axes=NUMBER) if single else replace(product, axes=NODES)

    def call(name: str) -> Callable[[Any], ArrayExpression]:
        return lambda x: compound(f"np.{name}({as_number(as_expression(x))})", ATOM, as_expression(x))

    def exp(x: Any) -> ArrayExpression:
        power = call("exp")(x)
        if power.axes == SEQUENCES:  # then softmax and its kin use them again, and their sum
            power = hoist("exp", power)
            powers.add(power)
        return power

    def softmax(z: Sequence[Any]) -> list[ArrayExpression]:
        parts = [as_expression(part) for part in z]
        tops = [maximum([part]) if part.axes == SEQUENCES else part for part in parts]
        top = hoist("max", maximum(tops)) if len(tops) > 1 else tops[0]
        shares = [exp(part - top) for part in parts]
        whole = sum([total([share]) if share.axes == SEQUENCES else share for share in shares])
        return [share / whole for share in shares]

    return Reading(
        **{name: call(name) for name in ("expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "arctan", "abs")},
        exp=exp,
        sigmoid=lambda x: 1 / (1 + call("exp")(-as_expression(x))),
        softmax=softmax,
        pow=power,
        sum=total,
        dot=dot,
        maximum=maximum,
        minimum=minimum,
        greater=compare(">", lambda a, b: a > b),
        equal=compare("==", lambda a, b: a == b),
        where=where,
    )


def shape_of(array: NDArray[Any]) -> str:
    """The shape of an array, as it is written in a call."""
    return str(array.size if array.ndim == 1 else array.shape)
