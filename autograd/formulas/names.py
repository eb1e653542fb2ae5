"""How names are written: as a slide calls a quantity, ``z^(1)_2``, ``a_1^{(2)}``, ``y_hat``, ``delta_4``, ``w11(0,1)``.

A name is whatever a user calls a quantity, so it is text that nobody looked at. `Parts.of` finds out whether it is
made as a slide's names are; each notation prints its parts. Any other name is text, whatever is in it; and in quotes
where it would be taken for a number.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html.entities import codepoint2name

from autograd.labels import is_numeral, named, plain

_GREEK = {chr(code): word for code, word in codepoint2name.items() if ord("Α") <= code <= ord("ω")}
_LETTERS = {word: letter for letter, word in _GREEK.items()}  # by what they are called
_ASCII = {"−": "-", "×": "*", "·": "*", "…": "...", "∂": "d", "√": "sqrt", "←": "<-", "≈": "~", "′": "'"}
_LATEX = {
    **{c: f"\\{c}" for c in "{}$&#_%"},
    **{"\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", "∂": r"{\partial}", " ": r"\ "},
}
_AS_IN_LATIN = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΧος", "ABEZHIKMNOPTXoσ")  # Greek letters that LaTeX has no name for

# Of each accent, the sign that Unicode puts on a letter and the one that MathML puts over it.
_ACCENTS = {"hat": ("\u0302", "^"), "bar": ("\u0304", "¯"), "tilde": ("\u0303", "~"), "dot": ("\u0307", "˙")}
_ACCENTS["vec"] = ("\u20d7", "→")
_LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_RAISED = str.maketrans("0123456789+-−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ")
_MARKS = {mark: accent for accent, (mark, _) in _ACCENTS.items()}

_BASE = re.compile(r"([^\W\d_]+)(\d[\d,]*)?")  # w14
_SCRIPT = r"[^\W_,][\w,.+−*()=-]*|\([\w,.+−*=-]+\)"  # in braces
_PIECE = re.compile(
    rf"_(?P<accent>{'|'.join(_ACCENTS)})(?![^\W_])"
    r"|(?P<primes>['′]+|(?:_prime)(?![^\W_]))"
    rf"|_(?:\{{(?P<below>{_SCRIPT})\}}|(?P<lower>[^\W_]+(?:,[^\W_]+)*))"
    rf"|\^(?:\{{(?P<above>{_SCRIPT})\}}|(?P<upper>\([\w,+−-]+\)|[^\W_]+|\*))"
    r"|(?P<layers>\([\d,]+\))\Z"  # of w11(0,1), which a slide raises
    r"|(?P<arguments>\([^\W_][\w,+−-]*\))\Z"
)
_TOKEN = re.compile(r"[^\W\d_]+|\([\d,]+\)|[\d,.]*\d|.", re.DOTALL)  # of an index: words, numbers, signs


@dataclass(frozen=True)
class Parts:
    """What a name is made of.

    Attributes:
        base: a letter or a word; Greek where it is the name of a Greek letter. All of a name that is made otherwise.
        accent: hat, bar, tilde, dot, vec; "" for none.
        primes: how many.
        lower: the index below.
        upper: what is raised, with its brackets.
        arguments: in brackets, at the end.
        on_the_line: which of lower and upper are typed without a sign, as in w11(0,1).
        is_text: whether the name is not made as those of slides are.
    """

    base: str
    accent: str = ""
    primes: int = 0
    lower: str = ""
    upper: str = ""
    arguments: str = ""
    on_the_line: frozenset[str] = frozenset()
    is_text: bool = False

    @staticmethod
    @lru_cache(maxsize=1000)
    def of(name: str) -> Parts:
        """The parts of a name."""
        text = Parts(name, is_text=True)
        name = unicodedata.normalize("NFC", name)
        start = _BASE.match(name)
        if not start or not start[1].isalpha() or is_numeral(name):
            return text
        on_the_line = {"lower"} if start[2] else set()
        found = {"lower": start[2]} if start[2] else {}
        place = start.end()
        while place < len(name):
            piece = _PIECE.match(name, place)
            if not piece:
                return text
            place = piece.end()
            kind = {"below": "lower", "above": "upper", "layers": "upper"}.get(str(piece.lastgroup), piece.lastgroup)
            if kind is None or kind in found:
                return text
            found[kind] = piece[str(piece.lastgroup)]
            on_the_line |= {"upper"} if piece["layers"] else set()
        primes = found.pop("primes", "")
        count = 1 if primes == "_prime" else len(primes)
        base = _LETTERS.get(start[1], start[1])
        apart = unicodedata.normalize("NFD", base)
        if len(apart) == 2 and apart[1] in _MARKS and "accent" not in found:  # ŷ
            base, found["accent"] = apart[0], _MARKS[apart[1]]
        accent, lower, upper, arguments = [found.get(kind, "") for kind in ("accent", "lower", "upper", "arguments")]
        return Parts(base, accent, count, lower, upper, arguments, frozenset(on_the_line))


def in_ascii(text: str) -> str:
    """Text in ASCII: signs and Greek letters by what they are called, anything else by its number."""
    return "".join([c if c.isascii() else _ASCII.get(c) or _GREEK.get(c) or ascii(c)[1:-1] for c in text])


def text_name(name: str) -> str:
    """A name on one line: z₂⁽¹⁾, ŷ, δ₄; what has no sign of its own stays as it is typed."""
    parts = Parts.of(name)
    if parts.is_text:
        return named(name)
    base = plain(parts.base)
    if parts.accent:
        has_sign = len(base) == 1
        base = unicodedata.normalize("NFC", base + _ACCENTS[parts.accent][0]) if has_sign else f"{base}_{parts.accent}"
    index = parts.lower if "lower" in parts.on_the_line else _script(parts.lower, "_", _LOWERED)
    raised = parts.upper if "upper" in parts.on_the_line else _script(parts.upper, "^", _RAISED)
    return base + "′" * parts.primes + index + raised + parts.arguments


def latex_name(name: str) -> str:
    """A name in LaTeX, its index below it and its layers above."""
    if is_numeral(name):
        return f'\\text{{"}}{_latex_word(name)}\\text{{"}}'
    parts = Parts.of(name)
    base = _latex_word(parts.base)
    if parts.accent:
        base = f"\\{parts.accent}{{{base}}}"
    lower = f"_{{{_latex_script(parts.lower)}}}" if parts.lower else ""
    raised = r"\prime" * parts.primes + (" " if parts.primes and parts.upper else "") + _latex_script(parts.upper)
    return base + lower + (f"^{{{raised}}}" if raised else "") + _latex_script(parts.arguments)


def latex_text(words: str) -> str:
    """Words of our own in the midst of formulas."""
    written = [f"$\\{_GREEK[c]}$" if c in _GREEK else {"′": "$'$", "<": "$<$"}.get(c, c) for c in words]
    return f"\\text{{{''.join(written)}}}"


def mathml_name(name: str) -> str:
    """As `latex_name`."""
    if is_numeral(name):
        return f"<mtext>{html.escape(named(name))}</mtext>"
    parts = Parts.of(name)
    base = f"<mi>{html.escape(plain(parts.base))}</mi>"
    if parts.accent:
        base = f'<mover accent="true">{base}<mo>{_ACCENTS[parts.accent][1]}</mo></mover>'
    lower = _mathml_script(parts.lower)
    raised = [f"<mo>{'′' * parts.primes}</mo>"] * bool(parts.primes) + [_mathml_script(parts.upper)] * bool(parts.upper)
    upper = raised[0] if len(raised) == 1 else f"<mrow>{''.join(raised)}</mrow>"
    if lower and raised:
        base = f"<msubsup>{base}{lower}{upper}</msubsup>"
    elif lower:
        base = f"<msub>{base}{lower}</msub>"
    elif raised:
        base = f"<msup>{base}{upper}</msup>"
    return f"<mrow>{base}{_mathml_script(parts.arguments)}</mrow>" if parts.arguments else base


def _script(script: str, sign: str, table: dict[int, int]) -> str:
    """An index on the line: in small signs, where there is one for each; otherwise behind the sign that it is typed
    with."""
    if all(ord(c) in table for c in script) and not re.search(r"[^\W\d_]{3}", script):  # a word would be hard to read
        return script.translate(table)
    is_word = script.isalnum() or (script.startswith("(") and script.endswith(")"))
    return sign + script if is_word else f"{sign}{{{script}}}"


def _latex_script(script: str) -> str:
    def written(token: str) -> str:
        token = _LETTERS.get(token, token)
        if token[0].isalpha() and (len(token) > 2 or not token.isascii()):
            return _latex_word(token)
        return token.replace("−", "-")

    return "".join(map(written, _TOKEN.findall(script)))


def _mathml_script(script: str) -> str:
    def written(token: str) -> str:
        token = _LETTERS.get(token, token)
        tag = "mi" if token[0].isalpha() else "mn" if any(c.isdigit() for c in token) else "mo"
        return f"<{tag}>{html.escape(plain(token)).replace('-', '−')}</{tag}>"

    tokens = [*map(written, _TOKEN.findall(script))]
    return tokens[0] if len(tokens) == 1 else f"<mrow>{''.join(tokens)}</mrow>" if tokens else ""


def _latex_word(word: str) -> str:
    """Text as one symbol: a letter slanted, a word upright."""
    word = plain(word).translate(_AS_IN_LATIN)
    if len(word) == 1 and word.isalpha() and (word.isascii() or word in _GREEK):
        return f"\\{_GREEK[word]}" if word in _GREEK else word
    return f"\\mathrm{{{''.join([_in_latex_word(c) for c in word])}}}"


def _in_latex_word(c: str) -> str:
    if c in _LATEX:
        return _LATEX[c]
    if c in _GREEK:
        return f"{{\\{_GREEK[c]}}}"
    return c if c.isascii() else f"\\text{{{c}}}"
