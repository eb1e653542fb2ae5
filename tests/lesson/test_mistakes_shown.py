"""Typical mistakes for a reader: where they are made, what is shown of them, and how one is added."""

from __future__ import annotations

import math

import pytest

import autograd
import optim
from autograd import MISTAKES, Mistake, Parameter, Program, Value, tanh, wrong
from autograd.compiling.javascript import row_javascript
from autograd.lesson.events import Replaced, worked
from autograd.lesson.mistake import Site
from tests.formulas.test_explanation import toy

HOSTILE = '</td><script>alert("1")</script>\x1b[2J\n'


def test_names_stay_text() -> None:
    a, b = Value(2.0, HOSTILE), Value(3.0, "b" * 500)
    y = a * b + a
    y.name = HOSTILE + "y"
    shown = wrong(y, "overwrite", sites=HOSTILE)
    assert wrong(y, "overwrite", sites=a).sites == shown.sites
    assert "<script" not in shown._repr_html_()
    assert "&lt;script" in shown._repr_html_()
    assert "\x1b" not in str(shown) + shown._repr_html_()
    assert len(str(shown).split("\n")) == 6


def test_what_cannot_be_is_said() -> None:
    E = toy()
    with pytest.raises(ValueError, match=r"mistake must be one of no-derivative, .*; got 'overwritten'"):
        wrong(E, "overwritten")
    with pytest.raises(ValueError, match="'relu-always-on' cannot happen in this program"):
        wrong(E, "relu-always-on")
    for place in ("w46", Value(1.0, "o4"), Site(0)):
        with pytest.raises(ValueError, match=r"'no-derivative' cannot happen at .* here, but at: o4, o5, o6"):
            wrong(E, "no-derivative", sites=place)
    with pytest.raises(ValueError, match="steps must be a whole number from 1 up, got 0"):
        wrong(E, "overwrite", steps=0)
    with pytest.raises(ValueError, match="optimizer holds no parameter that the output depends on"):
        wrong(E, "overwrite", optimizer=optim.SGD([Parameter(1.0)], lr=0.1))
    with pytest.raises(TypeError, match="optimizer must be one of optim's"):
        wrong(E, "overwrite", optimizer=0.9)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a Value or a Program is needed"):
        wrong([E], "overwrite")  # type: ignore[arg-type]


def test_where_it_is_made_can_be_chosen() -> None:
    E = toy()
    by_label = wrong(E, "no-derivative", sites=["o4", "o5"])
    assert by_label.sites == tuple(MISTAKES["no-derivative"].sites(Program.of(E))[:2])
    assert str(wrong(E, "no-derivative", sites=list(by_label.sites))) == str(by_label)
    assert by_label.first is not None
    assert by_label.right[0].program.labels[by_label.first.node] == "i5"


def test_it_is_a_table_of_each_leaf() -> None:
    lines = str(wrong(toy(), "no-input", sites="i6")).split("\n")
    assert lines[0].startswith("no-input at i6: the input is forgotten")
    assert lines[1] == "The first wrong number: ∂E/∂w56 = -0.131169, which should be -0.068861."
    assert [line.split()[0] for line in lines[4:]] == [*"w14 w24 w34 x1 x2 x3 b4 w15 w25 w35 b5 w46 w56 b6 t".split()]
    assert [line.split()[0] for line in lines if line.endswith("≠")] == ["w46", "w56"]
    wide = wrong(autograd.sum([Value(1.0) ** 2 for _ in range(100)]), "lost-two")
    assert str(wide).endswith("... and 40 more leaves")
    assert "... and 40 more leaves" in wide._repr_html_()


ONES = Mistake("ones", "all is 1", lambda program: [Site(2)], partials=lambda m, row, y, a, b: (1.0, 1.0))


def test_the_wrong_program_can_be_explained_and_drawn() -> None:
    program = wrong(toy(), "no-derivative", sites="o6").wrong[-1].program
    told = autograd.explain(program, "w46")
    assert "(o6 − t) × 1 × o4" in told.text()
    assert told.value == program.nodes[program.labels.index("w46")].grad
    assert "grad 0.03499" in autograd.draw(program).pipe("svg", encoding="utf-8")  # dE/dw14, which should be 0.008725


def test_numbers_that_hardly_differ_are_told_apart() -> None:
    w, x = Parameter(1 + 1e-9, "w"), Value(2.0, "x")
    assert "∂v2/∂x = 1, which should be 1.000000001." in str(wrong(w * x, ONES))


def test_adding_a_mistake_is_one_entry() -> None:
    def at_tanh(program: Program) -> list[Site]:
        return [Site(node.index) for node in program if node.op is tanh]

    without_square = Mistake("1 - y", "tanh' is taken as 1 - y", at_tanh, partials=lambda m, row, y, x: (1 - y,))
    x = Value(0.5, "x")
    y = tanh(x)
    assert wrong(y, without_square).wrong[0].program.nodes[0].grad == 1 - math.tanh(0.5)
    assert row_javascript(without_square.row(Program.of(y), Site(1)), 1).count("1 - y") == 1


def test_nothing_replaced_is_nothing_wrong() -> None:
    program = Program.of(toy())
    assert worked(program, 2) == worked(program, 2, replaced=Replaced())
    nothing = Mistake("nothing", "nothing", lambda program: [Site(0)])
    assert nothing.run(program).first is None
