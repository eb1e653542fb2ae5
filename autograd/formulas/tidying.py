"""Tidying: a formula as a lecturer leaves it on the board."""

from __future__ import annotations

from collections.abc import Callable

from autograd.formulas.expression import Expression, Number, total


def tidy(formula: Expression) -> Expression:
    """The formula as a lecturer leaves it.

    Arithmetic on numbers is done, but for fractions; there is no 1 × x, x / 1, x^1, x + 0 or 0 / x; x × x is x^2; and a
    minus stands where it is least in the way: b − a for −(a − b), a − 1 for a + (−1), −(a / b) for (−a) / b; and two
    cancel: 2 × a for −2 × (−a).
    """
    return formula.rebuilt(lambda part, new: _tidied(new))


def _tidied(e: Expression) -> Expression:
    if e.kind == "pow" and _is(-1.0, e.operands[1]) and not _is(0.0, e.operands[0]):  # that is an infinity, 1 / 0 none
        return _tidied(1 / e.operands[0])
    if e.kind in _TIDY and e.kind != "div" and all(isinstance(operand, Number) for operand in e.operands):
        return Number(e.evaluate({}))
    return _TIDY[e.kind](e) if e.kind in _TIDY else e


def _is(x: float, e: Expression) -> bool:
    return isinstance(e, Number) and e.value == x


def _signed(e: Expression) -> tuple[bool, Expression]:
    """Whether an expression has a minus in front, and what is behind it."""
    if isinstance(e, Number) and e.value < 0:
        return True, Number(-e.value)
    return (True, e.operands[0]) if e.kind == "neg" else (False, e)


def _negated(e: Expression) -> Expression:
    """Its negative: x for −x, b − a for a − b."""
    minus, behind = _signed(e)
    if minus or _is(0.0, e):
        return behind
    if isinstance(e, Number):
        return Number(-e.value)
    if e.kind == "sub":
        minus, behind = _signed(e.operands[0])
        return behind + e.operands[1] if minus else e.operands[1] - e.operands[0]
    return -e


def _tidy_sum(e: Expression) -> Expression:
    a, *others = e.operands
    terms = [a, *[_negated(b) if e.kind == "sub" else b for b in others]]
    first, *others = [term for term in terms if not _is(0.0, term)]
    terms = [first, *[-term if minus else term for minus, term in map(_signed, others)]]
    if len(terms) == 2 and terms[1].kind == "neg":
        return first - terms[1].operands[0]
    return Expression("sum", *terms) if e.kind == "sum" and len(terms) > 1 else total(terms)


def _tidy_product(e: Expression) -> Expression:
    (minus_a, behind_a), (minus_b, behind_b) = map(_signed, e.operands)
    a, b = (behind_a, behind_b) if minus_a and minus_b else e.operands
    if _is(1.0, a) or _is(1.0, b):
        return b if _is(1.0, a) else a
    return a**2 if a == b else a * b


def _tidy_quotient(e: Expression) -> Expression:
    above, below = e.operands
    if _is(0.0, above) or _is(1.0, below):
        return above
    minus, above = _signed(above)
    return -(above / below) if minus else above / below


def _tidy_power(e: Expression) -> Expression:
    base, exponent = e.operands
    return base if _is(1.0, exponent) else Number(1.0) if _is(0.0, exponent) else e


_TIDY: dict[str, Callable[[Expression], Expression]] = {
    **dict.fromkeys(["add", "sub", "sum"], _tidy_sum),
    **{"mul": _tidy_product, "div": _tidy_quotient, "pow": _tidy_power, "neg": lambda e: _negated(e.operands[0])},
}
