"""Program: the printable snapshot."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from autograd import (
    DomainError,
    Parameter,
    Program,
    Value,
    affine,
    draw,
    draw_network,
    leaves,
    sigmoid,
    tanh,
    walkthrough,
)
from autograd import sum as total


def neuron() -> Value:
    w, x, b = Parameter(0.5, "w"), Value(2.0, "x"), Parameter(-1.0, "b")
    net = affine([w], [x], b)
    net.name = "i"
    output: Value = sigmoid(net) ** 2
    output.name = "E"
    return output


def test_a_program_is_taken_of_a_value() -> None:
    with pytest.raises(TypeError, match=r"write Program.of\(output\)"):
        Program(Value(1.0))  # type: ignore[arg-type]


def test_it_prints_one_line_a_node_with_leaves_just_before_their_use() -> None:
    assert str(Program.of(neuron())).splitlines() == [
        "w = 0.5  (parameter)",
        "x = 2  (input)",
        "b = -1  (parameter)",
        "i = affine(w, x, b) = 0",
        "v4 = sigmoid(i) = 0.5",
        "v5 = 2  (constant)",
        "E = pow(v4, v5) = 0.25",
    ]


def test_a_terminal_is_shown_what_a_name_is_made_of_and_does_not_obey_it() -> None:
    y = Value(1.0, "\x1b[2J\x1b]0;title\x07") * Value(2.0, "two\nlines\u202e")
    y.name = "\x9b31m"
    printed = str(Program.of(y))
    assert printed.replace("\n", "").isprintable()
    assert printed.splitlines()[2] == r"\x9b31m = mul(\x1b[2J\x1b]0;title\x07, two\nlines\u202e) = 2"


def test_its_nodes_are_numbered_parents_first() -> None:
    output = neuron()
    output.backward()
    program = Program.of(output)
    assert len(program) == 7
    assert [node.index for node in program] == list(range(7))
    assert all(parent < node.index for node in program for parent in node.parents)
    kinds = ["parameter", "input", "parameter", "interior", "interior", "constant", "output"]
    assert [node.kind for node in program] == kinds
    assert program.nodes[4].grad == 1.0  # 2 * 0.5
    assert program.nodes[4].local_derivatives == (0.25,)


def test_names_that_recur_are_told_apart() -> None:
    a, b = Value(1.0, "o"), Value(2.0, "o")
    assert Program.of(a * b).labels == ("o#0", "o#1", "v2")


def test_a_leaf_is_a_program_too() -> None:
    assert str(Program.of(Value(1.0, "x"))) == "x = 1  (output)"


def test_a_value_used_twice_is_one_node_with_two_edges() -> None:
    a = Value(3.0, "a")
    program = Program.of(a + a)
    assert len(program) == 2
    assert program.nodes[1].parents == (0, 0)


@pytest.mark.parametrize("output", [3.0, None, [Value(1.0)]])
def test_what_is_neither_a_value_nor_a_program_is_refused(output: Any) -> None:
    for make in (Program.of, draw, draw_network, walkthrough):
        with pytest.raises(TypeError, match=f"a Value or a Program is needed, got {type(output).__name__}"):
            make(output)


def test_it_is_a_snapshot() -> None:
    a = Value(3.0, "a")
    y = a * a
    program = Program.of(y)
    a.data = 7.0
    y.backward()
    assert (program.nodes[0].data, program.nodes[0].grad) == (3.0, 0.0)


def test_rounding_as_it_goes() -> None:
    a = Value(1 / 3, "a")
    y = tanh(a) * tanh(a) * 2
    y.backward()
    program = Program.of(y).rounded(data=2, grad=1)
    assert program.nodes[0].data == 1 / 3  # a leaf is given
    t = round(0.3215127, 2)
    assert [node.data for node in program if node.kind != "input"] == [t, t, 0.1, 2.0, 0.2]
    # d y / d product = 2; each tanh gets 2 * 0.32 -> 0.6; a gets 2 * (1 - 0.32^2) * 0.6 -> 1.1
    assert program.nodes[0].grad == 1.1
    assert program.nodes[-1].local_derivatives == (2.0, 0.0)


def test_rounding_out_of_a_domain_is_told() -> None:
    z = Value(0.0004, "z")
    with pytest.raises(DomainError, match=r"div.* needs b != 0; .*b = 0.0 \(node 'v2'\)"):
        Program.of(1 / (z * 1)).rounded(3, 4)


def test_without_rounding_the_replay_is_the_engine() -> None:
    x = [Value(0.1 * k, f"x{k}") for k in range(5)]
    y = total([tanh(a) * b + a / (b + 1) - 2**a for a, b in pairwise(x)])
    y.backward()
    program = Program.of(y)
    replayed = program.replay()
    for node, other in zip(program, replayed):
        assert node.data == other.data
        assert node.local_derivatives == other.local_derivatives
        if node.kind != "constant":
            assert node.grad == pytest.approx(other.grad, rel=1e-15)


def test_leaves_are_those_of_the_program_in_its_order() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c = a * b
    assert leaves(b + c * c) == [a, b]
    assert [leaf.data for leaf in leaves(2 * a)] == [2.0, 2.0]  # a Constant is a leaf too
    assert leaves(a) == [a]
