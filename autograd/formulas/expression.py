r"""Expressions: what a row of the table computes, as a tree, exactly.

A row evaluated on `SYMBOLS` gives the tree of its formula, to be evaluated, changed, and written in any notation.

>>> from autograd import sigmoid
>>> o4, i4 = Name("o4"), Name("i4")
>>> (partial,) = sigmoid.partials(SYMBOLS, o4, i4)
>>> partial
o4 × (1 − o4)
>>> partial.substitute({o4: 0.332})
0.332 × (1 − 0.332)
>>> round(partial.evaluate({o4: 0.332}), 4)
0.2218
>>> print(partial.text(ascii=True), partial.latex(), sep="\n")
o4 * (1 - o4)
o_{4} \times \left(1 - o_{4}\right)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import reduce
from numbers import Real
from threading import RLock
from typing import Any
from weakref import WeakValueDictionary

from autograd.formulas.digits import number
from autograd.formulas.notation import ASCII, LATEX, LONGEST_SUM, MATHML, TEXT
from autograd.numbers import FLOATS, FUNCTIONS, Reading, ascending_sum

_ALL: WeakValueDictionary[tuple[Any, ...], Expression] = WeakValueDictionary()
_LOCK = RLock()  # a second expression of the same parts would not equal the first


class Expression:
    """An operation and its operands, which are expressions; or a leaf, which is a `Name`, a `Number` or a `Figure`.

    It is exact: each number is the float that it is, and each operation is the one that is computed, so that ``expm1``
    is told from ``exp − 1``, though both are read alike. It takes part in arithmetic. It never changes, and there is
    one of a kind: what is made of the same parts is the same object, so that equal parts are shared, however often
    they occur, and a test for equality is one for identity.

    Attributes:
        kind: what is computed: add, sub, mul, div, neg or one of `autograd.numbers.FUNCTIONS`; "product" for the
            factors of a chain rule; or what is written only: a sign, such as "=", between the sides of an `equation`,
            or "call" for a function that goes by its name.
        operands: of what.
    """

    __slots__ = ("__weakref__", "kind", "operands")

    kind: str
    operands: tuple[Expression, ...]
    word: str = ""  # these are the leaves'
    mark: str = ""
    value: float = math.nan
    digits: int = 0

    def __new__(cls, kind: str, *operands: Expression) -> Expression:
        made: Expression = _the(cls, (kind, *operands), kind=kind, operands=operands)
        return made

    def __add__(self, other: Any) -> Expression:
        return Expression("add", self, expression(other))

    def __radd__(self, other: Any) -> Expression:
        return expression(other) + self

    def __sub__(self, other: Any) -> Expression:
        return Expression("sub", self, expression(other))

    def __rsub__(self, other: Any) -> Expression:
        return expression(other) - self

    def __mul__(self, other: Any) -> Expression:
        return Expression("mul", self, expression(other))

    def __rmul__(self, other: Any) -> Expression:
        return expression(other) * self

    def __truediv__(self, other: Any) -> Expression:
        return Expression("div", self, expression(other))

    def __rtruediv__(self, other: Any) -> Expression:
        return expression(other) / self

    def __pow__(self, other: Any) -> Expression:
        return Expression("pow", self, expression(other))

    def __rpow__(self, other: Any) -> Expression:
        return expression(other) ** self

    def __neg__(self) -> Expression:
        return Expression("neg", self)

    def parts(self, whole: Container[Expression] = ()) -> list[Expression]:
        """All that the expression is made of, and itself: each once, after its own operands, from left to right.

        Args:
            whole: parts that are not taken apart.
        """
        parts: dict[Expression, None] = {}
        waiting = [self]
        while waiting:
            part = waiting.pop()
            missing = [] if part in whole else [operand for operand in part.operands if operand not in parts]
            if missing:
                waiting += [part, *reversed(missing)]
            else:
                parts[part] = None
        return list(parts)

    def reached(self, leads_to: Callable[[Expression], Iterable[Expression]]) -> list[Expression]:
        """The parts that are reached from the expression, itself first, where a choice leads to some of its operands.

        Args:
            leads_to: given a choice, whose operands are a condition, what is taken where it holds, and what otherwise,
                returns those that it leads to.
        """
        reached: dict[Expression, None] = {}
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part not in reached:
                reached[part] = None
                waiting += reversed([*leads_to(part)] if part.kind == "where" else part.operands)
        return list(reached)

    def leaves(self) -> list[Expression]:
        """The names and numbers in it, each once."""
        return [part for part in self.parts() if not part.operands]

    def rebuilt(
        self, change: Callable[[Expression, Expression], Expression], known: dict[Expression, Expression] | None = None
    ) -> Expression:
        """The expression with each of its parts changed, operands first.

        Args:
            change: given a part, and that part with its operands already changed, returns what to put in its place.
            known: what has been put in the place of parts by the same change; more is added.
        """
        new: dict[Expression, Expression] = {} if known is None else known
        for part in self.parts(whole=new):
            if part in new:
                continue
            operands = [new[operand] for operand in part.operands]
            new[part] = change(part, Expression(part.kind, *operands) if operands else part)
        return new[self]

    def substitute(self, pieces: Mapping[Expression, Expression | float]) -> Expression:
        """The expression with something else in place of each part that is named: a number for a name, say."""
        return self.rebuilt(lambda part, new: expression(pieces[part]) if part in pieces else new)

    def settle(self, numbers: Mapping[Expression, float]) -> Expression:
        """The expression with each choice made, as it falls out for these numbers."""

        def chosen(part: Expression, new: Expression) -> Expression:
            if new.kind != "where":
                return new
            condition, a, b = new.operands
            return a if condition.evaluate(numbers) else b

        return self.rebuilt(chosen)

    def evaluate(self, numbers: Mapping[Expression, float]) -> float:
        """What the expression comes to, as the scalar engine computes it; 1.0 or 0.0 for a comparison.

        Args:
            numbers: what each name stands for; or any other part.

        Raises:
            ValueError: a name has no number, or what is written only is to be computed; or Python says so.
            ArithmeticError: as Python says.
        """
        values: dict[Expression, Any] = {}
        for part in self.parts(whole=numbers):
            if part in numbers:
                values[part] = numbers[part]
            elif isinstance(part, Number | Figure):
                values[part] = part.value
            elif part.kind in _OPERATIONS:
                values[part] = _OPERATIONS[part.kind](*[values[operand] for operand in part.operands])
            else:
                raise ValueError(f"{part} has no number")
        return float(values[self])

    def text(self, *, ascii: bool = False, digits: int = 12, longest: int = LONGEST_SUM) -> str:
        """The expression on one line, in Unicode; or in ASCII, where Python and SymPy read it too (``^`` is a power).

        Args:
            ascii: whether to do without signs such as × and letters such as σ.
            digits: significant digits of its numbers; a figure has digits of its own.
            longest: the most terms that a sum is written with; one of more has an ellipsis.
        """
        return (ASCII if ascii else TEXT).write(self, digits, longest)

    def latex(self, *, digits: int = 12, longest: int = LONGEST_SUM) -> str:
        """The expression in LaTeX with amsmath, for the inside of ``$...$``; names are escaped. See `text`."""
        return LATEX.write(self, digits, longest)

    def mathml(self, *, digits: int = 12, longest: int = LONGEST_SUM) -> str:
        """The expression as the inside of a MathML ``<math>`` element; names are escaped. See `text`."""
        return MATHML.write(self, digits, longest)

    def __repr__(self) -> str:
        return self.text()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an expression never changes")

    def __reduce__(self) -> tuple[Any, ...]:
        return Expression, (self.kind, *self.operands)


class Name(Expression):
    """What a quantity is called.

    Attributes:
        word: its name, which may be any text: a Name is no number, even one called "2".
        mark: "∂" for the quantity's change, "δ" for its delta, the gradient of a node where paths meet; "" for itself.
    """

    __slots__ = ("mark", "word")

    def __new__(cls, word: str, mark: str = "") -> Name:
        name: Name = _the(cls, (word, mark), kind="name", operands=(), word=word, mark=mark)
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        return Name, (self.word, self.mark)


class Number(Expression):
    """A number of a formula, such as the 2 of x^2.

    Attributes:
        value: what it is.
    """

    __slots__ = ("value",)

    def __new__(cls, value: float) -> Number:
        # 0.0 and −0.0 are two numbers, and NaN is one
        number: Number = _the(cls, (repr(float(value)),), kind="number", operands=(), value=float(value))
        return number

    def __reduce__(self) -> tuple[Any, ...]:
        return Number, (self.value,)


class Figure(Expression):
    """A number that is put in for a quantity, as it is shown: what is not shown of it is gone.

    A formula with figures looks as it does with the names: a power of b whose figure is 1 is still written as a power.

    Attributes:
        value: the number, rounded.
        digits: how many significant digits it is shown with.
    """

    __slots__ = ("digits", "value")

    def __new__(cls, value: float, digits: int) -> Figure:
        shown = number(value, digits)
        figure: Figure = _the(cls, (shown, digits), kind="figure", operands=(), value=float(shown), digits=digits)
        return figure

    def __reduce__(self) -> tuple[Any, ...]:
        return Figure, (self.value, self.digits)


def _the(cls: type[Expression], key: tuple[Any, ...], /, **attributes: Any) -> Any:
    """The one expression of this class and key."""
    with _LOCK:
        made = _ALL.get((cls, *key))
        if made is None:
            made = object.__new__(cls)
            for name, value in attributes.items():
                object.__setattr__(made, name, value)
            _ALL[(cls, *key)] = made
    return made


def expression(x: Any) -> Expression:
    """An expression as it is; a number as a leaf. Anything else raises TypeError."""
    if isinstance(x, Expression):
        return x
    if not isinstance(x, Real):
        raise TypeError(f"an expression is made of expressions and numbers, got {type(x).__name__} {x!r}")
    return Number(float(x))


def product(factors: Sequence[Expression]) -> Expression:
    """The factors of a chain rule, each of which is to be told from the next: ``o4·(1 − o4) × w46``."""
    return factors[0] if len(factors) == 1 else Expression("product", *factors)


def total(terms: Sequence[Expression]) -> Expression:
    """The sum of the terms, all of which are written."""
    return terms[0] if len(terms) == 1 else Expression("add", *terms)


def quotient(of: str, by: str) -> Expression:
    """The derivative of one named quantity by another, as a fraction of their changes."""
    return Name(of, "∂") / Name(by, "∂")


def equation(*sides: Expression, sign: str = "=") -> Expression:
    """Sides with a sign between them: ``a = b = c``."""
    return Expression(sign, *sides)


def call(function: str, *operands: Expression) -> Expression:
    """A function that goes by its name: ``σ(i4)``."""
    return Expression("call", Name(function), *operands)


# ---- The table's rows as expressions ------------------------------------------------------------------------------


def _on_operands(kind: str) -> Callable[..., Expression]:
    return lambda *operands: Expression(kind, *map(expression, operands))


def _on_sequence(kind: str) -> Callable[[Iterable[Any]], Expression]:
    def made(operands: Iterable[Any]) -> Expression:
        first, *others = map(expression, operands)
        return Expression(kind, first, *others) if others else first

    return made


def _sum(terms: Iterable[Any]) -> Expression:
    return _on_sequence("sum")([*terms] or [0.0])


def _softmax(z: Iterable[Any]) -> list[Expression]:
    """As it is computed, with what all share in an order of its own: p_2 of z2, z3, z1 is that of z1, z2, z3."""
    operands = [*map(expression, z)]
    texts = {operand: operand.text() for operand in operands}
    ordered = sorted(operands, key=lambda operand: (len(texts[operand]), texts[operand]))
    top = SYMBOLS.maximum(ordered)
    whole = _on_sequence("ascending_sum")([SYMBOLS.exp(x - top) for x in ordered])
    return [SYMBOLS.exp(x - top) / whole for x in operands]


SYMBOLS = Reading(
    **{name: _on_operands(name) for name in FUNCTIONS}
    | {"sum": _sum, "dot": lambda a, b: _sum([expression(p) * q for p, q in zip(a, b)])}
    | {name: _on_sequence(name) for name in ("maximum", "minimum")}
    | {"softmax": _softmax}
)

_OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(FLOATS, name) for name in FUNCTIONS},
    **{"sub": operator.sub, "div": operator.truediv, "neg": operator.neg, "mul": operator.mul},
    "add": lambda *terms: reduce(operator.add, terms),
    "product": lambda *factors: reduce(operator.mul, factors),
    "ascending_sum": lambda *terms: ascending_sum(terms),
    **{name: lambda *xs, name=name: getattr(FLOATS, name)(xs) for name in ("sum", "maximum", "minimum")},
}
