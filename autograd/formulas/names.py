"""How names and numbers are written: a name's index below it and its layers above, Greek letters, powers of ten.

A name is whatever a user calls a quantity, so it is text that nobody looked at: here it becomes text in LaTeX and in
MathML, whatever is in it. A number comes as `number` writes it.
"""

from __future__ import annotations

import html
import re
from html.entities import codepoint2name

from autograd.labels import plain

_INDEXED = re.compile(r"([^\W\d]+?)(?:_?(\d[\d,]*))?(\([\d,]+\))?")  # letters, an index, layers: w14, w_14, w11(1,2)
_ASCII = {"−": "-", "×": "*", "·": "*", "…": "...", "∂": "d", "√": "sqrt", "←": "<-"}
_LATEX = {
    **{c: f"\\{c}" for c in "{}$&#_%"},
    **{"\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", "∂": r"{\partial}", " ": r"\ "},
}
_AS_IN_LATIN = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΧος", "ABEZHIKMNOPTXoσ")  # Greek letters that LaTeX has no name for


def number(x: float, digits: int) -> str:
    """A number to some significant digits, without a negative zero."""
    return format(x + 0.0, f".{digits}g")


def in_ascii(text: str) -> str:
    """Text in ASCII: signs and Greek letters by what they are called, anything else by its number."""
    return "".join([c if c.isascii() else _ASCII.get(c) or _greek(c) or ascii(c)[1:-1] for c in text])


def minus(digits: str) -> str:
    """A number with the minus sign of formulas, which is as long as the plus."""
    return digits.replace("-", "−")


def latex_name(name: str) -> str:
    """A name with the digits at its end as an index and the layers after them raised."""
    letters, index, layers = _parts(name)
    return _latex_word(letters) + (f"_{{{index}}}" if index else "") + (f"^{{{layers}}}" if layers else "")


def latex_number(digits: str) -> str:
    """A number, its exponent as a power of ten."""
    if not digits[-1].isdigit():
        return digits.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
    mantissa, times, exponent = _scientific(digits)
    return mantissa + (r" \times " if times else "") + (f"10^{{{exponent}}}" if exponent else "")


def mathml_name(name: str) -> str:
    """As `latex_name`."""
    letters, index, layers = _parts(name)
    written = f"<mi>{html.escape(plain(letters))}</mi>"
    if index and layers:
        return f"<msubsup>{written}<mn>{index}</mn><mn>{layers}</mn></msubsup>"
    if index:
        return f"<msub>{written}<mn>{index}</mn></msub>"
    return f"<msup>{written}<mn>{layers}</mn></msup>" if layers else written


def mathml_number(digits: str) -> str:
    """As `latex_number`."""
    if not digits[-1].isdigit():
        return f"<mn>{minus(digits)}</mn>"
    mantissa, times, exponent = map(minus, _scientific(digits))
    written = (f"<mn>{mantissa}</mn>" if mantissa else "") + (f"<mo>{times}</mo>" if times else "")
    return f"<mrow>{written}<msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>" if exponent else written


def _parts(name: str) -> tuple[str, str | None, str | None]:
    """A name's letters, its index and its layers; all of it are letters where it is not made so."""
    indexed = _INDEXED.fullmatch(name)
    return (indexed[1], indexed[2], indexed[3]) if indexed else (name, None, None)


def _scientific(digits: str) -> tuple[str, str, str]:
    """Of 2.5e-08 the mantissa, a cross, and the exponent; 1e-08 is the power alone."""
    mantissa, _, exponent = digits.partition("e")
    if not exponent:
        return mantissa, "", ""
    alone = mantissa in ("1", "-1")
    return mantissa.removesuffix("1") if alone else mantissa, "" if alone else "×", str(int(exponent))


def _latex_word(word: str) -> str:
    """Text as one symbol: a letter slanted, a word upright."""
    word = plain(word).translate(_AS_IN_LATIN)
    if len(word) == 1 and word.isalpha() and (word.isascii() or _greek(word)):
        return f"\\{_greek(word)}" if _greek(word) else word
    return f"\\mathrm{{{''.join([_in_latex_word(c) for c in word])}}}"


def _in_latex_word(c: str) -> str:
    if c in _LATEX:
        return _LATEX[c]
    if greek := _greek(c):
        return f"{{\\{greek}}}"
    return c if c.isascii() else f"\\text{{{c}}}"


def _greek(c: str) -> str | None:
    """What a Greek letter is called."""
    return codepoint2name.get(ord(c)) if "Α" <= c <= "ω" else None
