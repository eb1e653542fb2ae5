"""How names are written: a name's index below it and its layers above, Greek letters.

A name is whatever a user calls a quantity, so it is text that nobody looked at: here it becomes text in LaTeX and in
MathML, whatever is in it; and in quotes where it would be taken for a number.
"""

from __future__ import annotations

import html
import re
from html.entities import codepoint2name

from autograd.labels import is_numeral, named, plain

_INDEXED = re.compile(r"([^\W\d]+?)(?:_?(\d[\d,]*))?(\([\d,]+\))?")  # letters, an index, layers: w14, w_14, w11(1,2)
_ASCII = {"−": "-", "×": "*", "·": "*", "…": "...", "∂": "d", "√": "sqrt", "←": "<-", "≈": "~"}
_LATEX = {
    **{c: f"\\{c}" for c in "{}$&#_%"},
    **{"\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", "∂": r"{\partial}", " ": r"\ "},
}
_AS_IN_LATIN = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΧος", "ABEZHIKMNOPTXoσ")  # Greek letters that LaTeX has no name for


def in_ascii(text: str) -> str:
    """Text in ASCII: signs and Greek letters by what they are called, anything else by its number."""
    return "".join([c if c.isascii() else _ASCII.get(c) or _greek(c) or ascii(c)[1:-1] for c in text])


def latex_name(name: str) -> str:
    """A name with the digits at its end as an index and the layers after them raised."""
    if is_numeral(name):
        return f'\\text{{"}}{_latex_word(name)}\\text{{"}}'
    letters, index, layers = _parts(name)
    return _latex_word(letters) + (f"_{{{index}}}" if index else "") + (f"^{{{layers}}}" if layers else "")


def mathml_name(name: str) -> str:
    """As `latex_name`."""
    if is_numeral(name):
        return f"<mtext>{html.escape(named(name))}</mtext>"
    letters, index, layers = _parts(name)
    written = f"<mi>{html.escape(plain(letters))}</mi>"
    if index and layers:
        return f"<msubsup>{written}<mn>{index}</mn><mn>{layers}</mn></msubsup>"
    if index:
        return f"<msub>{written}<mn>{index}</mn></msub>"
    return f"<msup>{written}<mn>{layers}</mn></msup>" if layers else written


def _parts(name: str) -> tuple[str, str | None, str | None]:
    """A name's letters, its index and its layers; all of it are letters where it is not made so."""
    indexed = _INDEXED.fullmatch(name)
    return (indexed[1], indexed[2], indexed[3]) if indexed else (name, None, None)


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
