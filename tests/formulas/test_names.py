"""What quantities are called: text in every reading, and never a number."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.entities import codepoint2name
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Parameter, Program, Value, explain, frames
from autograd.compiling.javascript import program_javascript
from autograd.formulas.expression import Name
from autograd.formulas.names import Parts

SLIDES = [  # how a slide's names are written: on the line, in LaTeX, and what is read in MathML
    ("z^(1)_2", "z₂⁽¹⁾", "z_{2}^{(1)}", "z2(1)"),
    ("a_1^{(2)}", "a₁⁽²⁾", "a_{1}^{(2)}", "a1(2)"),
    ("y_hat", "ŷ", r"\hat{y}", "y^"),
    ("ŷ", "ŷ", r"\hat{y}", "y^"),
    ("y_hat_1", "ŷ₁", r"\hat{y}_{1}", "y^1"),
    ("delta_4", "δ₄", r"\delta_{4}", "δ4"),
    ("δ4", "δ4", r"\delta_{4}", "δ4"),
    ("w_{11}(0,1)", "w₁₁(0,1)", "w_{11}^{(0,1)}", "w11(0,1)"),
    ("w11(0,1)", "w11(0,1)", "w_{11}^{(0,1)}", "w11(0,1)"),
    ("w14", "w14", "w_{14}", "w14"),
    ("alpha", "α", r"\alpha", "α"),
    ("x''", "x′′", r"x^{\prime\prime}", "x′′"),
    ("a'_1^{(2)}", "a′₁⁽²⁾", r"a_{1}^{\prime (2)}", "a1′(2)"),
    ("x_{t+1}", "xₜ₊₁", "x_{t+1}", "xt+1"),
    ("x_new", "x_new", r"x_{\mathrm{new}}", "xnew"),
    ("x_{alpha}", "x_alpha", r"x_{\alpha}", "xα"),
    ("w_ij", "wᵢⱼ", "w_{ij}", "wij"),
    ("h(t)", "h(t)", "h(t)", "h(t)"),
    ("W^T", "W^T", "W^{T}", "WT"),
    ("train_test_split", "train_test_split", r"\mathrm{train\_test\_split}", "train_test_split"),
]
ESCAPE = "\x1b[2J\u202e\n\x9b31m"
NUMERALS = ["2", "-2", "1e-05", "1e5", "½", "∞", "inf", "nan", "2 + 3", "²", "0x1F", "1,5"]


@pytest.mark.parametrize(("name", "text", "latex", "read"), SLIDES)
def test_a_slides_name_is_rendered_as_mathematics(name: str, text: str, latex: str, read: str) -> None:
    assert Name(name).text() == text
    assert Name(name).latex() == latex
    assert "".join(ET.fromstring(f"<math>{Name(name).mathml()}</math>").itertext()) == read
    y = product_of(name)
    assert explain(y, name).value == 2.0
    assert f">{text}<" in autograd.draw(y).pipe(format="svg").decode().replace("&#39;", "'")


@pytest.mark.parametrize("target", ["numpy", "python"])
def test_a_slides_names_are_fit_identifiers_in_code(target: Any) -> None:
    names = {"z^(1)_2": "z_1_2", "y_hat": "y_hat", "w_{11}(0,1)": "w_11_0_1", "x'": "x_prime", "δ_4": "δ_4"}
    nodes = [Parameter(1.0 + k, name) for k, name in enumerate(names)]

    def f(x: Value) -> Any:
        y = x * 1.0
        for node in nodes:
            y = autograd.tanh(y * node)
            y.name = f"{node.name}"
        return y

    compiled, again = [autograd.compile(f, nodes, target=target) for _ in range(2)]
    assert compiled([0.5]) == again([0.5]) == pytest.approx(float(f(Value(0.5))), rel=1e-14)
    assert compiled.source == again.source
    assert target == "numpy" or set(names.values()) <= set(re.findall(r"[^\W\d]\w*", compiled.source))
    written = program_javascript(Program.of(f(Value(0.5, "x"))))
    assert set(names.values()) <= set(re.findall(r"[^\W\d]\w*", written))


letters = st.sampled_from(list("abwxzδαé_^'{}(),12+-*<>&\"$\\#%~ \n\x1b\u202e∂温²ŷ\u0302")) | st.characters()
names = st.text(letters, max_size=12) | st.lists(st.sampled_from([name for name, *_ in SLIDES]), max_size=3).map(
    "".join
)


@given(names)
def test_no_markup_of_a_names_ever_comes_through(name: str) -> None:
    ours = {"math", "mi", "mn", "mo", "mtext", "mrow", "msub", "msup", "msubsup", "mover"}
    root = ET.fromstring(f"<math>{Name(name).mathml()}</math>")
    assert {element.tag for element in root.iter()} <= ours
    assert Name(name).text().isprintable()
    assert Name(name).text(ascii=True).isascii()
    latex = re.sub(r"\\backslash\{\}", "", Name(name).latex())
    assert set(re.findall(r"\\[A-Za-z]+", latex)) - GREEK <= {
        "\\text", "\\mathrm", "\\wedge", "\\sim", "\\partial", "\\prime", "\\hat", "\\bar", "\\tilde", "\\dot", "\\vec"
    }  # fmt: skip
    bare = re.sub(r"\\[^A-Za-z]", "", latex)
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"[$&#%~\n]", bare)
    if Parts.of(name).is_text:
        assert "_{" not in bare
    assert Program.of(product_of(name)).labels[0].startswith(name or "v0")


GREEK = {f"\\{word}" for word in codepoint2name.values()}


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
