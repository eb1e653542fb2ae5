"""Formulas: the rows of the table evaluated on symbols, and written as text or as MathML.

>>> from autograd import sigmoid
>>> o4 = Symbol("o4")
>>> (partial,) = sigmoid.partials(SYMBOLS, o4, Symbol("i4"))
>>> partial.text()
'o4 × (1 − o4)'
>>> partial.substitute({"o4": "0.332"}).text()
'0.332 × (1 − 0.332)'
"""

from __future__ import annotations

import html
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from autograd.namespaces import FLOATS

# How tightly an operation binds; an operand that binds less tightly is put in brackets.
_TIGHTNESS = {"cases": 0, "compare": 1, "add": 2, "mul": 3, "neg": 4, "div": 5, "pow": 6, "call": 7, "leaf": 8}
_LONGEST_SUM = 6  # terms; a longer sum is written with an ellipsis


@dataclass(frozen=True)
class Formula:
    """A formula as a tree: an operation, its operands, and a word where it needs one.

    It takes part in arithmetic, so that a row of the primitive table can be evaluated on it.
    """

    kind: str  # a key of _TIGHTNESS
    operands: tuple[Formula, ...] = ()
    word: str = ""  # a leaf's name or number, a call's function, a comparison's sign

    def __add__(self, other: Any) -> Formula:
        return Formula("add", (self, _formula(other)))

    def __radd__(self, other: Any) -> Formula:
        return _formula(other) + self

    def __sub__(self, other: Any) -> Formula:
        return Formula("add", (self, Formula("neg", (_formula(other),))))

    def __rsub__(self, other: Any) -> Formula:
        return _formula(other) - self

    def __mul__(self, other: Any) -> Formula:
        other = _formula(other)
        return self**2 if other == self and self.kind != "leaf" else Formula("mul", (self, other))

    def __rmul__(self, other: Any) -> Formula:
        return _formula(other) * self

    def __truediv__(self, other: Any) -> Formula:
        return Formula("div", (self, _formula(other)))

    def __rtruediv__(self, other: Any) -> Formula:
        return _formula(other) / self

    def __pow__(self, other: Any) -> Formula:
        return Formula("pow", (self, _formula(other)))

    def __neg__(self) -> Formula:
        return Formula("neg", (self,))

    def __array_ufunc__(self, function: Any, method: str, *operands: Any, **options: Any) -> Any:
        """NumPy's roots and maxima of formulas are formulas, so that what is written for arrays can be told too."""
        if method != "__call__" or function.__name__ not in ("sqrt", "maximum") or options:
            return NotImplemented
        return SYMBOLS.sqrt(*operands) if function.__name__ == "sqrt" else SYMBOLS.maximum(operands)

    def replace(self, pieces: Mapping[Formula, Formula]) -> Formula:
        """The formula with another in place of each piece that has one."""
        if self in pieces:
            return pieces[self]
        return Formula(self.kind, tuple([operand.replace(pieces) for operand in self.operands]), self.word)

    def substitute(self, numbers: Mapping[str, str]) -> Formula:
        """The formula with a number, as it is to be written, in place of each name that has one."""
        if self.kind == "leaf":
            return Symbol(numbers[self.word]) if self.word in numbers else self
        return Formula(self.kind, tuple([operand.substitute(numbers) for operand in self.operands]), self.word)

    def settle(self, numbers: Mapping[str, float]) -> Formula:
        """The formula with each choice between cases made, as it falls out for these numbers."""
        operands = tuple([operand.settle(numbers) for operand in self.operands])
        if self.kind == "cases":
            return operands[0] if operands[1].evaluate(numbers) else operands[2]
        return Formula(self.kind, operands, self.word)

    def evaluate(self, numbers: Mapping[str, float]) -> float:
        """What the formula comes to when each name stands for its number."""
        if self.kind == "leaf":
            return numbers[self.word] if self.word in numbers else _KNOWN.get(self.word) or float(self.word)
        if self.kind == "call":
            values = [operand.evaluate(numbers) for operand in self.operands]
            return float(
                _FUNCTIONS[self.word](values) if self.word in ("max", "min") else _FUNCTIONS[self.word](*values)
            )
        if self.kind == "cases":
            return self.settle(numbers).evaluate(numbers)
        return float(_OPERATIONS[self.word or self.kind](*[operand.evaluate(numbers) for operand in self.operands]))

    def text(self) -> str:
        """The formula in Unicode, on one line."""
        return _write(self, _TEXT)

    def mathml(self) -> str:
        """The formula as the inside of a MathML ``<math>`` element; names are escaped."""
        return _write(self, _MATHML)


def Symbol(name: str) -> Formula:
    """A name, or a number as it is to be written."""
    return Formula("leaf", (), name)


def _formula(x: Any) -> Formula:
    if isinstance(x, Formula):
        return x
    return Symbol(f"{x:g}")


def quotient(of: str, by: str) -> Formula:
    """The derivative of one named quantity by another, as a fraction of d's."""
    return Symbol(f"∂{of}") / Symbol(f"∂{by}")


def equation(*sides: Formula, sign: str = "=") -> Formula:
    """Sides with a sign between them: ``a = b = c``."""
    last = sides[-1]
    for side in reversed(sides[:-1]):
        last = Formula("compare", (side, last), sign)
    return last


def _call(name: str) -> Callable[..., Formula]:
    return lambda *operands: Formula("call", tuple([_formula(operand) for operand in operands]), name)


def _compare(sign: str) -> Callable[[Any, Any], Formula]:
    return lambda a, b: Formula("compare", (_formula(a), _formula(b)), sign)


def _total(terms: Sequence[Any]) -> Formula:
    terms = [_formula(term) for term in terms]
    if len(terms) > _LONGEST_SUM:
        terms = [*terms[: _LONGEST_SUM // 2], Symbol("…"), *terms[-1:]]
    return sum(terms[1:], terms[0]) if terms else Symbol("0")


_E = Symbol("ℯ")  # Euler's number, told apart from a quantity that a student calls e

SYMBOLS = SimpleNamespace(
    **{name: _call(name) for name in ("log", "log1p", "expm1", "sin", "cos", "tanh")},
    exp=lambda x: Formula("pow", (_E, _formula(x))),
    sqrt=lambda x: Formula("call", (_formula(x),), "√"),
    abs=lambda x: Formula("call", (_formula(x),), "abs"),
    pow=lambda a, b: Formula("pow", (_formula(a), _formula(b))),
    sum=_total,
    dot=lambda a, b: _total([Formula("mul", (_formula(p), _formula(q))) for p, q in zip(a, b)]),
    maximum=lambda xs: Formula("call", tuple(_formula(x) for x in xs), "max"),
    minimum=lambda xs: Formula("call", tuple(_formula(x) for x in xs), "min"),
    greater=_compare(">"),
    equal=_compare("="),
    where=lambda condition, a, b: Formula("cases", (_formula(a), condition, _formula(b))),
)


_KNOWN = {"ℯ": math.e}
_FUNCTIONS: dict[str, Callable[..., Any]] = {**vars(FLOATS), "√": math.sqrt, "max": max, "min": min}
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "mul": operator.mul,
    "neg": operator.neg,
    "div": operator.truediv,
    "pow": FLOATS.pow,
    ">": operator.gt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class _Notation:
    """How one way of writing puts the pieces together, each given as text already written."""

    leaf: Callable[[str], str]
    sign: Callable[[str], str]  # an operator or a bracket
    fraction: Callable[[str, str], str]
    power: Callable[[str, str], str]
    cases: Callable[[str, str, str], str]
    row: Callable[[str], str]  # makes one piece of several


def _mathml_name(name: str) -> str:
    """A name with the digits at its end as an index, or a number."""
    if name == _E.word:
        return "<mi>e</mi>"
    if re.fullmatch(r"[-−]?[\d.]+(e[-+]?\d+)?|-?inf|nan|…", name):
        return f"<mn>{html.escape(name.replace('-', '−'))}</mn>"
    if match := re.fullmatch(r"(∂?)([^\W\d]+)(\d[\d,]*)", name):
        partial = "<mo>∂</mo>" if match[1] else ""
        return f"{partial}<msub><mi>{html.escape(match[2])}</mi><mn>{match[3]}</mn></msub>"
    if match := re.fullmatch(r"(∂)(.+)", name, re.DOTALL):
        return f"<mo>∂</mo>{_mathml_name(match[2])}"
    return f"<mi>{html.escape(''.join(c if c.isprintable() else ascii(c)[1:-1] for c in name))}</mi>"


_TEXT = _Notation(
    leaf=lambda name: "e" if name == _E.word else re.sub(r"^-(?=[\d.i])", "−", name),
    sign=lambda sign: sign,
    fraction=lambda a, b: f"{a}/{b}" if a.startswith("∂") else f"{a} / {b}",
    power=lambda a, b: f"{a}^{b}",
    cases=lambda a, condition, b: f"{a} if {condition}, else {b}",
    row=lambda pieces: pieces,
)
_MATHML = _Notation(
    leaf=_mathml_name,
    sign=lambda sign: f"<mo>{html.escape(sign.strip())}</mo>",
    fraction=lambda a, b: f"<mfrac><mrow>{a}</mrow><mrow>{b}</mrow></mfrac>",
    power=lambda a, b: f"<msup><mrow>{a}</mrow><mrow>{b}</mrow></msup>",
    cases=lambda a, condition, b: (
        "<mrow><mo>{</mo><mtable>"
        f"<mtr><mtd>{a}</mtd><mtd><mtext>if&#160;</mtext>{condition}</mtd></mtr>"
        f"<mtr><mtd>{b}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"
    ),
    row=lambda pieces: f"<mrow>{pieces}</mrow>",
)


def _write(f: Formula, to: _Notation) -> str:
    def bracketed(operand: Formula, at_least: str) -> str:
        written = _write(operand, to)
        negative = operand.kind == "leaf" and operand.word.startswith("-")
        if (negative and at_least != "cases") or _TIGHTNESS[operand.kind] < _TIGHTNESS[at_least]:
            return to.row(to.sign("(") + written + to.sign(")"))
        return written

    kind, operands = f.kind, f.operands
    if kind == "leaf":
        return to.leaf(f.word)
    if kind == "add":
        a, b = operands
        if b.kind == "neg":
            return bracketed(a, "cases") + to.sign(" − ") + bracketed(b.operands[0], "mul")
        return bracketed(a, "cases" if a.kind == "leaf" else "add") + to.sign(" + ") + bracketed(b, "add")
    if kind == "mul":
        return to.sign(" × ").join([bracketed(operand, "mul") for operand in operands])
    if kind == "neg":
        return to.sign("−") + bracketed(operands[0], "neg")
    if kind == "div":
        if to is _TEXT:
            return to.fraction(bracketed(operands[0], "pow"), bracketed(operands[1], "pow"))
        return to.fraction(*[_write(operand, to) for operand in operands])
    if kind == "pow":
        exponent = operands[1]
        return to.power(
            bracketed(operands[0], "call"), _write(exponent, to) if to is _MATHML else bracketed(exponent, "call")
        )
    if kind == "compare":
        return _write(operands[0], to) + to.sign(f" {f.word} ") + _write(operands[1], to)
    if kind == "cases":
        return to.cases(*[_write(operand, to) for operand in operands])
    arguments = to.sign(", ").join([_write(operand, to) for operand in operands])
    return to.leaf(f.word) + to.row(to.sign("(") + arguments + to.sign(")"))
