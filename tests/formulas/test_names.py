"""What quantities are called: text in every reading, and never a number."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

import autograd
from autograd import Parameter, Program, Value, explain, frames
from autograd.formulas.expression import Name

ESCAPE = "\x1b[2J\u202e\n\x9b31m"
NUMERALS = ["2", "-2", "1e-05", "1e5", "½", "∞", "inf", "nan", "2 + 3", "²", "0x1F", "1,5"]


def product_of(name: str) -> Value:
    y: Value = Value(5.0, name) * Value(2.0, "x")
    y.name = "y"
    return y


@pytest.mark.parametrize("name", NUMERALS)
def test_a_numeral_never_becomes_a_number(name: str) -> None:
    y = product_of(name)
    quoted = f'"{name}"'
    explanation = explain(y, "x")
    assert explanation.text() == f"∂y/∂x = {quoted}\n      = 5"
    assert explain(y, name).value == 2.0
    assert '\\text{"}' in explanation.latex()
    root = ET.fromstring(explanation.mathml())
    assert quoted in [element.text for element in root.iter() if element.tag.endswith("mtext")]
    assert f"{quoted} = 5  (input)" in str(Program.of(y))
    assert f"mul({quoted}, x)" in str(Program.of(y))
    assert f"y = {quoted} × x" in [frame.symbols.text() for frame in frames(y) if frame.symbols]
    assert f"y hands {quoted} its share of the gradient" in [frame.title for frame in frames(y)]


@pytest.mark.parametrize("name", ["x", "w1", "e5", "x^2", "∂", "+", "", "infinite", "2x"])
def test_what_reads_as_no_number_is_not_quoted(name: str) -> None:
    assert '"' not in Name(name).text() + Name(name).latex()


@pytest.mark.parametrize("target", ["numpy", "python"])
@pytest.mark.parametrize("name", NUMERALS)
def test_a_numeral_is_no_number_in_code(name: str, target: Any) -> None:
    w = Parameter(5.0, name)

    def f(x: Value) -> Any:
        y = w * x
        y.name = name
        return y * w

    assert autograd.compile(f, [w], target=target)([3.0]) == 75.0
    w.data = 7.0
    assert autograd.compile(f, [w], target=target)([3.0]) == 147.0


def test_a_label_is_one_nodes_alone() -> None:
    a, b, c, d = Value(1.0, "a"), Value(2.0, "a"), Value(3.0, "a#0"), Value(5.0, "v2")
    program = Program.of((a * b + c) * d)
    assert program.labels == ("a#0#0", "a#1", "v2#2", "a#0", "v4", "v2", "v6")
    assert explain(program, "a#0").value == 5.0
    assert explain(program, "a#0#0").value == 10.0
    assert explain(program, "v2").value == 5.0


def test_a_terminal_obeys_nothing_in_titles_and_errors() -> None:
    x, twice = Value(2.0, ESCAPE), Value(1.0, ESCAPE * 2)
    y = x * twice
    y.name = ESCAPE + "y"
    for frame in frames(y):
        assert frame.title.isprintable()
    for asked in ("nothing", "\x1b[31m", "x" * 10_000):
        with pytest.raises(ValueError, match="no node is called") as caught:
            explain(y, asked)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 1000
    assert explain(y, x).text().replace("\n", "").isprintable()


@pytest.mark.parametrize("letters", ["∂", "x", "1", "(", "{", "^", "_", "'", "w_", "{(", "x^{", "alpha_", "x_hat"])
def test_a_name_may_be_very_long(letters: str) -> None:
    name = Name(letters * 10_000)
    for written in (name.text(), name.text(ascii=True), name.latex(), name.mathml()):
        assert len(written) >= 10_000
    ET.fromstring(f"<math>{name.mathml()}</math>")
