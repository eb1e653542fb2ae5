"""Because: why a factor is 0, or small; what is said is so, and nothing is said of any other."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given

import autograd
from autograd import PRIMITIVES, Program, Value, explain
from autograd.formulas.because import REASONS, SMALL, because
from autograd.formulas.expression import SYMBOLS, Expression, Name, expression
from autograd.formulas.languages import JAVASCRIPT
from tests.fuzz.programs import PLAIN, programs
from tests.node import JavaScript


def named(name: str, value: Value) -> Value:
    value.name = name
    return value


def reason(y: Value, x: Value) -> str:
    """What is said of the derivative of an output by one of its inputs."""
    program = Program.of(y)
    return str(because(program, len(program) - 1, program.index[x]) or "")


@pytest.mark.parametrize(
    ("operation", "x", "told"),
    [
        (lambda x: x * Value(0.0, "x2"), 3.0, "because x2 = 0"),
        (lambda x: autograd.affine([x, Value(2.0)], [Value(0.0, "x2"), Value(1.0)], 1.0), 3.0, "because x2 = 0"),
        (lambda x: autograd.dot([Value(1.0), x], [Value(1.0), Value(0.0, "x2")]), 3.0, "because x2 = 0"),
        (autograd.relu, -4.35, "because x = −4.35 < 0: this ReLU is off"),
        (autograd.relu, 0.0, "because x = 0: this ReLU is off"),
        (autograd.relu6, 7.0, "because x = 7: this ReLU stays at 6"),
        (autograd.sigmoid, 8.0, "σ′(x) = 0.0003352: the unit is saturated at y = 0.9997"),
        (autograd.tanh, -4.0, "tanh′(x) = 0.001341: the unit is saturated at y = −0.9993"),
        (autograd.softplus, -6.0, "because x = −6 is far below 0: the unit is nearly off"),
        (lambda x: autograd.half_squared_error(x, 1.0), 1.0, "because x = 1: there is no error"),
        (lambda x: autograd.half_squared_error(x, Value(1.0, "t")), 1.0, "because x = t: there is no error"),
        (lambda x: autograd.maximum([x, Value(2.0)]), 1.0, "because x = 1 is not the largest"),
        (lambda x: autograd.where(0.0, x, 2.0), 1.0, "because x is not chosen"),
        (autograd.step, 1.0, "because y is flat, but for jumps"),
        (autograd.relu, 1.0, ""),
        (autograd.sigmoid, 0.5, ""),
        (lambda x: x * 0.0, 1.0, ""),
        (lambda x: autograd.half_squared_error(x, 1.0), 2.0, ""),
        (lambda x: x * Value(0.001, "x2"), 1.0, ""),
    ],
)
def test_it_says_why(operation: autograd.Primitive, x: float, told: str) -> None:
    leaf = Value(x, "x")
    assert reason(named("y", operation(leaf)), leaf) == told


def test_an_explanation_says_it_at_its_end_in_each_notation() -> None:
    i = Value(-4.35, "i3")
    E = named("E", named("o3", autograd.relu(i)) * Value(2.0, "w"))
    explanation = explain(E, i)
    assert str(explanation).endswith("\n       = 0   (because i3 = −4.35 < 0: this ReLU is off)")
    assert explanation.latex().count(r"\text{because }i_{3} = -4.35\text{ $<$ 0: this ReLU is off}") == 1
    words = "".join(ET.fromstring(explanation.mathml()).itertext()).replace("\xa0", " ")
    assert words.endswith("=0(because i3=−4.35 < 0: this ReLU is off)")
    assert "because" not in str(explain(E, i, numbers=False))  # which a quiz shows
    x = Value(8.0, "x")
    assert explain(autograd.sigmoid(x), x).text(ascii=True).isascii()
    assert "sigma'(x) = 0.0003352" in explain(autograd.sigmoid(x), x).text(ascii=True)


@given(programs(PLAIN))
def test_it_is_said_of_small_factors_only_and_what_is_said_is_so(program: tuple[Value, list[Value]]) -> None:
    snapshot = Program.of(program[0])
    for node in snapshot:
        for parent in set(node.parents):
            told = because(snapshot, node.index, parent)
            slope = sum(d for d, one in zip(node.local_derivatives, node.parents) if one == parent)
            assert told is None or abs(slope) < SMALL * len(node.parents)
            if told is not None and "this ReLU is off" in str(told):
                assert snapshot.nodes[parent].data <= 0
                assert slope == 0


def test_conditions_are_printed_as_javascript(javascript: JavaScript) -> None:
    roles = [Name(role) for role in ("d", "y", "x", "other")]
    for one in REASONS:
        assert set(one.rows.split()) <= set(PRIMITIVES)
        written = JAVASCRIPT.write(expression(one.holds(SYMBOLS, *roles)))
        for numbers in ((0.0, 0.0, -5.0, 0.0), (0.0, 6.0, 7.0, 1.0), (0.001, 1.0, 2.0, 2.0)):
            known: dict[Expression, float] = dict(zip(roles, numbers))
            said = javascript(
                f"(({', '.join(role.word for role in roles)}) => {written})({', '.join(map(repr, numbers))})"
            )
            assert said == bool(expression(one.holds(SYMBOLS, *roles)).evaluate(known))


@pytest.mark.parametrize("name", ["</math><script>", "\x1b[2J", "{x}", "2", "$x$", "\\end{aligned}", "{", "}{"])
def test_a_hostile_name_is_nothing_but_text(name: str) -> None:
    x, off = Value(1.0, "x"), Value(-1.0, name)
    for y, leaf in ((x * Value(0.0, name), x), (autograd.relu(off), off)):
        explanation = explain(y, leaf)
        assert "because" in str(explanation)
        assert explanation.text().replace("\n", "").isprintable()
        root = ET.fromstring(explanation.mathml())
        assert "script" not in {element.tag.split("}")[-1] for element in root.iter()}
        assert "\\end{aligned}" not in explanation.latex().removesuffix("\\end{aligned}")
