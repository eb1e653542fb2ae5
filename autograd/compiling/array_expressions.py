"""Python code: a row of the primitive table, evaluated on expressions, writes the line that computes it.

>>> import autograd
>>> x = Code("x")
>>> (partial,) = autograd.primitives.tanh.partials(array_formulas(), Code("y"), x)
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
LONGEST, WIDEST = 100, 100

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
        batched: whether it has the axis of the examples.
        wide: whether it has an entry of its own for each node of a group, rather than one for all of them.
        number: its value, where that is known when it is written.
        sides: the two sides, where it is `a > b` or a matrix product.
        negated: what it is the negative of, where it is written as one.
        scaled: the number and what it multiplies, where it is written as such a product.
        mth_of: what it is the m-th part of, where it is written as that; m is the number of examples.
    """

    text: str
    tight: int = ATOM
    axes: int = NODES
    batched: bool = False
    wide: bool = False
    number: float | None = None
    sides: tuple[Code, Code] | None = None
    negated: Code | None = None
    scaled: tuple[float, Code] | None = None
    mth_of: Code | None = None

    def __str__(self) -> str:
        return self.text

    def within(self, tight: int) -> str:
        """The text, in brackets where it binds less tightly than what it becomes an operand of."""
        return self.text if self.tight >= tight else f"({self.text})"

    def as_float(self, tight: int = CASES) -> str:
        """The text, but a number as a float: 0.0."""
        known = self.number is not None and math.isfinite(self.number)
        return repr(self.number) if known else self.within(tight)

    @property
    def uniform(self) -> bool:
        """Whether it is one number, the same for every node and example."""
        return self.number is not None or (self.mth_of is not None and self.mth_of.number is not None)

    def reshaped(self, axes: int) -> Code:
        """The same text, taken to have other axes."""
        negated, mth_of = [part and part.reshaped(axes) for part in (self.negated, self.mth_of)]
        scaled = self.scaled and (self.scaled[0], self.scaled[1].reshaped(axes))
        return replace(self, axes=axes, negated=negated, scaled=scaled, mth_of=mth_of)

    def __iter__(self) -> Iterator[Code]:
        """A sequence stands for each of its elements: what a formula does with one is done with all."""
        if self.axes != SEQUENCES:
            raise TypeError(f"{self.text} is not a sequence")
        yield self

    def __len__(self) -> int:
        return 1

    def __add__(self, other: Any) -> Code:
        other = code(other)
        if other.negated is not None:
            difference: Code = self - other.negated
            return difference
        if self.mth_of is not None and other.mth_of is not None:
            return mth_part(self.mth_of + other.mth_of)
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
            if factor.number == -1.0:
                return -rest
            if factor.mth_of is not None:
                return mth_part(factor.mth_of * rest)
            if factor.negated is not None:
                return -(factor.negated * rest)
        if self.number is None and other.number is not None:
            self, other = other, self
        if self.number is not None and other.number is None:
            if other.scaled is not None:
                product: Code = literal(self.number * other.scaled[0]) * other.scaled[1]
                return product
            return replace(_infix(self, "*", other, MUL, lambda a, b: a * b), scaled=(self.number, other))
        if self == other and self.number is None:
            return replace(self, text=f"{self.within(ATOM)}**2", tight=POW, sides=None, scaled=None)
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
        if self.mth_of is not None:
            return mth_part(-self.mth_of)
        if self.negated is not None:
            return self.negated
        text = f"-{as_number(self).within(NEG)}"
        return replace(self, text=text, tight=NEG, sides=None, scaled=None, negated=self)


def mth_part(x: Code) -> Code:
    """An expression over m, the number of examples: each one's share in a mean."""
    text = f"{x.within(MUL)} / m"
    return replace(x, text=text, tight=MUL, number=None, sides=None, negated=None, scaled=None, mth_of=x)


def code(x: Any) -> Code:
    """An expression as it is; a number as the literal that stands for it."""
    return x if isinstance(x, Code) else literal(float(x))


def literal(x: float) -> Code:
    """A number as it is written in Python."""
    if not math.isfinite(x):
        return Code("-np.inf" if x < 0 else f"np.{x}", NEG if x < 0 else ATOM, NUMBER, number=x)
    text = str(int(x)) if x == int(x) and abs(x) < 1e16 else repr(x)
    return Code(text, NEG if text.startswith("-") else ATOM, NUMBER, number=x)


def as_number(x: Code) -> Code:
    """A comparison as 1.0 and 0.0, for arithmetic in which NumPy's truth values are no numbers."""
    if x.tight != COMPARE:
        return x
    return replace(x, text=f"np.where({x.text}, 1.0, 0.0)", tight=ATOM, sides=None)


def aligned(*parts: Code) -> list[Code]:
    """The parts with their axes brought in line, so that they broadcast."""
    axes = max([part.axes for part in parts])
    return [
        Code(f"{part.within(ATOM)}[..., None]", ATOM, axes, part.batched, part.wide)
        if part.axes == NODES and axes == SEQUENCES
        else part
        for part in parts
    ]


def matmul(a: Code, b: Code) -> Code:
    """A matrix product."""
    text = f"{a.within(MATMUL)} @ {b.within(NEG)}"
    return Code(text, MATMUL, batched=a.batched or b.batched, sides=(a, b))


def made(text: str, tight: int, *parts: Code) -> Code:
    """An expression made of parts."""
    axes, batched, wide = zip(*[(part.axes, part.batched, part.wide) for part in parts])
    return Code(text, tight, max(axes), any(batched), any(wide))


def _infix(a: Code, sign: str, b: Any, tight: int, fold: Callable[[float, float], float]) -> Code:
    a, b = aligned(a, code(b))
    if a.number is not None and b.number is not None:
        with np.errstate(all="ignore"):
            return literal(float(fold(np.float64(a.number), np.float64(b.number))))
    if sign != "*" or a.tight == b.tight == COMPARE:
        a, b = as_number(a), as_number(b)
    # a - (b + c) and a / (b * c) keep their brackets; sums and products of three are written without
    right = tight + 1 if sign in "-/" or b.tight == MUL == tight else tight
    return made(f"{a.within(tight)} {sign} {b.within(right)}", tight, a, b)


def array_formulas(single: bool = False, hoist: Callable[[str, Code], Code] = lambda name, x: x) -> Reading:
    """The namespace in which a row of the primitive table becomes NumPy code.

    Args:
        single: whether one node is computed: its sequences then lie along the last axis, which results keep with
            length 1.
        hoist: given a name and an expression that the formula may use more than once, returns what to write for it.
    """

    def reduce(method: str, sequence: Code) -> Code:
        text = f"{as_number(sequence).within(ATOM)}.{method}(-1{', keepdims=True' if single else ''})"
        return Code(text, ATOM, NUMBER if single else NODES, sequence.batched, sequence.wide)

    def total(terms: Sequence[Code]) -> Code:
        (each,) = terms
        return reduce("sum", each)

    def extreme(method: str, pairwise: str) -> Callable[[Sequence[Any]], Code]:
        def choose(operands: Sequence[Any]) -> Code:
            parts = [code(operand) for operand in operands]
            if len(parts) == 1:
                return hoist(method, reduce(method, parts[0]))
            parts = aligned(*parts)
            return made(f"{pairwise}({', '.join(map(str, parts))})", ATOM, *parts)

        return choose

    maximum, minimum = extreme("max", "np.maximum"), extreme("min", "np.minimum")

    def where(condition: Code | bool, then: Any, otherwise: Any) -> Code:
        a, b = code(then), code(otherwise)
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
        return made(f"np.where({', '.join([part.as_float() for part in parts])})", ATOM, *parts)

    def compare(sign: str, known: Callable[[float, float], bool]) -> Callable[[Any, Any], Code | bool]:
        def compared(a: Any, b: Any) -> Code | bool:
            a, b = aligned(code(a), code(b))
            if a.number is not None and b.number is not None:
                return known(a.number, b.number)
            comparison = made(f"{a.within(ADD)} {sign} {b.within(ADD)}", COMPARE, a, b)
            return replace(comparison, sides=(a, b)) if sign == ">" else comparison

        return compared

    def power(base: Any, exponent: Any) -> Code:
        a, b = aligned(as_number(code(base)), as_number(code(exponent)))
        if b.number == 1.0:
            return a
        raised = repr(b.number) if b.number is not None and b.number < 0 else b.within(ATOM)
        return made(f"{a.within(ATOM)}**{raised}", POW, a, b)

    def dot(a: Code, b: Code) -> Code:
        if single and not a.batched and not b.batched:
            a, b = as_number(a), as_number(b)
            return Code(f"({a.within(NEG)} @ {b.within(NEG)})[None]", ATOM, NUMBER)
        product = made(f"np.vecdot({as_number(a)}, {as_number(b)})", ATOM, a, b)
        return replace(product, text=f"{product}[:, None]", axes=NUMBER) if single else replace(product, axes=NODES)

    def call(name: str) -> Callable[[Any], Code]:
        return lambda x: made(f"np.{name}({as_number(code(x))})", ATOM, code(x))

    return Reading(
        **{
            name: call(name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "arctan", "abs")
        },
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
