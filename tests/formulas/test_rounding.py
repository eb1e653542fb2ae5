"""What an explanation prints is so, with the digits that are shown: rounded as on a slide, or to a few digits."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import Value, explain
from tests.fuzz.programs import PLAIN, programs


class Interval:
    """All numbers that a printed one may stand for."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    @staticmethod
    def of(x: Interval | float) -> Interval:
        return x if isinstance(x, Interval) else Interval(x, x)

    def __add__(self, other: Interval | float) -> Interval:
        other = Interval.of(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        assert not other.low <= 0 <= other.high
        return self * Interval(1 / other.high, 1 / other.low)

    def __pow__(self, other: Interval) -> Interval:
        ends = [a**b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(0.0, *ends), max(ends))


def half_a_unit(x: float, digits: int) -> float:
    """Of the last of so many significant digits."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(x))) - digits + 1) if x else 0.0


NUMBER = re.compile(r"\b\d+(?:\.\d+)?(?:e[+-]\d+)?")
# Nothing but numbers: signs, digits and exponents.
NUMERIC = re.compile(r"[-+*/^()\d. ]|(?<=\d)e(?=[+-])")


def check_lines(text: str, digits: int, decimals: int | None) -> list[str]:
    """Check each step from numbers to what they come to; return the signs of those that were checked."""
    signs = []
    for equation in text.split("\n\n"):
        before: str | None = None
        line = " ".join(re.sub(r" {3}\(.*\)$", "", equation).split())  # without remarks
        for sign, side in re.findall(r"( [=~] |^)(.*?)(?= [=~] |$)", line, flags=re.M):
            if NUMERIC.sub("", side):
                continue
            if before is not None:
                shown = float(side)
                exact = eval(before.replace("^", "**"))
                wide = NUMBER.sub(lambda m: f"around({m[0]})", before.replace("^", "**"))
                worked = eval(
                    wide, {"around": lambda x: Interval(x - half_a_unit(x, digits), x + half_a_unit(x, digits))}
                )
                places = max(0, -int(Decimal(side).as_tuple().exponent)) if shown else 400
                room = 0.5 * 10.0**-decimals if decimals is not None else half_a_unit(shown, digits)
                room = (room + 1e-11 * abs(shown)) * (1 + 1e-9)
                if sign.strip() == "=":
                    assert abs(exact - shown) <= room, (before, side)
                    assert shown or exact == 0, (before, side)
                else:
                    room += 1e-12  # what floats lose where large contributions cancel
                    assert Interval.of(worked).low - room <= shown <= Interval.of(worked).high + room, (before, side)
                    assert exact != shown or places, (before, side)
                signs.append(sign.strip())
            before = side
    return signs


@given(programs(PLAIN), st.integers(1, 6), st.none() | st.tuples(st.integers(0, 5), st.integers(0, 6)))
def test_every_line_of_numbers_is_so(
    program: tuple[Value, list[Value]], digits: int, rounding: tuple[int, int] | None
) -> None:
    output, leaves = program
    try:
        explanation = explain(output, leaves, digits=digits, rounding=rounding)
    except (autograd.DomainError, ArithmeticError):  # of what was rounded
        assume(False)
    check_lines(explanation.text(ascii=True), digits, rounding and rounding[1])


def test_a_rounded_gradient_that_the_product_does_not_give_is_told_step_by_step() -> None:
    x, w, k = Value(38561.123, "x"), Value(2.55e-06, "w"), Value(0.001, "k")
    y = k * (w * (x * x))
    y.name = "y"
    text = explain(y, "x", rounding=(3, 4)).text(ascii=True)
    assert "\n         = 0.001 * 2.55e-06\n         ~ 0\n" in text
    assert text.endswith("= 0 * 7.712e+04\n      = 0")
    assert check_lines(text, 4, 4) == ["~", "="]
    assert "δ" not in explain(y, "x").text()


def test_it_says_where_it_rounds_in_each_notation() -> None:
    third, x = Value(1 / 3, "third"), Value(3.0, "x")
    y = (x * third) * third
    y.name = "y"
    explanation = explain(y, "x", digits=2)
    assert [one.signs[-1] for one in explanation.equations] == ["="]
    explanation = explain(y * y, "x", digits=2)
    assert explanation.text().endswith("= 0.67 × 0.33 × 0.33\n       ≈ 0.074")
    assert "&\\approx 0.074" in explanation.latex()
    assert "<mo>≈</mo><mn>0.074</mn>" in explanation.mathml()


def test_a_discarded_branch_contributes_nothing_even_where_it_is_infinite() -> None:
    x = Value(800.0, "x")
    y = autograd.where(autograd.greater(x, 0), x, autograd.exp(x))
    explanation = explain(y, x)
    assert explanation.value == 1.0
    assert "∞" not in explanation.text()


@pytest.mark.parametrize(
    ("x", "written"),
    [(math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (1e-5, "10⁻⁵"), (-9.408e-05, "−9.408×10⁻⁵"), (-0.0, "0")],
)
def test_numbers_are_written_as_mathematics_writes_them(x: float, written: str) -> None:
    y = Value(x, "x") * Value(2.0, "k")
    y.name = "y"
    assert str(explain(y, "k")).split("   (")[0].endswith(f"= {written}")
    (result,) = [
        frame.exact.result for frame in autograd.frames(y) if frame.title == "x hands y" or frame.writes == (1, "grad")
    ]
    assert result is not None
    assert result.text() == written
