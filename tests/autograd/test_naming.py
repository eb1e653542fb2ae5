"""`autograd.name`: quantities are called what their variables are called."""

from __future__ import annotations

from typing import Any

import pytest

import autograd
import nn
from autograd import Parameter, Value


def test_quantities_are_named_by_keyword_and_drawn_so() -> None:
    w, x = Parameter(0.5, "weight"), Value(2.0)
    net = w * x
    autograd.name(w=w, x=x, net=net)
    assert [node.name for node in autograd.Program.of(net)] == ["w", "x", "net"]  # an older name gives way
    assert "net" in autograd.draw(net).source


def test_all_variables_of_a_function_are_named_at_once() -> None:
    w, x = Parameter(0.5), [Value(1.0), Value(2.0), Value(3.0)]
    b, count, remark = Parameter(0.0, "bias"), 3, "text"
    nothing: list[Value] = []
    mixed: list[Any] = [Value(1.0), 2.0]
    z = tuple([w * xi + b for xi in x])
    E = again = autograd.sum(z)
    autograd.name(locals())
    assert (w.name, E.name) == ("w", "E")
    assert again is E  # of several variables the first
    assert b.name == "bias"  # what has a name keeps it
    assert [xi.name for xi in x] == ["x1", "x2", "x3"]
    assert [zi.name for zi in z] == ["z1", "z2", "z3"]
    assert (count, remark, nothing, mixed[0].name) == (3, "text", [], None)


def test_a_notebooks_own_variables_name_nothing() -> None:
    value = Value(1.0)
    autograd.name({"_": value, "_12": value, "Out": {1: value}, "": value, 3: value, "E": value})  # type: ignore[dict-item]
    assert value.name == "E"


def test_lists_of_lists_are_numbered_by_row_and_column() -> None:
    W = [[Parameter(0.0) for _ in range(11)] for _ in range(2)]
    h1 = [Value(0.0), Value(0.0)]
    autograd.name(w=W, h1=h1)
    names = [[w.name for w in row] for row in W]
    assert names[0][:2] == ["w11", "w12"]
    assert names[1][8:] == ["w29", "w2,10", "w2,11"]
    assert [h.name for h in h1] == ["h1,1", "h1,2"]  # and not h11, which is what the first of h may be called
    assert len({name for row in names for name in row}) == 22


def test_a_layers_outputs_are_named() -> None:
    z = nn.Layer(2, 2)([1.0, 2.0])
    autograd.name(z=z)
    assert [unit.name for unit in z] == ["z1", "z2"]


v, u = Value(1.0), Value(2.0)


@pytest.mark.parametrize(
    ("named", "error", "told"),
    [
        ({"lr": 0.1}, TypeError, "lr must be a Value or a list of Values, got 0.1"),
        ({"z": [v, 2.0]}, TypeError, r"z must be a Value or a list of Values, got \[Value"),
        ({"z": []}, TypeError, r"z must be a Value or a list of Values, got \[\]"),
        ({"a": v, "b": v}, ValueError, "a and b are one Value, which has one name"),
        ({"x": [v, v]}, ValueError, "x1 and x2 are one Value"),
        ({"z1": v, "z": [u]}, ValueError, "two Values would be called z1: give one of them another name"),
    ],
)
def test_what_cannot_be_named_is_refused_and_nothing_is_half_named(
    named: dict[str, Any], error: type[Exception], told: str
) -> None:
    first = Value(0.0)
    with pytest.raises(error, match=told):
        autograd.name({"other": first}, first=first, **named)
    assert (first.name, v.name, u.name) == (None, None, None)


def test_values_without_their_names_are_refused() -> None:
    with pytest.raises(TypeError, match=r"name quantities as in name\(net=net, E=E\).* got Value\(data=1.0"):
        autograd.name(v)  # type: ignore[arg-type]
