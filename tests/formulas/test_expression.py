"""Formulas: what is written is what the table computes."""

from __future__ import annotations

import doctest
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd.formulas.expression
from autograd import PRIMITIVES, Primitive
from autograd.formulas.expression import SYMBOLS, Formula, Symbol, equation, product, quotient, total

rows = pytest.mark.parametrize("row", list(PRIMITIVES.values()), ids=list(PRIMITIVES))


def symbols(row: Primitive) -> list[Formula]:
    return [Symbol(f"x{k}") for k in range(1, len(row.names) + row.sequences.count(True) + 1)]


@rows
@given(data=st.data())
def test_each_formula_comes_to_what_the_row_computes(row: Primitive, data: st.DataObject) -> None:
    names = symbols(row)
    number = data.draw(st.sampled_from([st.floats(-3, 3), st.floats(0, 1)]))  # the second for probabilities
    x = data.draw(st.lists(number, min_size=len(names), max_size=len(names)))
    assume(row.domain is None or row.domain.contains(*row.unflatten(x)))
    y = row(*row.unflatten(x))
    partials = row.local_derivatives(y, x)
    assume(all(map(math.isfinite, partials)))
    numbers = {name.word: xi for name, xi in zip(names, x)} | {"y": y}
    inputs = row.unflatten(names)
    assert row.forward(SYMBOLS, *inputs).evaluate(numbers) == pytest.approx(y, rel=1e-12, abs=1e-12)
    for formula, partial in zip(row.flatten(row.partials(SYMBOLS, Symbol("y"), *inputs)), partials):
        written = formula if isinstance(formula, Formula) else Symbol(repr(formula))
        assert written.evaluate(numbers) == pytest.approx(partial, rel=1e-9, abs=1e-9)
        for settled in (written.settle(numbers), written.settle(numbers).tidy()):
            assert settled.evaluate(numbers) == pytest.approx(partial, rel=1e-9, abs=1e-9)
        assert "if" not in written.settle(numbers).text()


@rows
def test_each_formula_is_well_formed_mathml(row: Primitive) -> None:
    inputs = row.unflatten(symbols(row))
    for formula in (row.forward(SYMBOLS, *inputs), *row.flatten(row.partials(SYMBOLS, Symbol("y"), *inputs))):
        if isinstance(formula, Formula):
            ET.fromstring(f"<math>{formula.mathml()}</math>")


a, b, c = Symbol("a"), Symbol("b"), Symbol("c")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (a - (b - c), "a − (b − c)"),
        (a - b - c, "a − b − c"),
        (a * (b + c), "a × (b + c)"),
        (-(a + b), "−(a + b)"),
        (a / (b * c), "a / (b × c)"),
        ((a + b) ** 2, "(a + b)^2"),
        (a + Symbol("-0.5"), "a + (−0.5)"),
        (a * Symbol("-0.5"), "a × (−0.5)"),
        (Symbol("-0.5") - a, "−0.5 − a"),
        ((a - b) * (a - b), "(a − b)^2"),
        (equation(a, b, c), "a = b = c"),
        (equation(a, b * c, sign="+="), "a += b × c"),
        (-quotient("E", "i4"), "−∂E/∂i4"),
        (a * -b, "a × (−b)"),
        (product([-(a - b), c * (1 - c), -a, a / b]), "−(a − b) × c·(1 − c) × (−a) × (a / b)"),
        (product([-(a / b), -(a / b)]), "(−a / b) × (−a / b)"),
        (product([Symbol("-2") * a, Symbol("-2") * b]), "−2·a × (−2)·b"),
        (total([product([Symbol("-2"), a]), product([Symbol("-3"), b]), -c]), "−2 × a + (−3) × b − c"),
        (product([quotient("E", "o"), quotient("o", "w")]), "∂E/∂o × ∂o/∂w"),
        (SYMBOLS.dot([a] * 9, [b] * 9), "a × b + a × b + a × b + … + a × b"),
    ],
)
def test_brackets_stand_where_they_are_needed(formula: Formula, text: str) -> None:
    assert formula.text() == text


@pytest.mark.parametrize(
    ("formula", "ascii", "latex"),
    [
        (SYMBOLS.exp(-a), "exp(-a)", "{e}^{-a}"),
        (SYMBOLS.exp(a - b), "exp(a - b)", "{e}^{a - b}"),
        (Symbol("e") ** 2, "e^2", "{e}^{2}"),
        (SYMBOLS.sqrt(a), "sqrt(a)", r"\sqrt{a}"),
        (SYMBOLS.log(SYMBOLS.abs(a)), "log(abs(a))", r"\log\left(\left|a\right|\right)"),
        (SYMBOLS.log1p(-a), "log(1 - a)", r"\log\left(1 - a\right)"),
        (SYMBOLS.expm1(a), "exp(a) - 1", "{e}^{a} - 1"),
        (SYMBOLS.greater(0, a), "a < 0", "a < 0"),
        (a / (b + c), "a / (b + c)", r"\frac{a}{b + c}"),
        (Symbol("w_14"), "w_14", "w_{14}"),
        (quotient("E", "w14"), "dE/dw14", r"\frac{\partial E}{\partial w_{14}}"),
        (equation(Symbol("δ_i4"), Symbol("η")), "delta_i4 = eta", r"\delta_{i_{4}} = \eta"),
        (Symbol("w11(0,1)"), "w11(0,1)", "w_{11}^{(0,1)}"),
        (Symbol("net1"), "net1", r"\mathrm{net}_{1}"),
        (Symbol("-1.5e-07"), "-1.5e-07", r"-1.5 \times 10^{-7}"),
        (Symbol("1e-08"), "1e-08", "10^{-8}"),
        (Symbol("-1e+20") * a, "-1e+20 * a", r"-10^{20} \times a"),
        (Symbol("2e-08") ** 2, "2e-08^2", r"{\left(2 \times 10^{-8}\right)}^{2}"),
        (Symbol("β1") ** 1, "beta1", r"\beta_{1}"),
        (Symbol("-inf"), "-inf", r"-\infty"),
        (Symbol("a_b{"), "a_b{", r"\mathrm{a\_b\{}"),
    ],
)
def test_ascii_and_latex(formula: Formula, ascii: str, latex: str) -> None:
    assert formula.text(ascii=True) == ascii
    assert formula.latex() == latex


@pytest.mark.parametrize(
    ("number", "written"),
    [("2.5", "2.5"), ("-2.5e-08", "−2.5×10−8"), ("1e-08", "10−8"), ("-1e+20", "−1020"), ("-inf", "−inf")],
)
def test_numbers_in_mathml_have_powers_of_ten(number: str, written: str) -> None:
    element = ET.fromstring(f"<math>{Symbol(number).mathml()}</math>")
    assert "".join(element.itertext()) == written
    assert len(list(element.iter("msup"))) == ("e" in number)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Symbol("2") * a ** (Symbol("2") - 1), "2 × a"),
        (Symbol("3") * a ** (Symbol("3") - 1), "3 × a^2"),
        (a ** (Symbol("1") - 1), "1"),
        (1 * a + 0, "a"),
        (1 / Symbol("3"), "1 / 3"),
        (-Symbol("2") * a, "−2 × a"),
        (a - b, "a − b"),
        (-(a - b), "b − a"),
        (-(-a - b), "−(−a − b)"),
        (-(a - b) * c, "(b − a) × c"),
        (a ** (b - 1), "a^(b − 1)"),
        (1 - a * a, "1 − a^2"),
        (a / (Symbol("1") + 0), "a"),
        (-a / b, "−a / b"),
        (c * (-a / b), "c × (−a / b)"),
        (-Symbol("1") / a - 0 / b, "−1 / a"),
    ],
)
def test_a_tidy_formula_has_no_idle_numbers(formula: Formula, text: str) -> None:
    assert formula.tidy().text() == text


def test_numbers_are_put_in_for_names() -> None:
    formula = SYMBOLS.exp(-a) * b
    assert formula.substitute({"a": "-0.7", "b": "2"}).text() == "e^(−(−0.7)) × 2"
    assert Symbol("e").substitute({"e": "5"}).text() == "5"
    assert SYMBOLS.exp(a).substitute({"e": "5"}).text() == "e^a"  # Euler's e is not a quantity called e


def test_a_piece_is_replaced_wherever_it_stands() -> None:
    assert ((a - b) ** 2 / (1 - (a - b))).replace({a - b: Symbol("c")}).text() == "c^2 / (1 − c)"


def test_names_in_mathml_are_text() -> None:
    hostile = "</math><script>alert(1)</script>\n"
    element = ET.fromstring(f"<math>{Symbol(hostile).mathml()}</math>")
    assert [child.tag for child in element.iter()] == ["math", "mi"]
    assert element[0].text == "</math><script>alert(1)</script>\\n"
    assert SYMBOLS.sqrt(a).mathml() == "<msqrt><mi>a</mi></msqrt>"
    assert SYMBOLS.abs(a).mathml() == "<mrow><mo>|</mo><mi>a</mi><mo>|</mo></mrow>"
    assert Symbol("w14").mathml() == "<msub><mi>w</mi><mn>14</mn></msub>"


def test_the_docstring_speaks_the_truth() -> None:
    assert doctest.testmod(autograd.formulas.expression).failed == 0
