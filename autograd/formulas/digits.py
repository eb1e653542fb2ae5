"""How numbers are written, in one place: −2.5×10⁻⁸ and ∞, in text, in pictures, in LaTeX and in MathML.

`number` gives the digits as a program reads them, ``-2.5e-08``; what makes them mathematics takes those.
"""

from __future__ import annotations

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = {"inf": "∞", "-inf": "−∞", "nan": "NaN"}
_LATEX_WORDS = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{NaN}"}


def number(x: float, digits: int) -> str:
    """A number to some significant digits, as Python reads it, without a negative zero: 0.25, -inf, -2.5e-08."""
    return format(x + 0.0, f".{digits}g")


def figure(x: float, digits: int) -> str:
    """A number to some significant digits, as mathematics writes it: 0.25, −∞, −2.5×10⁻⁸."""
    return in_text(number(x, digits))


def in_text(digits: str) -> str:
    """Digits on one line, with the minus sign of formulas, which is as long as the plus."""
    mantissa, times, exponent = _scientific(digits)
    power = f"10{exponent.translate(_RAISED)}" if exponent else ""
    return _WORDS.get(digits) or minus(mantissa) + times + power


def in_latex(digits: str) -> str:
    """Digits in LaTeX, an exponent as a power of ten."""
    mantissa, times, exponent = _scientific(digits)
    power = f"10^{{{exponent}}}" if exponent else ""
    return _LATEX_WORDS.get(digits) or mantissa + (r" \times " if times else "") + power


def in_mathml(digits: str) -> str:
    """Digits in MathML, an exponent as a power of ten."""
    if digits in _WORDS:
        return f"<mn>{_WORDS[digits]}</mn>"
    mantissa, times, exponent = map(minus, _scientific(digits))
    written = (f"<mn>{mantissa}</mn>" if mantissa else "") + (f"<mo>{times}</mo>" if times else "")
    return f"<mrow>{written}<msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>" if exponent else written


def minus(digits: str) -> str:
    """Digits with the minus sign of formulas."""
    return digits.replace("-", "−")


def _scientific(digits: str) -> tuple[str, str, str]:
    """Of 2.5e-08 the mantissa, a cross, and the exponent; 1e-08 is the power alone."""
    mantissa, _, exponent = digits.partition("e")
    if not exponent:
        return mantissa, "", ""
    alone = mantissa in ("1", "-1")
    return mantissa.removesuffix("1") if alone else mantissa, "" if alone else "×", str(int(exponent))
