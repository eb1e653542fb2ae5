"""Expressions: what is written is what the table computes."""

from __future__ import annotations

import copy
import doctest
import math
import pickle
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd.formulas.expression
from autograd import PRIMITIVES, Primitive
from autograd.formulas.expression import (
    SYMBOLS,
    Expression,
    Figure,
    Name,
    Number,
    call,
    equation,
    expression,
    product,
    quotient,
    total,
)
from autograd.formulas.tidying import tidy

rows = pytest.mark.parametrize("row", list(PRIMITIVES.values()), ids=list(PRIMITIVES))


def symbols(row: Primitive) -> list[Expression]:
    return [Name(f"x{k}") for k in range(1, len(row.names) + row.sequences.count(True) + 1)]


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
    numbers = {**dict(zip(names, x)), Name("y"): y}
    inputs = row.unflatten(names)
    assert row.forward(SYMBOLS, *inputs).evaluate(numbers) == y
    for formula, partial in zip(row.flatten(row.partials(SYMBOLS, Name("y"), *inputs)), partials):
        formula = expression(formula)
        settled = formula.settle(numbers)
        assert formula.evaluate(numbers) == settled.evaluate(numbers) == partial
        assert tidy(settled).evaluate(numbers) == pytest.approx(partial, rel=1e-9, abs=1e-9)
        assert "if" not in settled.text()


@rows
def test_each_formula_is_well_formed_mathml(row: Primitive) -> None:
    inputs = row.unflatten(symbols(row))
    for formula in (row.forward(SYMBOLS, *inputs), *row.flatten(row.partials(SYMBOLS, Name("y"), *inputs))):
        ET.fromstring(f"<math>{expression(formula).mathml()}</math>")


a, b, c = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (a - (b - c), "a − (b − c)"),
        (a - b - c, "a − b − c"),
        (a * (b + c), "a × (b + c)"),
        (-(a + b), "−(a + b)"),
        (a / (b * c), "a / (b × c)"),
        ((a + b) ** 2, "(a + b)^2"),
        (a + Number(-0.5), "a + (−0.5)"),
        (a * Number(-0.5), "a × (−0.5)"),
        (Number(-0.5) - a, "−0.5 − a"),
        ((a - b) * (a - b), "(a − b)^2"),
        (equation(a, b, c), "a = b = c"),
        (equation(a, b * c, sign="+="), "a += b × c"),
        (-quotient("E", "i4"), "−∂E/∂i4"),
        (a * -b, "a × (−b)"),
        (product([-(a - b), c * (1 - c), -a, a / b]), "−(a − b) × c·(1 − c) × (−a) × (a / b)"),
        (product([-(a / b), -(a / b)]), "(−a / b) × (−a / b)"),
        (product([Number(-2) * a, Number(-2) * b]), "−2·a × (−2)·b"),
        (total([product([Number(-2), a]), product([Number(-3), b]), -c]), "−2 × a + (−3) × b − c"),
        (product([quotient("E", "o"), quotient("o", "w")]), "∂E/∂o × ∂o/∂w"),
        (a / -a, "a / (−a)"),
        (a + (b + -c * a), "a + b + (−c) × a"),
        (a + (-b + c), "a − b + c"),
        (a - -b, "a − (−b)"),
        (-(a * b) + c, "−(a × b) + c"),
        (Number(-0.5) * a + b, "−0.5 × a + b"),
        (Number(-0.5) / a, "−0.5 / a"),
        (SYMBOLS.log(Number(-0.5) * a), "log(−0.5 × a)"),
        (Number(2e-08) * a + Number(1e-08), "2×10⁻⁸ × a + 10⁻⁸"),
        (a / Number(2e-08), "a / (2×10⁻⁸)"),
        (Number(2e-08) ** Number(1e20), "(2×10⁻⁸)^(10²⁰)"),
        (call("σ", a) * a, "σ(a) × a"),
        (SYMBOLS.dot([a] * 9, [b] * 9), "a × b + a × b + a × b + … + a × b"),
        (SYMBOLS.sum([a] * 9) + c, "a + a + a + … + a + c"),
        (c + SYMBOLS.sum([Number(-2) * a, -b]), "c + (−2) × a − b"),
        (SYMBOLS.maximum([a, b] * 5), "max(a, b, a, …, b)"),
        (total([a] * 9), "a + a + a + a + a + a + a + a + a"),
    ],
)
def test_brackets_stand_where_they_are_needed(formula: Expression, text: str) -> None:
    assert formula.text() == text


@pytest.mark.parametrize(
    ("formula", "ascii", "latex"),
    [
        (SYMBOLS.exp(-a), "exp(-a)", "{e}^{-a}"),
        (SYMBOLS.exp(a - b), "exp(a - b)", "{e}^{a - b}"),
        (Name("e") ** 2, "e^2", "{e}^{2}"),
        (SYMBOLS.exp(a) ** 2, "exp(a)^2", r"{\left({e}^{a}\right)}^{2}"),
        (SYMBOLS.pow(a + b, -1.0), "1 / (a + b)", r"\frac{1}{a + b}"),
        (SYMBOLS.dot([a] * 9, [b] * 9), "a * b + a * b + a * b + ... + a * b", None),
        (SYMBOLS.sqrt(a), "sqrt(a)", r"\sqrt{a}"),
        (SYMBOLS.log(SYMBOLS.abs(a)), "log(abs(a))", r"\log\left(\left|a\right|\right)"),
        (SYMBOLS.log1p(-a), "log(1 - a)", r"\log\left(1 - a\right)"),
        (SYMBOLS.expm1(a), "exp(a) - 1", "{e}^{a} - 1"),
        (SYMBOLS.greater(0, a), "a < 0", "a < 0"),
        (a / (b + c), "a / (b + c)", r"\frac{a}{b + c}"),
        (Name("w_14"), "w_14", "w_{14}"),
        (quotient("E", "w14"), "dE/dw14", r"\frac{\partial E}{\partial w_{14}}"),
        (equation(Name("i4", "δ"), Name("η")), "delta_i4 = eta", r"\delta_{i_{4}} = \eta"),
        (Name("w11(0,1)"), "w11(0,1)", "w_{11}^{(0,1)}"),
        (Name("net1"), "net1", r"\mathrm{net}_{1}"),
        (Number(-1.5e-07), "-1.5e-07", r"-1.5 \times 10^{-7}"),
        (Number(1e-08), "1e-08", "10^{-8}"),
        (Number(-1e20) * a, "-1e+20 * a", r"-10^{20} \times a"),
        (Number(2e-08) ** 2, "2e-08^2", r"{\left(2 \times 10^{-8}\right)}^{2}"),
        (Name("β1") ** 1, "beta1", r"\beta_{1}"),
        (Name("Σ"), "Sigma", r"\Sigma"),
        (Name("Αο"), "Alphaomicron", r"\mathrm{Ao}"),
        (Name("é"), "\\xe9", r"\mathrm{\text{é}}"),
        (Number(-math.inf), "-inf", r"-\infty"),
        (Name("a_b{"), "a_b{", r"\mathrm{a\_b\{}"),
    ],
)
def test_ascii_and_latex(formula: Expression, ascii: str, latex: str | None) -> None:
    assert formula.text(ascii=True) == ascii
    assert latex is None or formula.latex() == latex


@pytest.mark.parametrize(
    ("number", "written"),
    [(2.5, "2.5"), (-2.5e-08, "−2.5×10−8"), (1e-08, "10−8"), (-1e20, "−1020"), (-math.inf, "−∞"), (math.nan, "NaN")],
)
def test_numbers_in_mathml_have_powers_of_ten(number: float, written: str) -> None:
    element = ET.fromstring(f"<math>{Number(number).mathml()}</math>")
    assert "".join(element.itertext()) == written
    assert len(list(element.iter("msup"))) == ("10" in written)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Number(2) * a ** (Number(2) - 1), "2 × a"),
        (Number(3) * a ** (Number(3) - 1), "3 × a^2"),
        (a ** (Number(1) - 1), "1"),
        (1 * a + 0, "a"),
        (1 / Number(3), "1 / 3"),
        (-Number(2) * a, "−2 × a"),
        (a - b, "a − b"),
        (-(a - b), "b − a"),
        (-(-a - b), "a + b"),
        (-(0 - a), "a"),
        (-Number(2) * (0 - a), "2 × a"),
        (-a * -b, "a × b"),
        (-(a - b) * c, "(b − a) × c"),
        (a ** (b - 1), "a^(b − 1)"),
        (1 - a * a, "1 − a^2"),
        (a / (Number(1) + 0), "a"),
        (-a / b, "−a / b"),
        (c * (-a / b), "c × (−a / b)"),
        (-Number(1) / a - 0 / b, "−1 / a"),
    ],
)
def test_a_tidy_formula_has_no_idle_numbers(formula: Expression, text: str) -> None:
    assert tidy(formula).text() == text


def test_numbers_are_put_in_for_names() -> None:
    formula = SYMBOLS.exp(-a) * b
    assert formula.substitute({a: -0.7, b: 2}).text() == "e^(−(−0.7)) × 2"
    assert SYMBOLS.exp(a).substitute({Name("e"): 5}).text() == "e^a"  # Euler's e is not a quantity called e
    with pytest.raises(TypeError, match="an expression is made of expressions and numbers, got str 'b'"):
        _ = a + "b"


def test_figures_are_shown_as_they_are_rounded_and_leave_a_formula_its_looks() -> None:
    figure = Figure(123456.0, 4)
    assert (figure.text(), figure.value, figure) == ("1.235×10⁵", 123500.0, Figure(123500.0, 4))
    for formula, names, figures in (
        (SYMBOLS.pow(a, b), "a^b", "1^1"),
        (SYMBOLS.where(SYMBOLS.greater(0, a), 0.0, a), "0 if a < 0, else a", "0 if 1 < 0, else 1"),
        ((a - b) * (a - b), "(a − b)^2", "(1 − 1)^2"),
        (a * a, "a × a", "1 × 1"),
    ):
        assert formula.text() == names
        assert formula.substitute({a: Figure(1.0, 4), b: Figure(1.0, 4)}).text() == figures


def test_how_much_is_shown_is_for_who_writes_it_to_say() -> None:
    formula = SYMBOLS.dot([1 / 3, 2.0, 3.0], [a, b, c])
    assert formula.text() == "0.333333333333 × a + 2 × b + 3 × c"
    assert formula.text(digits=2, longest=2) == "0.33 × a + … + 3 × c"
    assert formula.latex(digits=1, longest=2) == r"0.3 \times a + \ldots + 3 \times c"
    assert "<mn>0.3333</mn>" in formula.mathml(digits=4)
    assert formula.evaluate({a: 3.0, b: 0.0, c: 0.0}) == 1.0


def test_a_piece_is_replaced_wherever_it_stands() -> None:
    assert ((a - b) ** 2 / (1 - (a - b))).substitute({a - b: c}).text() == "c^2 / (1 − c)"


def test_names_in_mathml_are_text() -> None:
    hostile = "</math><script>alert(1)</script>\n"
    element = ET.fromstring(f"<math>{Name(hostile).mathml()}</math>")
    assert [child.tag for child in element.iter()] == ["math", "mi"]
    assert element[0].text == "</math><script>alert(1)</script>\\n"
    assert SYMBOLS.sqrt(a).mathml() == "<msqrt><mi>a</mi></msqrt>"
    assert SYMBOLS.abs(a).mathml() == "<mrow><mo>|</mo><mi>a</mi><mo>|</mo></mrow>"
    assert Name("w14").mathml() == "<msub><mi>w</mi><mn>14</mn></msub>"


def test_there_is_one_of_a_kind_and_it_never_changes() -> None:
    assert (a - b) * (a - b) is (Name("a") - Name("b")) * (a - b)
    assert Number(0.0) is not Number(-0.0)
    assert Number(math.nan) is Number(math.nan)
    for one in (a, Name("a", "∂"), Number(0.1), Figure(0.1, 4), SYMBOLS.log(a / 2)):
        assert copy.deepcopy(one) is pickle.loads(pickle.dumps(one)) is one
    with pytest.raises(AttributeError, match="an expression never changes"):
        a.kind = "number"


def test_there_is_one_of_a_kind_in_all_threads() -> None:
    def build(k: int) -> Expression:
        return reduce(lambda e, i: SYMBOLS.exp(e * i) + Name(f"x{i % 7}"), range(200), Name("start"))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(build, range(16)))) == 1


def test_a_name_is_no_number_and_no_sign() -> None:
    two: Expression = Name("2")
    assert two is not Number(2)
    assert tidy(two**1 + a ** (two - 1)).text() == '"2" + a^("2" − 1)'
    assert (1 + two).evaluate({two: 5.0}) == 6.0
    assert Name("∂") / Name("∂") is not quotient("", "")
    with pytest.raises(ValueError, match='"2" has no number'):
        two.evaluate({})
    with pytest.raises(ValueError, match="a = b has no number"):
        equation(a, b).evaluate({a: 1.0, b: 1.0})


def test_numbers_stay_what_they_are() -> None:
    numbers = {a: 1e-9}
    assert SYMBOLS.expm1(a).evaluate(numbers) == math.expm1(1e-9)
    assert SYMBOLS.log1p(a).evaluate(numbers) == math.log1p(1e-9)
    assert (a * (0.1 + 0.2)).evaluate({a: 1.0}) == 0.1 + 0.2


def test_parts_are_shared() -> None:
    x = [Name(f"x{k}") for k in range(200)]
    formula = autograd.logsumexp.forward(SYMBOLS, x)
    assert len(formula.parts()) < 4 * 200
    assert len(formula.text()) < 500
    numbers: dict[Expression, float] = {xk: k / 50 for k, xk in enumerate(x)}
    assert formula.evaluate(numbers) == autograd.logsumexp(list(numbers.values()))
    doubled: Expression = a
    for _ in range(100):
        doubled = doubled + doubled
    assert doubled.evaluate({a: 1.0}) == doubled.substitute({a: 1.0}).evaluate({}) == 2.0**100


def test_depth_is_no_obstacle() -> None:
    deep: Expression = a
    for _ in range(10_000):
        deep = SYMBOLS.sin(deep)
    assert len(deep.parts()) == 10_001
    assert tidy(deep.settle({})).substitute({a: b}).evaluate({b: 0.0}) == 0.0


def test_the_docstring_speaks_the_truth() -> None:
    assert doctest.testmod(autograd.formulas.expression).failed == 0
