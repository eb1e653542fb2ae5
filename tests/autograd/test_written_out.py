"""What is written out for speed computes what the table says, to the last bit, wherever it is used."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, Constant, DomainError, Parameter, Primitive, Value
from autograd.numbers import FLOATS

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
}
FUNCTIONS = [row for row in PRIMITIVES.values() if row.quick is not None]
CORNERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 709.0, -746.0, 1e-320, 1e200, -1e308, float("inf"), float("-inf")]
FLOAT = st.one_of(st.floats(allow_nan=True), st.sampled_from(CORNERS), st.floats(-10, 10))
NUMBER = st.one_of(FLOAT, st.integers(-5, 5), st.integers(-(10**30), 10**30))


def bits(*numbers: float) -> list[bytes]:
    """Numbers as they are kept, so that -0.0 is not 0.0; a NaN is a NaN."""
    return [struct.pack("d", number) if number == number else b"NaN" for number in numbers]


def check(row: Primitive, fast: Callable[[], Value], *operands: Any) -> None:
    """Raise AssertionError unless ``fast`` records what the row's formulas give, or raises as its domain says."""
    flat = row.flatten(operands)
    inputs = [float(x) for x in flat]
    try:
        row.check_domain(row.unflatten(inputs))
    except DomainError:
        with pytest.raises(DomainError):
            fast()
        return
    data = row.forward(FLOATS, *row.unflatten(inputs))
    slopes = row.local_derivatives(data, inputs)
    node = fast()
    assert node.op is row
    assert bits(node.data) == bits(data)
    assert all(type(x) is float for x in (node.data, *node.local_derivatives))
    assert bits(*node.local_derivatives) == bits(*[d if isinstance(x, Value) else 0.0 for x, d in zip(flat, slopes)])
    for parent, operand in zip(node.parents, flat, strict=True):
        assert parent is operand if isinstance(operand, Value) else type(parent) is Constant
        assert bits(parent.data) == bits(float(operand))


@pytest.mark.parametrize("name", OPERATORS)
@given(a=FLOAT, b=NUMBER, kind=st.sampled_from([Value, Parameter]))
def test_operators_on_two_values_and_with_a_number_on_either_side(name: str, a: float, b: float, kind: Any) -> None:
    row, operate = PRIMITIVES[name], OPERATORS[name]
    v, w = Value(a), kind(b)
    check(row, lambda: operate(v, w), v, w)
    check(row, lambda: operate(v, b), v, b)
    check(row, lambda: operate(b, v), b, v)


@given(a=FLOAT)
def test_negation(a: float) -> None:
    v = Value(a)
    check(PRIMITIVES["neg"], lambda: -v, v)


@pytest.mark.parametrize("row", FUNCTIONS, ids=str)
@given(a=FLOAT)
def test_functions_as_functions_and_as_methods(row: Primitive, a: float) -> None:
    v = Value(a)
    check(row, lambda: row(v), v)
    check(row, getattr(v, row.name), v)


@given(st.lists(st.tuples(FLOAT, FLOAT), max_size=8), FLOAT)
def test_affine_and_a_layer_of_them(pairs: list[tuple[float, float]], b: float) -> None:
    w, x, bias = [Parameter(w) for w, _ in pairs], [Value(x) for _, x in pairs], Parameter(b)
    row = PRIMITIVES["affine"]
    check(row, lambda: autograd.affine(w, x, bias), w, x, bias)
    check(row, lambda: autograd.affine(iter(w), iter(x), bias), w, x, bias)
    check(row, lambda: autograd.linear(x, [(w, bias), (w, bias)])[1], w, x, bias)


def test_a_layer_takes_numbers_where_it_takes_values() -> None:
    w, x, b = [Parameter(0.5), Parameter(-2.0)], [Value(3.0), Value(1.0)], Parameter(0.25)
    assert [net.data for net in autograd.linear([3.0, 1.0], [(w, b)])] == [-0.25]
    assert [net.data for net in autograd.linear(x, [([0.5, -2.0], b), (w, 0.25)])] == [-0.25, -0.25]
    with pytest.raises(ValueError, match="sequences of one length, got 1 and 2"):
        autograd.linear(x, [(w[:1], b)])


@pytest.mark.parametrize("name", [*OPERATORS, *[row.name for row in FUNCTIONS]])
def test_a_constant_goes_by_the_table_and_stays_one(name: str) -> None:
    two, v = Constant(2.0), Value(3.0)
    if name in OPERATORS:
        operate, row = OPERATORS[name], PRIMITIVES[name]
        assert type(operate(two, 3.0)) is type(operate(two, Constant(3.0))) is Constant
        left, right = operate(two, v), operate(v, two)
        assert (left.local_derivatives[0], right.local_derivatives[1]) == (0.0, 0.0)
        assert (left.data, right.data) == (row(2.0, 3.0), row(3.0, 2.0))
    else:
        assert type(getattr(two, name)()) is type(PRIMITIVES[name](two)) is Constant
