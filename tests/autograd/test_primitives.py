"""The table, row by row: a new row is tested by being there."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, Constant, DomainError, Primitive, Value
from autograd.derivatives import VALUES
from autograd.numbers import ARRAYS, FLOATS, Reading

ROWS = list(PRIMITIVES.values())
rows = pytest.mark.parametrize("row", ROWS, ids=list(PRIMITIVES))

SYMPY = Reading(
    exp=sympy.exp,
    expm1=lambda x: sympy.exp(x) - 1,
    log=sympy.log,
    log1p=lambda x: sympy.log(1 + x),
    sqrt=sympy.sqrt,
    sin=sympy.sin,
    cos=sympy.cos,
    tanh=sympy.tanh,
    sigmoid=lambda x: 1 / (1 + sympy.exp(-x)),
    softmax=lambda z: [sympy.exp(zk) / sympy.Add(*map(sympy.exp, z)) for zk in z],
    arctan=sympy.atan,
    abs=sympy.Abs,
    pow=lambda a, b: sympy.Pow(a, sympy.nsimplify(b, rational=True)),
    sum=lambda xs: sympy.Add(*xs),
    dot=lambda a, b: sympy.Add(*[p * q for p, q in zip(a, b)]),
    maximum=lambda xs: sympy.Max(*xs),
    minimum=lambda xs: sympy.Min(*xs),
    greater=sympy.Gt,
    equal=sympy.Eq,
    where=lambda condition, a, b: sympy.Piecewise((a, condition), (b, True)),
)

# Exact points away from every corner of every row, positive and negative, beyond relu6's 6, without ties; the last ones
# are probabilities.
POINTS = [
    [sympy.Rational(n, 7) for n in numbers]
    for numbers in ((3, 11, 23, 5, 9), (-4, 5, -13, 8, 3), (50, 2, 1, -6, 4), (3, 5, 2, 4, 1), (6, 1, 4, 2, 5))
]


def arity(row: Primitive) -> int:
    """How many numbers to give a row: two to each of its sequences."""
    return len(row.names) + row.sequences.count(True)


def exact(expression: Any) -> Any:
    """An expression with each float in it as the fraction that it is written as, for sympy's floats have 15 digits."""
    return sympy.nsimplify(expression, rational=True)


def prove(row: Primitive) -> None:
    """Raise AssertionError unless each partial of the row is the derivative of its forward formula, by sympy."""
    symbols = list(sympy.symbols(f"x:{arity(row)}", real=True))
    inputs = row.unflatten(symbols)
    output = exact(row.forward(SYMPY, *inputs))
    found = row.partials(SYMPY, output, *inputs)
    assert isinstance(found, tuple), f"{row}: partials are a tuple, one of one too: (p,)"
    partials = [exact(partial) for partial in row.flatten(found)]
    assert len(partials) == len(symbols)
    proved = 0
    for numbers in POINTS:
        point = numbers[: len(symbols)]
        if row.domain is not None and not row.domain.contains(*row.unflatten(point)):
            continue
        at = dict(zip(symbols, point))
        for symbol, partial in zip(symbols, partials):
            # the derivative is taken along one symbol with the others put in, so that sympy can settle every max
            along = output.subs({other: number for other, number in at.items() if other != symbol})
            slope = sympy.diff(along, symbol).subs(at).doit()
            difference = sympy.N(slope - partial.subs(at), 30)
            assert abs(difference) < 1e-25, f"{row}: d/d{symbol} is {slope}, the table says {partial}, at {point}"
            proved += 1
    assert proved, f"{row}: no point of POINTS is in its domain"


@rows
def test_each_partial_is_the_derivative_of_the_forward_formula(row: Primitive) -> None:
    prove(row)


def flipped(row: Primitive, index: int) -> Primitive:
    """The row with the sign of one partial flipped."""

    def partials(m: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
        right = list(row.partials(m, y, *inputs))
        right[index] = [-p for p in right[index]] if row.sequences[index] else -right[index]
        return tuple(right)

    return replace(row, partials=partials)


# Of each row the places of the inputs by which there is a derivative other than 0.
SLOPES = [
    (row, i)
    for row in ROWS
    for i, name in enumerate(row.names)
    if row.name not in ("step", "greater", "equal", "where") or (row.name, name) == ("where", "a")  # whose c is not 0
]


@pytest.mark.parametrize(("row", "index"), SLOPES)
def test_the_proof_fails_for_a_flipped_sign(row: Primitive, index: int) -> None:
    with pytest.raises(AssertionError, match="the table says"):
        prove(flipped(row, index))


def numbers(row: Primitive) -> st.SearchStrategy[list[float]]:
    """Inputs from the row's own domain, laid out flat: thousandths, so that a difference quotient crosses no pole."""
    size = (
        st.just(arity(row))
        if not row.n_ary
        else st.integers(0, 3).map(lambda n: arity(row) + n * row.sequences.count(True))
    )
    ends = st.sampled_from([(-4000, 4000), (0, 1000)])  # the second for rows that take probabilities
    number = ends.map(lambda ends: st.integers(*ends).map(lambda k: k / 1000))
    flat = st.tuples(number, size).flatmap(lambda drawn: st.lists(drawn[0], min_size=drawn[1], max_size=drawn[1]))
    return flat.filter(lambda x: row.domain is None or row.domain.contains(*row.unflatten(x)))


def slope(f: Callable[[float], float], x: float) -> float:
    """f'(x) by differences; a point next to a corner, or to the end of the domain, is not looked at."""
    h = 1e-4 * max(1.0, abs(x))
    try:
        lefter, left, middle, right, righter = (f(x + k * h) for k in (-2, -1, 0, 1, 2))
    except DomainError:
        assume(False)
    for before, after in ((middle - left, right - middle), (middle - lefter, righter - middle)):
        assume(math.isclose(before / h, after / h, rel_tol=1e-3, abs_tol=1e-3))
    return (8 * (right - left) - (righter - lefter)) / (12 * h)


def moved(x: Sequence[float], i: int, to: float) -> list[float]:
    return [to if j == i else xj for j, xj in enumerate(x)]


@rows
@given(data=st.data())
def test_partials_agree_with_finite_differences(row: Primitive, data: st.DataObject) -> None:
    x = data.draw(numbers(row))
    i = data.draw(st.integers(0, len(x) - 1))
    partial = row.local_derivatives(row(*row.unflatten(x)), x)[i]
    assume(math.isfinite(partial) and abs(partial) < 1e4)
    numeric = slope(lambda xi: row(*row.unflatten(moved(x, i, xi))), x[i])
    assert math.isclose(partial, numeric, rel_tol=1e-4, abs_tol=1e-5), (x, i)


@rows
@given(data=st.data())
def test_second_derivatives_agree_with_finite_differences(row: Primitive, data: st.DataObject) -> None:
    x = data.draw(numbers(row))
    i, j = (data.draw(st.integers(0, len(x) - 1)) for _ in range(2))

    def first(xj: float) -> float:
        at = moved(x, j, xj)
        assume(row.domain is None or row.domain.contains(*row.unflatten(at)))
        return row.local_derivatives(row(*row.unflatten(at)), at)[i]

    values = [Value(xk) for xk in x]
    inputs = row.unflatten(values)
    partial = row.flatten(row.partials(VALUES, row(*inputs), *inputs))[i]
    if isinstance(partial, Value):
        partial.backward()
    assume(math.isfinite(values[j].grad) and abs(values[j].grad) < 1e3)
    # a corner of the function shows in its first derivative, which jumps there
    assume(all(math.isclose(first(x[j] + h), first(x[j]), rel_tol=0.02, abs_tol=0.02) for h in (-2e-4, 2e-4)))
    numeric = slope(first, x[j])
    assert math.isclose(values[j].grad, numeric, rel_tol=1e-4, abs_tol=1e-5), (x, i, j)


def test_the_mixed_second_derivative_of_a_power_to_the_zero() -> None:
    a, b = Value(2.0), Value(0.0)
    by_base = PRIMITIVES["pow"].partials(VALUES, a**b, a, b)[0]
    by_base.backward()
    assert b.grad == 0.5  # d/db (b a^(b-1)) = 1/a at b = 0


@rows
@given(data=st.data())
def test_floats_and_arrays_agree(row: Primitive, data: st.DataObject) -> None:
    columns = data.draw(numbers(row).flatmap(lambda x: st.tuples(st.just(x), st.just(x[::-1]))))
    assume(row.domain is None or all(row.domain.contains(*row.unflatten(x)) for x in columns))
    arrays = list(np.array(columns).T)
    inputs = row.unflatten(arrays)
    with np.errstate(all="ignore"):
        outputs = row.forward(ARRAYS, *inputs)
        partials = [np.broadcast_to(p, 2) for p in row.flatten(row.partials(ARRAYS, outputs, *inputs))]
    for k, x in enumerate(columns):
        output = row.forward(FLOATS, *row.unflatten(x))
        np.testing.assert_allclose(np.broadcast_to(outputs, 2)[k], output, rtol=1e-13, atol=1e-300)
        expected = row.local_derivatives(output, x)
        np.testing.assert_allclose([p[k] for p in partials], expected, rtol=1e-12, atol=1e-300)


@rows
@given(data=st.data())
def test_called_on_values_it_records_one_node(row: Primitive, data: st.DataObject) -> None:
    x = data.draw(numbers(row))
    values = [Value(xi) for xi in x]
    node = row(*row.unflatten(values))
    assert node.op is row
    assert node.parents == tuple(values)
    assert node.data == row(*row.unflatten(x))
    np.testing.assert_equal(node.local_derivatives, row.local_derivatives(node.data, x))


def test_arguments_may_be_given_by_name() -> None:
    assert autograd.leaky_relu(Value(-2.0), slope=0.5).data == autograd.leaky_relu(x=-2.0, slope=0.5) == -1.0
    assert autograd.elu(-1.0, alpha=2.0) == autograd.elu(alpha=2.0, x=-1.0) == autograd.elu(-1.0, 2.0)


@rows
def test_a_one_argument_row_is_a_method_too(row: Primitive) -> None:
    takes_one = len(row.names) - len(row.defaults) == 1 and not row.n_ary
    assert hasattr(Value, row.name) == takes_one
    if takes_one:
        assert getattr(Value(0.5), row.name)().data == row(0.5)


@rows
def test_rows_survive_copying_and_pickling_as_themselves(row: Primitive) -> None:
    assert copy.deepcopy(row) is row
    assert pickle.loads(pickle.dumps(row)) is row


@pytest.mark.parametrize("x", [-1e9, -800.0, -40.0, 40.0, 400.0, 800.0, 1e9])
def test_saturating_functions_never_overflow(x: float) -> None:
    for row in (autograd.sigmoid, autograd.tanh, autograd.softplus, autograd.elu):
        node = row(Value(x))
        assert math.isfinite(node.data)
        assert all(map(math.isfinite, node.local_derivatives))
    assert autograd.logsumexp([Value(x), Value(-x)]).data == abs(x)


def test_sigmoid_keeps_its_relative_precision_far_out() -> None:
    assert autograd.sigmoid(-40.0) == pytest.approx(math.exp(-40), rel=1e-15)


@pytest.mark.parametrize(
    ("a", "b", "by_a", "by_b"),
    [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 2.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.0),
        (0.0, 0.5, math.inf, 0.0),
        (3.0, 0.0, 0.0, math.log(3)),
        (-2.0, 3.0, 12.0, math.nan),
    ],
)
def test_powers_of_and_to_zero_have_pytorchs_derivatives(a: float, b: float, by_a: float, by_b: float) -> None:
    node = Value(a) ** Value(b)
    assert node.data == a**b
    np.testing.assert_allclose(node.local_derivatives, (by_a, by_b))


def test_on_arrays_a_cross_entropy_is_infinite_where_it_is_not_0_log_0() -> None:
    p, y = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    with np.errstate(all="ignore"):
        np.testing.assert_equal(autograd.binary_cross_entropy(p, y), [0, math.inf, 0, math.inf])
        np.testing.assert_equal(autograd.cross_entropy([p, 1 - p], [y, 1 - y]), [0, math.inf, 0, math.inf])
        for row, inputs in ((autograd.binary_cross_entropy, (p, y)), (autograd.cross_entropy, ([p], [y]))):
            by_p = row.flatten(row.partials(ARRAYS, None, *inputs))[0]
            assert np.isfinite(by_p).tolist() == [True, False, True, row is autograd.cross_entropy]


def test_equal_maxima_share_the_derivative() -> None:
    assert autograd.maximum([Value(2.0), Value(1.0), Value(2.0)]).local_derivatives == (0.5, 0.0, 0.5)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: autograd.log(Value(-1.0, "p")), r"log\(x\) needs x > 0; got x = -1.0 \(node 'p'\)"),
        (lambda: autograd.log(-1.0), r"log\(x\) needs x > 0; got x = -1.0"),
        (lambda: autograd.log(Value(math.nan)), r"log\(x\) needs x > 0; got x = nan"),
        (lambda: autograd.sqrt(Value(-4.0)), r"sqrt\(x\) needs x >= 0; got x = -4.0"),
        (
            lambda: Value(1.0, "n") / Value(0.0, "d"),
            r"div.*needs b != 0; got a = 1.0 \(node 'n'\), b = 0.0 \(node 'd'\)",
        ),
        (lambda: Value(1.0) / 0, r"b != 0; got a = 1.0, b = 0.0"),
        (lambda: 1 / Value(0.0, "d"), r"b = 0.0 \(node 'd'\)"),
        (
            lambda: Value(-8.0) ** (1 / 3),
            r"pow.*needs a > 0, .*, or a < 0 and a whole b; got a = -8.0",
        ),
        (lambda: 0 ** Value(-1.0), r"pow.*got a = 0.0, b = -1.0"),
        (lambda: autograd.maximum([]), r"maximum\(x\) needs at least one number"),
    ],
)
def test_outside_the_domain_the_error_names_operation_value_node_and_domain(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(DomainError, match=told):
        call()


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (
            lambda: autograd.dot([1, 2, 3], [Value(1), Value(2)]),
            ValueError,
            r"dot\(a, b\) needs sequences of one length, got 3 and 2",
        ),
        (
            lambda: autograd.affine([Value(1)], [1, 2], 0),
            ValueError,
            r"affine\(w, x, b\) needs sequences of one length, got 1 and 2",
        ),
        (lambda: autograd.leaky_relu(Value(1), slop=2), TypeError, r"leaky_relu\(x, slope\) cannot .* 1 .* and slop"),
        (lambda: autograd.leaky_relu(1, 2, slope=2), TypeError, "cannot be called with 2 arguments and slope"),
        (lambda: autograd.leaky_relu(slope=2), TypeError, "cannot be called with 0 arguments and slope"),
        (lambda: autograd.exp(Value(1), Value(2)), TypeError, r"exp\(x\) takes 1 arguments, got 2"),
        (
            lambda: autograd.affine(Value(1), [1], 0),
            TypeError,
            r"affine\(w, x, b\) takes a sequence of numbers and Values",
        ),
        (lambda: autograd.exp("1"), TypeError, "exp takes numbers and Values, got str '1'"),
        (lambda: autograd.dot([Value(1)], ["1"]), TypeError, "dot takes numbers and Values, got str '1'"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()


def test_numbers_give_numbers_and_arrays_give_arrays() -> None:
    assert autograd.exp(0) == 1.0
    assert autograd.sum([1, 2, 3]) == 6.0
    assert autograd.maximum(1, 5, 2) == 5.0
    np.testing.assert_allclose(autograd.sigmoid(np.array([0.0, 0.0])), [0.5, 0.5])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_sequence_may_be_an_array_or_a_generator(n: int) -> None:
    x, values = np.arange(n) + 1.0, [Value(k + 1.0) for k in range(n)]
    assert autograd.sum(x) == autograd.sum(np.array(values)).data == autograd.sum(v for v in values).data == x.sum()
    assert autograd.dot(x, x) == autograd.dot(np.array(values), x).data == x @ x
    assert autograd.affine(values, x, 1).data == x @ x + 1
    assert autograd.sum(autograd.softmax(np.array(values))).data == pytest.approx(1)


@pytest.mark.parametrize(
    "row", [autograd.relu, autograd.relu6, autograd.abs, autograd.elu, autograd.maximum, autograd.sin]
)
def test_a_nan_is_not_swallowed(row: Primitive) -> None:
    with np.errstate(all="ignore"):
        assert math.isnan(row(math.nan))
    assert math.isnan(row(Value(math.nan)).data)


def test_what_is_undefined_is_nan() -> None:
    assert math.isnan(FLOATS.sqrt(-1.0))
    assert all(math.isnan(f(Value(math.inf)).data) for f in (autograd.sin, autograd.cos))
    assert math.isnan(autograd.maximum(1.0, Value(math.nan)).data)
    assert math.isnan(autograd.maximum(Value(math.nan), 1.0).data)


def test_sequences_may_mix_values_and_numbers() -> None:
    a = Value(2.0, "a")
    for node, data in ((autograd.sum([a, 1, 0.5]), 3.5), (autograd.dot([a, 1], [3, 4]), 10.0)):
        assert node.data == data
        assert [type(parent) for parent in node.parents].count(Constant) == len(node.parents) - 1
    assert autograd.dot([a, 1], [3, 4]).local_derivatives == (3.0, 0.0, 0.0, 0.0)
