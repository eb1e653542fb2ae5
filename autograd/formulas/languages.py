"""Programming languages: an expression as code that computes exactly what it says, in Python or in JavaScript.

>>> from autograd.formulas.expression import SYMBOLS, Name
>>> x = Name("x")
>>> print(PYTHON.write(SYMBOLS.where(SYMBOLS.greater(x, 0), x, 2 * SYMBOLS.expm1(x))))
x if x > 0 else 2 * math.expm1(x)
>>> print(JAVASCRIPT.write(SYMBOLS.where(SYMBOLS.greater(x, 0), x, 2 * SYMBOLS.expm1(x))))
x > 0 ? x : 2 * Math.expm1(x)
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograd.formulas.notation import Tree, spelled_out

# How tightly an operation binds; an operand that binds less tightly is put in brackets.
CASES, RELATION, SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(7)
_SIGNS = {"add": "+", "sub": "-", "sum": "+", "mul": "*", "product": "*", "div": "/"}
LONGEST_SUM = 100  # terms of one that is written with plus signs, for parsers recurse over them


@dataclass(frozen=True)
class Language:
    """How one language writes arithmetic on floats. Names are written as they are: they have to be its identifiers.

    Attributes:
        functions: what each function is called. A power has a function, and so have a long sum, a maximum and a
            minimum, which are given one sequence.
        choice: what is taken under a condition, the condition, and what is taken otherwise.
        sequence: the numbers between the brackets of a sequence.
        equal: the sign for a test of equality.
        whole_powers: whether there is an operator ``**`` for a whole exponent.
        constants: what Python calls inf, -inf and nan.
        number: a finite number, which has to be a float.
    """

    functions: Mapping[str, str]
    choice: Callable[[str, str, str], str]
    sequence: Callable[[str], str]
    equal: str
    whole_powers: bool
    constants: Mapping[str, str]
    number: Callable[[float], str]

    def write(self, e: Tree) -> str:
        """The expression in this language."""
        return self._written(e)[0]

    def _written(self, e: Tree) -> tuple[str, int]:
        """The expression, and how tightly it binds."""
        e = spelled_out(e)
        kind, operands = e.kind, e.operands
        if kind == "name":
            return e.word, ATOM
        if kind == "number":
            written = self.number(e.value) if math.isfinite(e.value) else self.constants[repr(e.value)]
            return written, NEGATIVE if written.startswith("-") else ATOM
        if kind in _SIGNS and not (kind == "sum" and len(operands) > LONGEST_SUM):
            return self._in_a_row(kind, operands)
        if kind == "neg":
            return f"-{self._within(POWER, operands[0])}", NEGATIVE
        if kind in ("greater", "equal"):
            a, b = [self._short(SUM, operand) for operand in operands]
            return f"{a} {'>' if kind == 'greater' else self.equal} {b}", RELATION
        if kind == "where":
            condition, a = [self._within(RELATION, operand) for operand in operands[:2]]
            return self.choice(a, condition, self.write(operands[2])), CASES
        if kind == "pow" and self.whole_powers and operands[1].value.is_integer() and abs(operands[1].value) < 1e16:
            return f"{self._within(ATOM, operands[0])}**{int(operands[1].value)}", POWER
        arguments = ", ".join(map(self.write, operands))
        on_sequence = kind in ("sum", "ascending_sum", "maximum", "minimum")
        return f"{self.functions[kind]}({self.sequence(arguments) if on_sequence else arguments})", ATOM

    def _in_a_row(self, kind: str, operands: Sequence[Tree]) -> tuple[str, int]:
        """Operands with signs between them, which are worked from left to right: a + (b + c) keeps its brackets."""
        tight = SUM if kind in ("add", "sub", "sum") else PRODUCT
        within = self._within if all(operand.kind == "number" for operand in operands) else self._short
        first, *others = operands
        written = within(tight, first)
        for operand in others:
            sign = _SIGNS[kind]
            if sign == "+" and operand.kind == "neg":
                sign, operand = "-", operand.operands[0]
            written += f" {sign} {within(tight + 1, operand)}"
        return written, tight

    def _within(self, tight: int, e: Tree) -> str:
        """An operand, in brackets where it binds less tightly."""
        written, its = self._written(e)
        return written if its >= tight else f"({written})"

    def _short(self, tight: int, e: Tree) -> str:
        """An operand beside a float: a whole number needs no point."""
        return shortest(self._within(tight, e)) if e.kind == "number" else self._within(tight, e)


def literal(text: str) -> str:
    """A text as JavaScript writes it, and so that it cannot end a script element of a page."""
    written = json.dumps(text, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def shortest(number: str) -> str:
    """A number as Python writes it, without the point of a whole one."""
    return number if number == "-0.0" else number.removesuffix(".0")


PYTHON = Language(
    functions={
        **{name: f"math.{name}" for name in "exp expm1 log log1p sqrt sin cos tanh pow".split()},
        **{
            "arctan": "math.atan",
            "abs": "abs",
            "sum": "total",
            "ascending_sum": "ascending_sum",
            "maximum": "maximum",
            "minimum": "minimum",
        },
    },
    choice=lambda a, condition, b: f"{a} if {condition} else {b}",
    sequence=lambda numbers: f"({numbers})",
    equal="==",
    whole_powers=True,
    constants={"inf": "math.inf", "-inf": "-math.inf", "nan": "math.nan"},
    number=repr,
)
JAVASCRIPT = Language(
    functions={
        **{name: f"Math.{name}" for name in "exp expm1 log log1p sqrt sin cos tanh abs".split()},
        **{
            "arctan": "Math.atan",
            "pow": "pow",
            "sum": "total",
            "ascending_sum": "ascending_sum",
            "maximum": "maximum",
            "minimum": "minimum",
        },
    },
    choice=lambda a, condition, b: f"{condition} ? {a} : {b}",
    sequence=lambda numbers: f"[{numbers}]",
    equal="===",
    whole_powers=False,
    constants={"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"},
    number=lambda x: shortest(repr(x)),
)
