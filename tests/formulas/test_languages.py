"""Expressions as Python code: what it computes is the expression, to the last bit."""

from __future__ import annotations

import doctest
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd.formulas.languages
from autograd import PRIMITIVES, Primitive
from autograd.compiling.lines import parts_named, simplified
from autograd.compiling.source import Names
from autograd.compiling.straight_lines import NAMESPACE
from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, expression
from autograd.formulas.languages import JAVASCRIPT, PYTHON
from tests.formulas.test_expression import symbols

a, b, c = Name("a"), Name("b"), Name("c")


def run(lines: list[tuple[str, Expression]], result: str, numbers: dict[str, float]) -> Any:
    """What the lines compute, in Python."""
    source = "\n".join([f"{name} = {PYTHON.write(value)}" for name, value in lines])
    defined = {**NAMESPACE, **numbers}
    exec(source, defined)
    return defined[result]


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=list(PRIMITIVES))
@given(data=st.data())
def test_code_computes_what_the_row_does(row: Primitive, data: st.DataObject) -> None:
    names = symbols(row)
    number = data.draw(st.sampled_from([st.floats(-3, 3), st.floats(0, 1), st.sampled_from([0.0, 1.0, -2.0, 6.0])]))
    x = data.draw(st.lists(number, min_size=len(names), max_size=len(names)))
    assume(row.domain is None or row.domain.contains(*row.unflatten(x)))
    y = row(*row.unflatten(x))
    expected = [y, *row.local_derivatives(y, x)]
    assume(all(map(math.isfinite, expected)))
    inputs = row.unflatten(names)
    numbers = {**{name.word: xi for name, xi in zip(names, x)}, "y": y}
    formulas = [row.forward(SYMBOLS, *inputs), *row.flatten(row.partials(SYMBOLS, Name("y"), *inputs))]
    for prepared in (expression, lambda formula: simplified(expression(formula))):
        lines = [(f"r{k}", prepared(formula)) for k, formula in enumerate(formulas)]
        (named,) = parts_named([lines], Names(numbers).fresh)
        for code in (lines, named):
            for (name, _), right in zip(lines, expected):
                try:
                    result = run(code, name, numbers)
                except (ArithmeticError, ValueError):  # where the engine goes to infinity and comes back
                    continue
                assert type(result) is float
                assert result == right


@pytest.mark.parametrize(
    ("formula", "python", "javascript"),
    [
        (a + (b + c), "a + (b + c)", None),
        (a + b + c, "a + b + c", None),
        (a * (b * c), "a * (b * c)", None),
        (a / b * c, "a / b * c", None),
        (a * (b / c), "a * (b / c)", None),
        (a - (b - c), "a - (b - c)", None),
        (a + -b, "a - b", None),
        (a + -(b * c), "a - b * c", None),
        (a + -(b + c), "a - (b + c)", None),
        (-Expression("neg", a), "-(-a)", None),
        (-(a * b), "-(a * b)", None),
        (a - Number(-2.0), "a - -2", None),
        (a * Number(0.5) + 2, "a * 0.5 + 2", None),
        (a + Number(-0.0), "a + -0.0", None),
        (a / 1e-5, "a / 1e-05", None),
        (Number(1e8) * 1e8, "100000000.0 * 100000000.0", "100000000 * 100000000"),
        (a**2, "a**2", "pow(a, 2)"),
        (-(a**2), "-a**2", "-pow(a, 2)"),
        ((-a) ** -1, "(-a)**-1", "pow(-a, -1)"),
        (a**0.5, "math.pow(a, 0.5)", "pow(a, 0.5)"),
        (2**a, "math.pow(2.0, a)", "pow(2, a)"),
        (a**1e300, "math.pow(a, 1e+300)", "pow(a, 1e+300)"),
        (SYMBOLS.log1p(SYMBOLS.arctan(a)), "math.log1p(math.atan(a))", "Math.log1p(Math.atan(a))"),
        (SYMBOLS.where(SYMBOLS.greater(0, a), 0.0, a), "0.0 if 0 > a else a", "0 > a ? 0 : a"),
        (SYMBOLS.where(SYMBOLS.equal(a, b), a, b) * 2, "(a if a == b else b) * 2", "(a === b ? a : b) * 2"),
        (SYMBOLS.maximum([a, b, 1.0]), "maximum((a, b, 1.0))", "maximum([a, b, 1])"),
        (SYMBOLS.sum([a, -b, math.inf]), "a - b + math.inf", "a - b + Infinity"),
        (expression(-math.inf), "-math.inf", "-Infinity"),
    ],
)
def test_brackets_stand_where_they_are_needed(formula: Expression, python: str, javascript: str | None) -> None:
    assert PYTHON.write(formula) == python
    assert JAVASCRIPT.write(formula) == (javascript or python)


def test_a_long_sum_is_a_call() -> None:
    assert PYTHON.write(SYMBOLS.sum([a] * 100)).count(" + ") == 99
    long = SYMBOLS.dot([a] * 5000, [0.1] * 5000)
    assert PYTHON.write(long).startswith("total((a * 0.1, a * 0.1, ")
    assert run([("y", long)], "y", {"a": 1.0}) == long.evaluate({a: 1.0})


@pytest.mark.parametrize(
    ("formula", "simple"),
    [
        (1 * a / 1, a),
        (a * -1.0, -a),
        (-a * -1.0, a),
        (a ** (Number(2) - 1), a),
        (Number(1) / 3 * a, Number(1 / 3) * a),
        (SYMBOLS.where(SYMBOLS.equal(Number(2), 0), a, b), b),
        (SYMBOLS.maximum([a, 0.0]), SYMBOLS.where(SYMBOLS.greater(0.0, a), 0.0, a)),
        (SYMBOLS.minimum([6.0, a]), SYMBOLS.where(SYMBOLS.greater(a, 6.0), 6.0, a)),
        (a + SYMBOLS.exp(Number(1000)), a + math.inf),
        (1 / Number(0), 1 / Number(0)),
        (0 * a + 0, 0 * a + 0),
        (SYMBOLS.sum([a, b, 1.0]), SYMBOLS.sum([a, b, 1.0])),
    ],
)
def test_what_would_be_computed_in_vain_is_left_out(formula: Expression, simple: Expression) -> None:
    assert simplified(formula) is simple


def test_shared_parts_get_a_line_before_their_first_use() -> None:
    def written(*blocks: list[tuple[str, Expression]]) -> list[list[str]]:
        named = parts_named(blocks, lambda name: name)
        return [[f"{name} = {PYTHON.write(value)}" for name, value in block] for block in named]

    difference = a - b
    assert written([("y", difference * difference / 2)], [("d", -difference)]) == [
        ["y_sub = a - b", "y = y_sub * y_sub / 2"],
        ["d = -y_sub"],
    ]
    assert written([("y", -a * -a), ("z", SYMBOLS.exp(a)), ("w", SYMBOLS.exp(a))]) == [
        ["y = -a * -a", "z = math.exp(a)", "w = z"]
    ]
    choice = SYMBOLS.where(SYMBOLS.greater(a, 0), a, SYMBOLS.log(a) * SYMBOLS.log(a))
    assert written([("y", choice)]) == [["y = a if a > 0 else math.log(a) * math.log(a)"]]  # not for a below 0
    assert written([("y", choice), ("z", SYMBOLS.log(a))])[0][0] == "y_log = math.log(a)"


def test_the_docstring_speaks_the_truth() -> None:
    assert doctest.testmod(autograd.formulas.languages).failed == 0
