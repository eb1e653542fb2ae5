"""Notations: an expression as a lecturer writes it, in Unicode, in ASCII, in LaTeX or in MathML.

What is computed is not always what is read: ``expm1(x)`` is read e^x − 1, and ``greater(0, x)`` is read x < 0. The tree
stays exact; all that is for the eye, down to how many digits are shown, is decided here.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from autograd.formulas.digits import in_latex, in_mathml, in_text, number
from autograd.formulas.names import in_ascii, latex_name, mathml_name, text_name
from autograd.labels import named

LONGEST_SUM = 6  # terms; a longer sum is written with an ellipsis

# How tightly an operation binds; an operand that binds less tightly is put in brackets.
CASES, RELATION, SUM, PRODUCT, NEGATIVE, FRACTION, POWER, CALL, LEAF = range(9)
_TIGHTNESS = {
    "where": CASES,
    **dict.fromkeys(["greater", "less", "equal", "=", "+=", "←"], RELATION),
    **dict.fromkeys(["add", "sub", "sum"], SUM),
    **dict.fromkeys(["mul", "product"], PRODUCT),
    **{"neg": NEGATIVE, "div": FRACTION, "pow": POWER, "exp": POWER, "name": LEAF, "number": LEAF, "figure": LEAF},
}
_SIGNS = {"greater": ">", "less": "<", "equal": "="}
_FUNCTIONS = {"maximum": "max", "minimum": "min", "sqrt": "√"}


T = TypeVar("T")


class Tree(Protocol):
    """What can be written, such as an `autograd.formulas.expression.Expression`, whose attributes these are."""

    @property
    def kind(self) -> str: ...
    @property
    def operands(self) -> Sequence[Tree]: ...
    @property
    def word(self) -> str: ...  # of a name
    @property
    def mark(self) -> str: ...
    @property
    def value(self) -> float: ...  # of a number
    @property
    def digits(self) -> int: ...  # of a figure


@dataclass(frozen=True)
class _Read:
    """A tree that is made for reading."""

    kind: str
    operands: tuple[Tree, ...] = ()
    word: str = ""
    mark: str = ""
    value: float = math.nan
    digits: int = 0


_ONE, _TWO, _ELLIPSIS = _Read("number", value=1.0), _Read("number", value=2.0), _Read("…")


def spelled_out(e: Tree) -> Tree:
    """A function that no notation has a name for, by its formula; anything else as it is."""
    if e.kind != "sigmoid":
        return e
    return _Read("div", (_ONE, _Read("add", (_ONE, _Read("exp", (_Read("neg", tuple(e.operands)),))))))


def _unshifted(power: Tree) -> Tree | None:
    """e^z for e^(z − max(...)); None for anything else."""
    shifted = power.operands[0] if power.kind == "exp" else power
    if shifted.kind == "neg" and shifted.operands[0].kind == "maximum":  # where z is 0
        return _Read("exp", (_Read("number", value=0.0),))
    if shifted.kind == "sub" and shifted.operands[1].kind == "maximum" and power.kind == "exp":
        return _Read("exp", (shifted.operands[0],))
    return None


def as_read(e: Tree) -> Tree:
    """An expression's outermost operation as it is read, rather than as it is computed."""
    if e.kind == "expm1":
        return _Read("sub", (_Read("exp", tuple(e.operands)), _ONE))
    if e.kind == "log1p":
        return _Read("log", (_Read("add", (_ONE, *e.operands)),))
    if (
        e.kind == "div" and e.operands[1].kind == "ascending_sum"
    ):  # of a softmax, whose powers are of z less the largest z
        own, *powers = [_unshifted(power) for power in (e.operands[0], *e.operands[1].operands)]
        return e if own is None or None in powers else _Read("div", (own, _Read("sum", tuple(filter(None, powers)))))
    if e.kind in ("pow", "mul", "greater"):
        a, b = e.operands
        if e.kind == "pow" and b.kind == "number" and b.value in (1, -1):
            return as_read(a) if b.value == 1 else _Read("div", (_ONE, a))
        if e.kind == "mul" and a is b and a.operands:
            return _Read("pow", (a, _TWO))
        if e.kind == "greater" and a.kind == "number" != b.kind:
            return _Read("less", (b, a))
    return spelled_out(e)


def _terms(e: Tree) -> list[tuple[str, Tree]]:
    """What is added up, whatever the brackets, each with its sign."""
    e = as_read(e)
    if e.kind == "sub":
        return [*_terms(e.operands[0]), (" − ", e.operands[1])]
    if e.kind == "add":
        return [term for operand in e.operands for term in _terms(operand)]
    return [(" − ", e.operands[0])] if e.kind == "neg" else [(" + ", e)]


@dataclass(frozen=True)
class Notation:
    """One way of writing mathematics: how pieces are put together, each given as text already written.

    Attributes:
        name: a quantity's name, given its mark ("∂", "δ" or "") and the word itself.
        number: a number, given as Python writes its digits (see `autograd.formulas.digits`).
        sign: an operator or a bracket.
        fraction: of two parts; None where it is written on the line, with a stroke, as then powers are with a ``^``.
        power: a base and an exponent.
        euler: Euler's number, the base of exp; None where exp is written as a function.
        call: a function's name and what stands in its brackets.
        cases: what holds under a condition, the condition, and what holds otherwise.
        row: makes one piece of several.
    """

    name: Callable[[str, str], str]
    number: Callable[[str], str]
    sign: Callable[[str], str]
    fraction: Callable[[str, str], str] | None
    power: Callable[[str, str], str]
    euler: str | None
    call: Callable[[str, str], str]
    cases: Callable[[str, str, str], str]
    row: Callable[[str], str]

    def write(self, e: Tree, digits: int = 12, longest: int = LONGEST_SUM) -> str:
        """The expression in this notation.

        Args:
            e: the expression.
            digits: significant digits of its numbers; a figure has digits of its own.
            longest: the most terms that a sum is written with; one of more has an ellipsis.
        """
        return Pen(self, digits, longest).write(e)

    def in_brackets(self, written: str) -> str:
        """One piece, in brackets."""
        return self.row(self.sign("(") + written + self.sign(")"))


@dataclass(frozen=True)
class Pen:
    """What writes one expression."""

    to: Notation
    digits: int
    longest: int
    times: str = " × "

    def write(self, e: Tree, leading: bool = True) -> str:
        """An expression that needs no brackets around it; ``leading`` where nothing stands before it."""
        e, to = as_read(e), self.to
        kind, operands = e.kind, e.operands
        if kind == "name":
            return to.name(e.mark, e.word)
        if kind == "…":
            return to.sign(kind)
        if kind in ("number", "figure"):
            return to.number(self.figures(e))
        if _TIGHTNESS.get(kind) == RELATION:
            return to.sign(f" {_SIGNS.get(kind, kind)} ").join([self.write(side) for side in operands])
        if _TIGHTNESS.get(kind) == SUM:
            return self.sum(e, leading)
        if kind == "product":
            return self.chain(operands, leading)
        if kind == "mul":
            first, second = self.operand(operands[0], PRODUCT, leading), self.operand(operands[1], PRODUCT)
            return first + to.sign(self.times) + second
        if kind == "neg":
            return to.sign("−") + self.operand(operands[0], NEGATIVE)
        if kind == "div" and to.fraction:
            return to.fraction(*map(self.write, operands))
        if kind == "div":
            stroke = "/" if operands[0].mark else " / "
            return self.operand(operands[0], POWER, leading) + stroke + self.operand(operands[1], POWER)
        if kind == "pow":
            return to.power(self.operand(operands[0], CALL), self.exponent(operands[1]))
        if kind == "exp" and to.euler:
            return to.power(to.euler, self.exponent(operands[0]))
        if kind == "where":
            condition, a, b = map(self.write, operands)
            return to.cases(a, condition, b)
        function = _FUNCTIONS.get(kind, kind)
        if kind == "call":
            function, operands = operands[0].word, operands[1:]
        return to.call(function, to.sign(", ").join(map(self.write, self.shortened(operands, _ELLIPSIS))))

    def figures(self, e: Tree) -> str:
        """A number's digits."""
        return number(e.value, e.digits or self.digits)

    def operand(self, e: Tree, at_least: int, leading: bool = False) -> str:
        """An operand, in brackets where it binds less tightly, or has a minus that would stand behind another sign."""
        e = as_read(e)
        minus = e.kind == "neg" or e.value < 0
        if self.tightness(e) < at_least or (minus and not leading):
            return self.to.in_brackets(self.write(e))
        return self.write(e, leading)

    def exponent(self, e: Tree) -> str:
        """What a power is raised to, which needs brackets only on the line."""
        return self.write(e) if self.to.fraction else self.operand(e, CALL)

    def tightness(self, e: Tree) -> int:
        """How tightly the outermost operation binds; 2 × 10⁻⁸, which is one too, binds as 2 × x does."""
        if e.kind in ("number", "figure"):
            digits = self.figures(e)
            return NEGATIVE if "e" in digits and self.to.number(digits) != digits else LEAF
        return CALL if e.kind == "exp" and not self.to.euler else _TIGHTNESS.get(e.kind, CALL)

    def sum(self, e: Tree, leading: bool) -> str:
        """Terms, each with its sign."""
        terms = [term for operand in e.operands for term in _terms(operand)] if e.kind == "sum" else _terms(e)
        (sign, first), *others = self.shortened(terms, (" + ", _ELLIPSIS)) if e.kind == "sum" else terms
        written = self.operand(_Read("neg", (first,)) if sign == " − " else first, SUM, leading)
        for sign, term in others:
            written += self.to.sign(sign) + self.operand(term, PRODUCT if sign == " − " else SUM)
        return written

    def shortened(self, pieces: Sequence[T], ellipsis: T) -> Sequence[T]:
        """The first of many pieces and the last one, and an ellipsis between them."""
        return pieces if len(pieces) <= self.longest else [*pieces[: self.longest // 2], ellipsis, pieces[-1]]

    def chain(self, factors: Sequence[Tree], leading: bool) -> str:
        """The factors of a chain rule: a cross between them, and dots within each."""
        dotted, pieces = replace(self, times="·"), []
        for k, factor in enumerate(factors):
            of = as_read(factor.operands[0] if factor.kind == "neg" else factor)
            if of.kind == "div" and not self.to.fraction and not of.operands[0].mark:
                pieces.append(self.to.in_brackets(dotted.write(factor)))
            else:
                pieces.append(dotted.operand(factor, PRODUCT, leading and k == 0))
        return self.to.sign(" × ").join(pieces)


_LATEX_SIGNS = {
    **{"−": "-", "×": r"\times", "·": r"{\cdot}", "←": r"\leftarrow", "+=": r"\mathrel{+}=", "…": r"\ldots"},
    **{"(": r"\left(", ")": r"\right)"},
}
_LATEX_FUNCTIONS = ("log", "sin", "cos", "tanh", "arctan", "max", "min")


def _latex_call(name: str, arguments: str) -> str:
    if name == "√":
        return f"\\sqrt{{{arguments}}}"
    if name == "abs":
        return f"\\left|{arguments}\\right|"
    function = f"\\{name}" if name in _LATEX_FUNCTIONS else latex_name(name)
    return f"{function}\\left({arguments}\\right)"


def _mathml_call(name: str, arguments: str) -> str:
    if name == "√":
        return f"<msqrt>{arguments}</msqrt>"
    if name == "abs":
        return f"<mrow><mo>|</mo>{arguments}<mo>|</mo></mrow>"
    return f"{mathml_name(name)}<mrow><mo>(</mo>{arguments}<mo>)</mo></mrow>"


def _mathml_sign(sign: str) -> str:
    if sign == "…":
        return "<mn>…</mn>"
    return '<mo lspace="0.1em" rspace="0.1em">·</mo>' if sign == "·" else f"<mo>{html.escape(sign.strip())}</mo>"


TEXT = Notation(
    name=lambda mark, word: {"δ": "δ_"}.get(mark, mark) + text_name(word),
    number=in_text,
    sign=lambda sign: sign,
    fraction=None,
    power=lambda a, b: f"{a}^{b}",
    euler="e",
    call=lambda name, arguments: f"{name}({arguments})",
    cases=lambda a, condition, b: f"{a} if {condition}, else {b}",
    row=lambda pieces: pieces,
)
ASCII = replace(
    TEXT,
    name=lambda mark, word: in_ascii({"δ": "δ_"}.get(mark, mark) + named(word)),
    number=lambda digits: digits,
    sign=in_ascii,
    euler=None,
    call=lambda name, arguments: f"{in_ascii(name)}({arguments})",
)
LATEX = Notation(
    name=lambda mark, word: {
        "": latex_name(word),
        "∂": f"\\partial {latex_name(word)}",
        "δ": f"\\delta_{{{latex_name(word)}}}",
    }[mark],
    number=in_latex,
    sign=lambda sign: sign.replace(sign.strip(), _LATEX_SIGNS.get(sign.strip(), sign.strip())),
    fraction=lambda a, b: f"\\frac{{{a}}}{{{b}}}",
    power=lambda a, b: f"{{{a}}}^{{{b}}}",
    euler="e",
    call=_latex_call,
    cases=lambda a, condition, b: (
        f"\\begin{{cases}} {a} & \\text{{if }} {{{condition}}} \\\\ {b} & \\text{{otherwise}} \\end{{cases}}"
    ),
    row=lambda pieces: pieces,
)
MATHML = Notation(
    name=lambda mark, word: {
        "": mathml_name(word),
        "∂": f"<mo>∂</mo>{mathml_name(word)}",
        "δ": f"<msub><mi>δ</mi><mrow>{mathml_name(word)}</mrow></msub>",
    }[mark],
    number=in_mathml,
    sign=_mathml_sign,
    fraction=lambda a, b: f"<mfrac><mrow>{a}</mrow><mrow>{b}</mrow></mfrac>",
    power=lambda a, b: f"<msup><mrow>{a}</mrow><mrow>{b}</mrow></msup>",
    euler="<mi>e</mi>",
    call=_mathml_call,
    cases=lambda a, condition, b: (
        "<mrow><mo>{</mo><mtable>"
        f"<mtr><mtd>{a}</mtd><mtd><mtext>if&#160;</mtext>{condition}</mtd></mtr>"
        f"<mtr><mtd>{b}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"
    ),
    row=lambda pieces: f"<mrow>{pieces}</mrow>",
)
