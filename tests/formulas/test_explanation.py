"""Explanations: what they say is what the engine computes, in every notation."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import sympy
from hypothesis import given, settings

import autograd
import nn
from autograd import (
    Explanation,
    Primitive,
    Program,
    Value,
    explain,
    half_squared_error,
    relu,
    sigmoid,
)
from autograd.formulas.expression import Expression
from demos.toy_network import INPUTS, TARGET, WEIGHTS, slide_network
from tests.autograd.test_derivatives import CORNERED
from tests.autograd.test_primitives import POINTS, arity
from tests.fuzz.programs import PLAIN, SMOOTH, programs
from tests.fuzz.readings import check_explanation


def toy() -> Value:
    """E of the slide's network."""
    E: Value = half_squared_error(slide_network()(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    return E


def sides(explanation: Explanation) -> list[Expression]:
    """Every formula of an explanation."""
    return [formula for one in explanation.equations for formula in (one.left, *one.sides)]


# ---- The numbers -------------------------------------------------------------------------------------------------


@given(programs(PLAIN))
def test_the_number_is_the_engines_gradient_and_every_line_comes_to_it(program: tuple[Value, list[Value]]) -> None:
    output, leaves = program
    output.backward()
    check_explanation(output, leaves)
    for leaf in leaves:
        check_explanation(output, [leaf])


@settings(max_examples=40)
@given(programs(SMOOTH))
def test_sympy_reads_the_symbolic_line_and_agrees(program: tuple[Value, list[Value]]) -> None:
    output, leaves = program
    output.backward()
    snapshot = Program.of(output)
    numbers = {label: node.data for label, node in zip(snapshot.labels, snapshot)}
    for leaf in leaves:
        for one in explain(output, leaf, numbers=False).equations:
            line = sympy.sympify(one.sides[-1].text(ascii=True), locals={name: sympy.Symbol(name) for name in numbers})
            value = float(line.subs(numbers))
            numbers[one.left.text(ascii=True)] = value
        assert value == pytest.approx(leaf.grad, rel=1e-9, abs=1e-9)


SMOOTH_ROWS = [row for row in autograd.PRIMITIVES.values() if row.name not in CORNERED]


@pytest.mark.parametrize("row", SMOOTH_ROWS, ids=lambda row: row.name)
def test_sympy_reads_every_smooth_row(row: Primitive) -> None:
    compared = 0
    for point in POINTS:
        x = [Value(float(number), f"x{k}") for k, number in enumerate(point[: arity(row)])]
        if row.domain is not None and not row.domain.contains(*row.unflatten([xi.data for xi in x])):
            continue
        y = row(*row.unflatten(x))
        y.name = "y"
        y.backward()
        numbers = {sympy.Symbol(str(node.name)): node.data for node in (*x, y)}
        for xi in x:
            if math.isfinite(xi.grad):
                written = explain(y, xi, numbers=False).equations[-1].sides[-1].text(ascii=True)
                assert float(sympy.sympify(written).subs(numbers)) == pytest.approx(xi.grad, rel=1e-12), written
                compared += 1
    assert compared


def test_todays_numbers_count_and_nothing_is_changed() -> None:
    w = Value(3.0, "w")
    y = w * w * 2
    w.data = 100.0
    assert explain(y, w).value == 400.0
    assert (y.data, w.grad, y.grad) == (18.0, 0.0, 0.0)


def test_a_rounded_explanation_is_the_slides() -> None:
    explanation = explain(toy(), "w14", rounding=(3, 4), digits=3)
    assert explanation.value == 0.0087
    assert explanation.text(ascii=True) == (
        "dE/dw14 = dE/do6 * do6/di6 * di6/do4 * do4/di4 * di4/dw14\n"
        "        = (o6 - t) * o6*(1 - o6) * w46 * o4*(1 - o4) * x1\n"
        "        = -0.526 * 0.249 * (-0.3) * 0.222 * 1\n"
        "        = 0.0087"
    )
    rounded = Program.of(toy()).rounded(3, 4)
    for name in WEIGHTS:
        (node,) = [node for node in rounded if node.name == name]
        assert explain(toy(), name, rounding=(3, 4)).value == node.grad
    as_it_stands = explain(rounded, "w14").value
    assert as_it_stands == pytest.approx(0.526 * (0.474 * 0.526) * 0.3 * (0.332 * 0.668), rel=1e-12)


# ---- What is written ---------------------------------------------------------------------------------------------


def test_one_path_is_one_product() -> None:
    explanation = explain(toy(), "w14")
    assert str(explanation) == (
        "∂E/∂w14 = ∂E/∂o6 × ∂o6/∂i6 × ∂i6/∂o4 × ∂o4/∂i4 × ∂i4/∂w14\n"
        "        = (o6 − t) × o6·(1 − o6) × w46 × o4·(1 − o4) × x1\n"
        "        = −0.5261 × 0.2493 × (−0.3) × 0.2217 × 1\n"
        "        ≈ 0.008725"
    )
    assert repr(explanation) == str(explanation)  # what a prompt shows
    assert explanation.value == pytest.approx(0.008724561965433263, rel=1e-14)
    assert str(explain(toy(), "w14", numbers=False)) == "\n".join(str(explanation).split("\n")[:2])


def test_several_derivatives_share_their_deltas() -> None:
    told = [one.left.text() for one in explain(toy(), ["w46", "w14", "i4", "w24", "w14"]).equations]
    assert told == ["δ_i6", "∂E/∂w46", "δ_i4", "∂E/∂w14", "∂E/∂w24"]  # that of i4 is one of the deltas
    text = str(explain(toy(), ["w46", "w14", "w24"]))
    assert text.split("\n\n")[:2] == [
        "δ_i6 = ∂E/∂i6 = ∂E/∂o6 × ∂o6/∂i6\n     = (o6 − t) × o6·(1 − o6)\n     = −0.5261 × 0.2493\n     = −0.1312",
        "∂E/∂w46 = δ_i6 × ∂i6/∂w46\n        = δ_i6 × o4\n        = −0.1312 × 0.3318\n        ≈ −0.04352",
    ]
    assert explain(toy(), ["w46", "w14"]).values == (explain(toy(), "w46").value, explain(toy(), "w14").value)


def test_several_paths_are_a_sum_and_edges_side_by_side_one_slope() -> None:
    a, b = Value(3.0, "a"), Value(2.0, "b")
    p, q = a * b, a * a
    p.name, q.name = "p", "q"
    y = p - q
    y.name = "y"
    assert str(explain(y, a)) == (
        "∂y/∂a = ∂y/∂p × ∂p/∂a + ∂y/∂q × ∂q/∂a\n      = 1 × b + (−1) × (a + a)\n      = 1 × 2 + (−1) × 6\n      = −4"
    )
    z = p + a  # the path of one edge has no quotient of its own
    z.name = "z"
    assert str(explain(z, a)) == "∂z/∂a = 1 × b + 1\n      = 1 × 2 + 1\n      = 3"


def test_powers_pieces_and_constants_are_written_as_on_the_board() -> None:
    def symbols(y: Any) -> str:
        return str(explain(y, x, numbers=False).equations[-1].sides[-1].text())

    x = Value(2.0, "x")
    assert symbols(x**2) == "2 × x"
    assert symbols(x**3) == "3 × x^2"
    assert symbols(2**x) == "v2 × log(2)"
    assert symbols(x / 4) == "1 / 4"
    assert symbols(autograd.sqrt(x)) == "1 / (2 × v1)"
    assert symbols(relu(x)) == "1"
    assert symbols(relu(-x)) == "0"
    assert symbols(autograd.maximum([x, *[x / k for k in range(2, 9)]])).endswith(" + 1")


def test_what_has_no_name_is_folded_where_that_is_clearer() -> None:
    w, u, x, t = Value(0.5, "w"), Value(1.5, "u"), Value(2.0, "x"), Value(1.0, "t")
    assert str(explain(0.01 * w**2, w)) == "∂v4/∂w = 0.02 × w\n       = 0.01"
    o = sigmoid(w * x)
    o.name = "o"
    E = half_squared_error(o, t) + 0.01 * (w**2 + u**2)
    E.name = "E"
    told = explain(E, [w, u]).equations
    assert "(o − t) × o·(1 − o) × x + 0.02 × w" in map(str, told[0].sides)
    assert [side.text() for side in told[1].sides] == ["0.02 × u", "0.03"]
    assert len(told) == 2  # and no delta
    E.parents[1].name = "penalty"
    assert "penalty" in str(explain(E, u))


def test_the_output_itself_and_what_does_not_lead_to_it() -> None:
    E = toy()
    assert str(explain(E, E)) == "∂E/∂E = 1"
    assert explain(E, E).value == 1.0
    assert str(explain(E, Value(3.0, "z"))) == "∂E/∂z = 0   (no path leads there)"
    assert explain(E, Value(3.0, "z")).value == 0.0
    assert str(explain(E, Value(3.0))) == "∂E/∂Value(3) = 0   (no path leads there)"
    namesake = explain(E, Value(0.2, "w14"))
    assert str(namesake).endswith("(no path leads there: the program's own node of this name is another Value)")
    assert namesake.value == 0.0
    y = Value(3.0, "x") * 2
    assert str(explain(y, "v1")) == "∂v2/∂v1 = 0   (a constant does not vary)"
    for told in (explain(E, Value(3.0, "z")), explain(y, ["x", "v1"])):
        ET.fromstring(told.mathml())
        assert "(\\text{" in told.latex()


def test_mistakes_are_named() -> None:
    E = toy()
    with pytest.raises(ValueError, match="no node is called 'w99'; there are w14, w24"):
        explain(E, "w99")
    x = Value(1.0, "x")
    twice = sigmoid(x) + sigmoid(x)
    twice.parents[0].name = twice.parents[1].name = "o"
    with pytest.raises(ValueError, match="2 nodes are called 'o'; say which: o#1, o#2"):
        explain(twice, "o")
    assert explain(twice, "o#1").value == 1.0
    with pytest.raises(ValueError, match="wrt is empty"):
        explain(E, [])
    with pytest.raises(TypeError, match="wrt must be a Value, a node's name or a list of them, got int 3"):
        explain(E, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="give wrt as text"):
        explain(Program.of(E), E)
    with pytest.raises(ValueError, match="digits must be a whole number, 1 or more, got 0"):
        explain(E, "w14", digits=0)
    with pytest.raises(ValueError, match=r"digits must be a whole number, 1 or more, got 2\.5"):
        explain(E, "w14", digits=2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no node is called ''; there are x, "):
        explain(x * x, "")
    with pytest.raises(ValueError, match="2 derivatives are explained"):
        _ = explain(E, ["w14", "w24"]).value


# ---- LaTeX and MathML --------------------------------------------------------------------------------------------


def check_latex(explanation: Explanation) -> None:
    """Braces and brackets match, and matplotlib can set every formula, where there is one."""
    latex = explanation.latex()
    bare = re.sub(r"\\[{}\\]", "", latex)
    assert bare.count("{") == bare.count("}")
    assert latex.count("\\left") - latex.count("\\leftarrow") == latex.count("\\right")
    assert explanation._repr_latex_() == f"$${latex}$$"
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    for side in sides(explanation):
        parser.parse(f"${side.latex()}$".replace(r"\&", "+"))  # an ampersand is all that it has not heard of


@settings(max_examples=40)
@given(programs(PLAIN))
def test_latex_and_mathml_parse(program: tuple[Value, list[Value]]) -> None:
    explanation = explain(*program)
    check_latex(explanation)
    root = ET.fromstring(explanation._repr_html_())
    rows = root.findall(".//{*}mtable/{*}mtr")
    assert len(rows) == len(str(explanation).replace("\n\n", "\n").split("\n"))


HOSTILE = [
    "</math><script>alert(1)</script>",
    "$x$",
    "\\end{aligned}}",
    "a_b^c~%#&",
    "{",
    "x\ny",
    "θ",
    "δ_",
    "∂",
    "温 度",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_nothing_but_text(name: str) -> None:
    x = Value(2.0, name)
    explanation = explain(sigmoid(x * x), x)
    check_latex(explanation)
    assert "script" not in {element.tag.split("}")[-1] for element in ET.fromstring(explanation.mathml()).iter()}
    assert len(str(explanation).split("\n")) == 4
    assert explanation.text(ascii=True).isascii()


def test_names_have_their_indices() -> None:
    latex = explain(toy(), "w14").latex()
    assert "\\frac{\\partial E}{\\partial w_{14}} &= \\frac{\\partial E}{\\partial o_{6}} \\times" in latex
    assert "&= \\left(o_{6} - t\\right) \\times o_{6}{\\cdot}\\left(1 - o_{6}\\right) \\times w_{46}" in latex
    assert "\\delta_{i_{6}} &=" in explain(toy(), ["w46", "w14"]).latex()
    assert "<msub><mi>δ</mi><mrow><msub><mi>i</mi><mn>6</mn></msub></mrow></msub>" in (
        explain(toy(), ["w46", "w14"]).mathml()
    )


# ---- Size --------------------------------------------------------------------------------------------------------


def deep(layers: int) -> Value:
    """The output of a net in which the number of paths is 4 to the number of layers."""
    output: Value = nn.MLP(4, [4] * layers + [1])([0.1, 0.2, 0.3, 0.4])
    return output


def test_an_explanation_is_linear_in_the_net() -> None:
    sizes = [len(str(explain(deep(layers), "w15"))) for layers in (5, 10, 20)]
    assert sizes[1] < 2.8 * sizes[0]
    assert sizes[2] < 2.8 * sizes[1]  # a little more than twice, for larger numbers make longer names


def test_thirty_layers_are_explained_without_going_through_their_paths() -> None:
    output = deep(30)
    explanation = explain(output, "w15")
    for written in (str(explanation), explanation.latex(), explanation.mathml()):
        assert "15" in written
    output.backward()
    (w,) = {v for v in walk(output) if v.name == "w15"}
    assert explanation.value == pytest.approx(w.grad, rel=1e-12)


def walk(output: Value) -> set[Value]:
    seen, waiting = {output}, [output]
    while waiting:
        new = set(waiting.pop().parents) - seen
        seen |= new
        waiting += new
    return seen


def test_a_thousand_nodes_in_a_row() -> None:
    x = y = Value(0.5, "x")
    for _ in range(1000):
        y = autograd.sin(y)
    explanation = explain(y, x)
    y.backward()
    assert explanation.value == pytest.approx(x.grad, rel=1e-12)
    assert str(explanation).count("cos(") == explanation.latex().count("\\cos") == 1000
    ET.fromstring(explanation.mathml())


def test_a_node_that_was_made_by_hand_is_named() -> None:
    x, n = Value(0.5, "x"), Value(2.0, "made\x1b")
    n.parents, n.local_derivatives = (x,), (1.0,)
    with pytest.raises(ValueError, match=r"node 'made.+x1b' has parents and no operation.* autograd\.Primitive\("):
        explain(n, x)
