r"""Formulas: the rows of the table evaluated on symbols, and written as text, as LaTeX or as MathML.

>>> from autograd import sigmoid
>>> o4 = Symbol("o4")
>>> (partial,) = sigmoid.partials(SYMBOLS, o4, Symbol("i4"))
>>> partial.text()
'o4 × (1 − o4)'
>>> partial.substitute({"o4": "0.332"}).text()
'0.332 × (1 − 0.332)'
>>> print(partial.text(ascii=True), partial.latex(), sep="\n")
o4 * (1 - o4)
o_{4} \times \left(1 - o_{4}\right)
"""

from __future__ import annotations

import functools
import html
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html.entities import codepoint2name
from typing import Any

from autograd.labels import plain as plain
from autograd.numbers import FLOATS, Reading

# How tightly an operation binds; an operand that binds less tightly is put in brackets.
_TIGHTNESS = {
    "cases": 0, "compare": 1, "add": 2, "chain": 3, "mul": 3, "neg": 4, "div": 5, "pow": 6, "call": 7, "leaf": 8,
}  # fmt: skip
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
        if other == 1:  # as an optimizer's first step raises its betas
            return self
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

    def tidy(self) -> Formula:
        """The formula as a lecturer leaves it.

        Arithmetic on numbers is done, but for fractions; there is no 1 × x, x / 1, x^1, x + 0 or 0 / x; x × x is x^2;
        and a minus stands where it is least in the way: b − a for −(a − b), a − 1 for a + (−1), −(a / b) for (−a) / b.
        """
        operands = tuple([operand.tidy() for operand in self.operands])
        tidied = Formula(self.kind, operands, self.word)
        if self.kind == "div":
            above, below = operands
            return above if above.word == "0" or below.word == "1" else _without_minus(above, lambda a: a / below)
        if self.kind not in ("add", "mul", "neg", "pow"):
            return tidied
        if all(operand.kind == "leaf" and _NUMBER.fullmatch(operand.word) for operand in operands):
            return _formula(tidied.evaluate({}))
        if self.kind == "neg":
            (of,) = operands
            is_difference = [term.kind == "neg" for term in of.operands] == [False, True]
            return of.operands[1].operands[0] - of.operands[0] if is_difference else tidied
        if self.kind == "pow":
            return Symbol("1") if operands[1].word == "0" else operands[0] if operands[1].word == "1" else tidied
        rest = [operand for operand in operands if operand.word != {"add": "0", "mul": "1"}.get(self.kind)]
        if len(rest) == 1 < len(operands):
            return rest[0]
        if self.kind == "mul" and operands[0] == operands[1]:
            return operands[0] ** 2
        if self.kind == "add":
            return Formula("add", (operands[0], *[_without_minus(term, lambda a: a) for term in operands[1:]]))
        return tidied

    def leaves(self) -> Iterator[str]:
        """The names and numbers in it, from left to right."""
        if self.kind == "leaf":
            yield self.word
        for operand in self.operands:
            yield from operand.leaves()

    def text(self, *, ascii: bool = False) -> str:
        """The formula on one line, in Unicode; or in ASCII, where Python and SymPy read it too (``^`` is a power)."""
        return _write(self, _ASCII if ascii else _TEXT, leading=True)

    def latex(self) -> str:
        """The formula in LaTeX, for the inside of ``$...$``; names are escaped."""
        return _write(self, _LATEX, leading=True)

    def mathml(self) -> str:
        """The formula as the inside of a MathML ``<math>`` element; names are escaped."""
        return _write(self, _MATHML, leading=True)


def Symbol(name: str) -> Formula:
    """A name, or a number as it is to be written."""
    return Formula("leaf", (), name)


def _formula(x: Any) -> Formula:
    if isinstance(x, Formula):
        return x
    return Symbol(number(x, 12))


def number(x: float, digits: int) -> str:
    """A number to some significant digits, without a negative zero."""
    return format(x + 0.0, f".{digits}g")


def _without_minus(f: Formula, put: Callable[[Formula], Formula]) -> Formula:
    """What ``put`` makes of the formula, with its minus taken out in front."""
    if f.kind == "neg":
        return -put(f.operands[0])
    return -put(Symbol(f.word[1:])) if f.kind == "leaf" and f.word.startswith("-") else put(f)


def product(factors: Sequence[Formula]) -> Formula:
    """The factors of a chain rule, each of which is to be told from the next: ``o4·(1 − o4) × w46``."""
    return factors[0] if len(factors) == 1 else Formula("chain", tuple(factors))


def total(terms: Sequence[Formula]) -> Formula:
    """The sum of the terms, all of them."""
    return terms[0] if len(terms) == 1 else Formula("add", tuple(terms))


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


def _compare(sign: str, a: Any, b: Any) -> Formula:
    return Formula("compare", (_formula(a), _formula(b)), sign)


def _total(terms: Sequence[Any]) -> Formula:
    terms = [_formula(term) for term in terms]
    if len(terms) > _LONGEST_SUM:
        terms = [*terms[: _LONGEST_SUM // 2], Symbol("…"), *terms[-1:]]
    return total(terms) if terms else Symbol("0")


_E = Symbol("ℯ")  # Euler's number, told apart from a quantity that a student calls e

SYMBOLS = Reading(
    **{name: _call(name) for name in ("log", "sin", "cos", "tanh", "arctan")},
    exp=lambda x: Formula("pow", (_E, _formula(x))),
    expm1=lambda x: Formula("pow", (_E, _formula(x))) - 1,  # as they are read, not as they are computed exactly
    log1p=lambda x: Formula("call", (1 + _formula(x),), "log"),
    sqrt=lambda x: Formula("call", (_formula(x),), "√"),
    abs=lambda x: Formula("call", (_formula(x),), "abs"),
    pow=lambda a, b: 1 / a if b == -1.0 else Formula("pow", (_formula(a), _formula(b))),
    sum=_total,
    dot=lambda a, b: _total([Formula("mul", (_formula(p), _formula(q))) for p, q in zip(a, b)]),
    maximum=lambda xs: Formula("call", tuple(_formula(x) for x in xs), "max"),
    minimum=lambda xs: Formula("call", tuple(_formula(x) for x in xs), "min"),
    greater=lambda a, b: _compare(">", a, b) if isinstance(a, Formula) else _compare("<", b, a),  # x < 0 for 0 > x
    equal=lambda a, b: _compare("=", a, b),
    where=lambda condition, a, b: Formula("cases", (_formula(a), condition, _formula(b))),
)


_KNOWN = {"ℯ": math.e}
_FUNCTIONS: dict[str, Callable[..., Any]] = {**vars(FLOATS), "√": math.sqrt, "max": max, "min": min}
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: sum(terms),
    "chain": lambda *factors: math.prod(factors),
    "mul": operator.mul,
    "neg": operator.neg,
    "div": operator.truediv,
    "pow": FLOATS.pow,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


_NUMBER = re.compile(r"[-−]?\d[\d.]*(e[-+]?\d+)?")  # a number as it is written


@dataclass(frozen=True)
class _Notation:
    """How one way of writing puts the pieces together, each given as text already written."""

    leaf: Callable[[str], str]
    sign: Callable[[str], str]  # an operator or a bracket
    fraction: Callable[[str, str], str] | None  # None where it is written on the line, with a stroke
    power: Callable[[str, str], str]
    call: Callable[[str, str], str]  # a function's name and what stands in its brackets
    cases: Callable[[str, str, str], str]
    row: Callable[[str], str]  # makes one piece of several
    times: str = " × "


_INDEXED = re.compile(r"([^\W\d]+?)(?:_?(\d[\d,]*))?(\([\d,]+\))?")  # letters, an index, layers: w14, w_14, w11(1,2)
_MARKED = re.compile(r"(∂|δ_)(.+)", re.DOTALL)  # of a quantity: its change, its delta
_NOT_ASCII = {"−": "-", "×": "*", "·": "*", "…": "...", "∂": "d", "√": "sqrt", "←": "<-"}
_LATEX_SIGNS = {
    "−": "-", "×": r"\times", "·": r"{\cdot}", "←": r"\leftarrow", "+=": r"\mathrel{+}=",
    "(": r"\left(", ")": r"\right)",
}  # fmt: skip
_LATEX_LETTERS = {
    **{c: f"\\{c}" for c in "{}$&#_%"},
    "\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", " ": r"\ ",
}  # fmt: skip
_LATEX_FUNCTIONS = ("log", "sin", "cos", "tanh", "arctan", "max", "min")


def _greek(c: str) -> str | None:
    """What a Greek letter is called."""
    return codepoint2name.get(ord(c)) if "Α" <= c <= "ω" else None


def _text(name: str) -> str:
    if name == _E.word:
        return "e"
    return name.replace("-", "−") if _NUMBER.fullmatch(name) or name == "-inf" else plain(name)


def _ascii(text: str) -> str:
    """Text in ASCII: signs and Greek letters by what they are called, anything else by its number."""
    return "".join([c if c.isascii() else _NOT_ASCII.get(c) or _greek(c) or ascii(c)[1:-1] for c in text])


def _latex(name: str) -> str:
    """A name with the digits at its end as an index and the layers after them raised, or a number."""
    if name == _E.word:
        return "e"
    if _NUMBER.fullmatch(name):
        mantissa, times, exponent = _scientific(name)
        return mantissa + (r" \times " if times else "") + (f"10^{{{exponent}}}" if exponent else "")
    if name in ("inf", "-inf", "…"):
        return {"inf": r"\infty", "-inf": r"-\infty", "…": r"\ldots"}[name]
    if marked := _MARKED.fullmatch(name):
        of = _latex(marked[2])
        return f"\\partial {of}" if marked[1] == "∂" else f"\\delta_{{{of}}}"
    if indexed := _INDEXED.fullmatch(name):
        letters, index, layers = indexed.groups()
        return _latex_word(letters) + (f"_{{{index}}}" if index else "") + (f"^{{{layers}}}" if layers else "")
    return _latex_word(name)


def _scientific(number: str) -> tuple[str, bool, str]:
    """Of 2.5e-08 the mantissa, that it is multiplied by a power of ten, and the exponent; 1e-08 is the power alone."""
    mantissa, _, exponent = number.replace("−", "-").partition("e")
    if not exponent:
        return mantissa, False, ""
    alone = mantissa in ("1", "-1")
    return mantissa.removesuffix("1") if alone else mantissa, not alone, str(int(exponent))


def _latex_word(word: str) -> str:
    if len(word) == 1 and word.isalpha():
        greek = _greek(word)
        return f"\\{greek}" if greek and greek.islower() and greek not in ("omicron", "sigmaf") else word
    return f"\\mathrm{{{''.join([_LATEX_LETTERS.get(c, c) for c in plain(word)])}}}"


def _latex_call(name: str, arguments: str) -> str:
    if name == "√":
        return f"\\sqrt{{{arguments}}}"
    if name == "abs":
        return f"\\left|{arguments}\\right|"
    function = f"\\{name}" if name in _LATEX_FUNCTIONS else _latex_word(name)
    return f"{function}\\left({arguments}\\right)"


def _mathml(name: str) -> str:
    """As `_latex`."""
    if name == _E.word:
        return "<mi>e</mi>"
    if name in ("inf", "-inf", "nan", "…"):
        return f"<mn>{name.replace('-', '−')}</mn>"
    if _NUMBER.fullmatch(name):
        mantissa, times, exponent = _scientific(name)
        written = (f"<mn>{mantissa}</mn>" if mantissa else "") + ("<mo>×</mo>" if times else "")
        if exponent:
            written = f"<mrow>{written}<msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>"
        return written.replace("-", "−")
    if marked := _MARKED.fullmatch(name):
        of = _mathml(marked[2])
        return f"<mo>∂</mo>{of}" if marked[1] == "∂" else f"<msub><mi>δ</mi><mrow>{of}</mrow></msub>"
    letters, index, layers = indexed.groups() if (indexed := _INDEXED.fullmatch(name)) else (name, None, None)
    written = f"<mi>{html.escape(plain(letters))}</mi>"
    if index and layers:
        return f"<msubsup>{written}<mn>{index}</mn><mn>{layers}</mn></msubsup>"
    if index:
        return f"<msub>{written}<mn>{index}</mn></msub>"
    return f"<msup>{written}<mn>{layers}</mn></msup>" if layers else written


def _mathml_call(name: str, arguments: str) -> str:
    if name == "√":
        return f"<msqrt>{arguments}</msqrt>"
    if name == "abs":
        return f"<mrow><mo>|</mo>{arguments}<mo>|</mo></mrow>"
    return f"{_mathml(name)}<mrow><mo>(</mo>{arguments}<mo>)</mo></mrow>"


_TEXT = _Notation(
    leaf=_text,
    sign=lambda sign: sign,
    fraction=None,
    power=lambda a, b: f"{a}^{b}",
    call=lambda name, arguments: f"{name}({arguments})",
    cases=lambda a, condition, b: f"{a} if {condition}, else {b}",
    row=lambda pieces: pieces,
)
_ASCII = replace(
    _TEXT,
    leaf=lambda name: name if name == _E.word else _ascii(_text(name)),
    sign=_ascii,
    power=lambda a, b: f"{a}^{b}" if a != _E.word else f"exp{b}" if b.startswith("(") else f"exp({b})",
    call=lambda name, arguments: f"{_ascii(name)}({arguments})",
)
_LATEX = _Notation(
    leaf=_latex,
    sign=lambda sign: sign.replace(sign.strip(), _LATEX_SIGNS.get(sign.strip(), sign.strip())),
    fraction=lambda a, b: f"\\frac{{{a}}}{{{b}}}",
    power=lambda a, b: f"{{{a}}}^{{{b}}}",
    call=_latex_call,
    cases=lambda a, condition, b: (
        f"\\begin{{cases}} {a} & \\text{{if }} {condition} \\\\ {b} & \\text{{otherwise}} \\end{{cases}}"
    ),
    row=lambda pieces: pieces,
)
_MATHML = _Notation(
    leaf=_mathml,
    sign=lambda sign: (
        '<mo lspace="0.1em" rspace="0.1em">·</mo>' if sign == "·" else f"<mo>{html.escape(sign.strip())}</mo>"
    ),
    fraction=lambda a, b: f"<mfrac><mrow>{a}</mrow><mrow>{b}</mrow></mfrac>",
    power=lambda a, b: f"<msup><mrow>{a}</mrow><mrow>{b}</mrow></msup>",
    call=_mathml_call,
    cases=lambda a, condition, b: (
        "<mrow><mo>{</mo><mtable>"
        f"<mtr><mtd>{a}</mtd><mtd><mtext>if&#160;</mtext>{condition}</mtd></mtr>"
        f"<mtr><mtd>{b}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"
    ),
    row=lambda pieces: f"<mrow>{pieces}</mrow>",
)


@functools.cache
def _with_dots(to: _Notation) -> _Notation:
    """How the products within a chain's factors are written, for the chain itself has crosses."""
    return replace(to, times="·")


def _write(f: Formula, to: _Notation, leading: bool = False) -> str:
    def in_brackets(written: str) -> str:
        return to.row(to.sign("(") + written + to.sign(")"))

    def bracketed(operand: Formula, at_least: str) -> str:
        written = _write(operand, to)
        negative = operand.kind == "leaf" and operand.word.startswith("-")
        if (negative and at_least != "cases") or _TIGHTNESS[operand.kind] < _TIGHTNESS[at_least]:
            return in_brackets(written)
        return written

    def factor(operand: Formula) -> str:  # one that does not come first
        return in_brackets(_write(operand, to)) if operand.kind == "neg" else bracketed(operand, "mul")

    def chain(factors: Sequence[Formula], leading: bool) -> str:
        tight = _with_dots(to)
        pieces = []
        for k, operand in enumerate(factors):
            piece = _write(operand, tight, leading and k == 0)
            of = operand.operands[0] if operand.kind == "neg" else operand
            stroke = of.kind == "div" and not to.fraction and not of.operands[0].word.startswith("∂")
            minus = operand.kind == "neg" or (operand.kind == "leaf" and operand.word.startswith("-"))
            if stroke or (minus and not (leading and k == 0)) or _TIGHTNESS[operand.kind] < _TIGHTNESS["mul"]:
                piece = in_brackets(piece)
            pieces.append(piece)
        return to.sign(" × ").join(pieces)

    kind, operands = f.kind, f.operands
    if kind == "leaf":
        return to.leaf(f.word)
    if kind == "add":
        first, *others = operands
        written = bracketed(first, "cases" if first.kind == "leaf" else "add")
        for term in others:
            if term.kind == "neg":
                written += to.sign(" − ") + bracketed(term.operands[0], "mul")
            elif term.kind == "chain":
                written += to.sign(" + ") + chain(term.operands, leading=False)
            else:
                written += to.sign(" + ") + bracketed(term, "add")
        return written
    if kind == "chain":
        return chain(operands, leading=True)
    if kind == "mul":
        first, *others = operands
        opening = _write(first, to) if leading and first.kind == "leaf" else bracketed(first, "mul")
        return to.sign(to.times).join([opening, *map(factor, others)])
    if kind == "neg":
        return to.sign("−") + bracketed(operands[0], "neg")
    if kind == "div":
        if to.fraction:
            return to.fraction(*[_write(operand, to) for operand in operands])
        stroke = "/" if operands[0].word.startswith("∂") else " / "
        return bracketed(operands[0], "pow") + stroke + bracketed(operands[1], "pow")
    if kind == "pow":
        base, exponent = operands
        lifted = to.fraction is not None  # or on the line, where a sum needs brackets
        if lifted and base.kind == "leaf" and re.fullmatch(r"\d[\d.]*e.*", base.word):
            return to.power(in_brackets(_write(base, to)), _write(exponent, to))
        return to.power(bracketed(base, "call"), _write(exponent, to) if lifted else bracketed(exponent, "call"))
    if kind == "compare":
        return to.sign(f" {f.word} ").join([_write(side, to, leading=True) for side in operands])
    if kind == "cases":
        return to.cases(*[_write(operand, to) for operand in operands])
    return to.call(f.word, to.sign(", ").join([_write(operand, to) for operand in operands]))
