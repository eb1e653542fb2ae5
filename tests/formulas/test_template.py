"""Templates: in each case they say what the formula comes to, and a page that fills them writes what Python writes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, Primitive, Value, cross_entropy, frames, softmax
from autograd.formulas.expression import SYMBOLS, Expression, Figure, Name, Number, expression
from autograd.formulas.template import MOST_CASES, Template
from autograd.formulas.tidying import tidy
from tests.formulas.test_expression import symbols
from tests.node import JavaScript

CORNERS = [0.0, 1.0, -1.0, 2.0, 6.0, -0.5, 1e-9, -2e-7, 123456.0, -1e30]


def templates(row: Primitive, inputs: list[Expression], y: Expression) -> list[tuple[Expression, Template]]:
    """The row's formulas, and how they are written: the result's, and each slope's."""
    operands = row.unflatten(inputs)
    result = expression(row.forward(SYMBOLS, *operands))
    slopes = map(expression, row.flatten(row.partials(SYMBOLS, y, *operands)))
    return [(result, Template.of_result(result)), *[(slope, Template.of_slope(slope)) for slope in slopes]]


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=list(PRIMITIVES))
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_written_is_what_the_formula_comes_to_in_python_and_in_a_page(
    row: Primitive, data: st.DataObject, javascript: JavaScript
) -> None:
    names: list[Expression] = [*symbols(row)]
    kinds = [st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])]
    if "<= 1" not in (row.domain.text if row.domain else ""):  # which are probabilities
        kinds += [st.floats(-4, 4), st.sampled_from(CORNERS)]
    x = data.draw(st.lists(data.draw(st.sampled_from(kinds)), min_size=len(names), max_size=len(names)))
    assume(row.domain is None or row.domain.contains(*row.unflatten(x)))
    output = row(*row.unflatten(x))
    expected = [output, *row.local_derivatives(output, x)]
    constant = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    inputs = [Number(xi) if known else name for xi, name, known in zip(x, names, constant)]
    y = Name("y")
    numbers = {**dict(zip(names, x)), y: output}
    figures: dict[Expression, Expression | float] = {name: Figure(xi, 4) for name, xi in numbers.items()}
    for (_, template), right in zip(templates(row, inputs, y), expected):
        look = template.look(numbers)
        if math.isfinite(right):
            assert look.evaluate(numbers) == pytest.approx(right, rel=1e-9, abs=1e-9)
        assert len(template.cases) <= MOST_CASES
        filled = look.substitute(figures)
        given = f"const n = {json.dumps(list(numbers.values()))}, template = {template.javascript(list(numbers))};"
        called = json.dumps({to: [getattr(name, to)() for name in numbers] for to in ("text", "latex", "mathml")})
        both = "[written(template, n, to, names[to]), written(template, n, to, names[to], (x) => number(x, 4))]"
        given += f"const names = {called};"
        assert javascript(f"{{{given} ['text', 'latex', 'mathml'].map((to) => {both})}}") == [
            [look.text(), filled.text()],
            [look.latex(), filled.latex()],
            [look.mathml(), filled.mathml()],
        ]


def test_each_case_is_tidied_and_the_last_has_no_condition() -> None:
    x, slope = Name("x"), Name("slope")
    by_x, by_slope = (Template.of_slope(expression(p)) for p in autograd.leaky_relu.partials(SYMBOLS, None, x, slope))
    told = [[(f"{c}", holds) for c, holds in case.conditions.items()] for case in by_x.cases]
    assert told == [[("x > 0", False)], []]
    assert [case.formula.text() for case in by_x.cases] == ["slope", "1"]
    assert by_x.look({x: -1.0, slope: 0.1}) is slope
    assert by_slope.look({x: 1.0, slope: 0.1}) is Number(0.0)


def test_of_many_choices_a_few_cases_are_listed_and_the_others_are_made_where_they_stand() -> None:
    x = [Name(f"x{k}") for k in range(20)]
    slopes = [Template.of_slope(expression(p)) for p in autograd.maximum.partials(SYMBOLS, Name("y"), x)[0]]
    for template in slopes:
        assert len(template.cases) == MOST_CASES
    one, three = [0.5] * 20, [0.5] * 20
    one[3] = 1.0
    three[1] = three[11] = three[12] = 1.0
    for numbers, k, share in ((one, 3, 1.0), (three, 12, 1 / 3), (three, 3, 0.0)):
        look = slopes[k].look({**dict(zip(x, numbers)), Name("y"): 1.0})
        assert look is Number(share)
    p, y = [Name(f"p{k}") for k in range(9)], [Name(f"y{k}") for k in range(9)]
    E = Template.of_result(autograd.cross_entropy.forward(SYMBOLS, p, y))
    none: dict[Expression, float] = {p[1]: 0.0, y[1]: 0.0, p[8]: 0.0, y[8]: 0.0}
    assert (
        E.look({**dict.fromkeys(p, 0.25), **dict.fromkeys(y, 1.0), **none}).text()
        == "−(y0 × log(p0) + y1 × log(1) + y2 × log(p2) + … + y8 × log(1))"
    )


def test_a_slides_zeros_are_told_in_place() -> None:
    p = softmax([Value(x) for x in (9.0, 0.0, 1.0, 0.0, 0.0)])
    told = frames(cross_entropy(p, [1.0, 0.0, 0.0, 0.0, 0.0]))
    *_, E = [frame for frame in told if frame.phase == "forward"]
    assert E.slide is not None
    assert E.exact.numbers is not None
    assert E.slide.numbers is not None
    assert E.exact.numbers.text() == (
        "−(1 × log(0.9993) + 0 × log(0.0001233) + 0 × log(0.0003352) + 0 × log(0.0001233) + 0 × log(0.0001233))"
    )
    assert E.slide.numbers.text() == "−(1 × log(0.999) + 0 × log(1) + 0 × log(1) + 0 × log(1) + 0 × log(1))"


def test_a_template_is_of_no_names_but_of_their_places(javascript: JavaScript) -> None:
    x = Name("</script><script>alert(1)")
    template = Template.of_slope(1 - x * x).javascript([x])
    assert template == Template.of_slope(1 - Name("y") * Name("y")).javascript([Name("y")])
    assert javascript(f"written({template}, [0.5], 'text', ['o4'])") == tidy(1 - Name("o4") * Name("o4")).text()


def test_a_formula_of_ones_own_may_choose_within_what_it_chooses(javascript: JavaScript) -> None:
    a, b = Name("a"), Name("b")
    inner = SYMBOLS.where(SYMBOLS.greater(a, b), a, SYMBOLS.where(SYMBOLS.equal(b, 0), 1.0, -b))
    formula: Any = SYMBOLS.where(SYMBOLS.greater(inner, 1), a * inner, b / (inner + 0))
    template = Template.of_slope(formula)
    for n in ([3.0, 1.0], [0.0, 2.0], [-1.0, 0.0], [0.5, -4.0], [math.nan, 1.0]):
        numbers: dict[Expression, float] = dict(zip((a, b), n))
        look = template.look(numbers)
        assert look is tidy(formula.settle(numbers))
        found = javascript(f"written({template.javascript([a, b])}, {json.dumps(n)}, 'text', ['a', 'b'])")
        assert found == look.text()
