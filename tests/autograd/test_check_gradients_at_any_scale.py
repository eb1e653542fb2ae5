"""What `check_gradients` says of a right partial and of one twice as large, from 1e-300 to 1e300."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import FLOATS, DomainError, GradientError, Primitive, Value, check_gradients
from tests.autograd.test_primitives import ROWS, SLOPES, arity

Verdict = Literal["right", "wrong", "cannot tell"]


def verdict(f: Callable[..., Any], *point: Any) -> Verdict:
    try:
        check_gradients(f, *point)
    except GradientError:
        return "wrong"
    except ValueError as error:
        if isinstance(error, DomainError) or "is defined on no interval about" in str(error):
            assume(False)
        if not str(error).startswith("cannot tell"):
            raise
        return "cannot tell"
    return "right"


def doubled(row: Primitive, index: int) -> Primitive:
    """The row with one partial twice as large."""

    def partials(m: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
        right = list(row.partials(m, y, *inputs))
        right[index] = [2 * p for p in right[index]] if row.sequences[index] else 2 * right[index]
        return tuple(right)

    return replace(row, partials=partials)


@st.composite
def points(draw: st.DrawFn, row: Primitive, least: int, most: int) -> list[float]:
    """Inputs of the row, laid out flat, of one sign and magnitude or of several; all of them off corners and ties."""
    exponent = draw(st.integers(least, most))
    numbers = []
    for _ in range(arity(row)):
        own = draw(st.sampled_from([exponent, draw(st.integers(least, most)), 0]))
        digits = draw(st.integers(1_000_001, 9_999_999)) / 1_000_000
        numbers.append(draw(st.sampled_from([1, 1, -1])) * digits * 10.0**own)
    assume(row.domain is None or row.domain.contains(*row.unflatten(numbers)))
    assume(len(set(numbers)) == len(numbers))
    return numbers


@settings(max_examples=200)
@given(row=st.sampled_from(ROWS), data=st.data())
def test_a_right_partial_is_never_called_wrong(row: Primitive, data: st.DataObject) -> None:
    x = data.draw(points(row, -300, 300))
    assert verdict(lambda x: row(*row.unflatten(x)), x) != "wrong"


def test_a_corner_far_from_an_argument_but_near_for_a_step_is_no_fault() -> None:
    for x in ([-1.000001e-12, 1.0000009999999999e-25], [-1.6933525741145345e-111, -3.2749453191906916e-190]):
        assert verdict(autograd.minimum, x) != "wrong"


@pytest.mark.parametrize("x", [0.0, 1e-3, 1.3, -2.5, 1e6])
def test_a_number_from_outside_the_graph_is_noticed(x: float) -> None:
    assert verdict(lambda v: v * 2.0 + v.data**2 + v.data, x) == "wrong"


@pytest.mark.parametrize("x", [3.129877e234, 3.1795580000000004e234, 6381956970095103 * 2.0**797])
def test_a_sine_on_numbers_that_are_nearly_whole_periods_apart_is_not_called_wrong(x: float) -> None:
    assert verdict(autograd.sin, x) == "cannot tell"


def test_a_derivative_that_is_too_small_for_its_digits_is_not_called_wrong() -> None:
    assert verdict(autograd.arctan, 6.8241596907490184e156) != "wrong"  # 1 / (1 + x x) is 0, and not 2e-314


def test_a_wrong_partial_far_out_is_still_called_so() -> None:

    assert verdict(doubled(autograd.sin, 0), 3.1795580000000004e234) == "wrong"


@settings(max_examples=200)
@given(slope=st.sampled_from(SLOPES), data=st.data())
def test_a_partial_twice_as_large_is_never_called_right(slope: tuple[Primitive, int], data: st.DataObject) -> None:
    row, index = slope
    x = data.draw(points(row, -300, 300))
    y = row.forward(FLOATS, *row.unflatten(x))
    right, wrong = (each.partials(FLOATS, y, *each.unflatten(x))[index] for each in (row, doubled(row, index)))
    assume(right != wrong)  # which 0 and infinity do not tell
    assert verdict(lambda x: doubled(row, index)(*row.unflatten(x)), x) != "right"


@settings(max_examples=200)
@given(slope=st.sampled_from(SLOPES), data=st.data())
def test_where_a_change_of_the_argument_shows_there_is_a_verdict(
    slope: tuple[Primitive, int], data: st.DataObject
) -> None:
    row, index = slope
    assume(not row.n_ary and row.name != "where")
    x = data.draw(points(row, -60, 60))
    y = row.forward(FLOATS, *x)
    partial = row.partials(FLOATS, y, *x)[index]
    assume(y and 1e-6 < abs(x[index] * partial / y) < 1e6)  # in per cent of y, for a per cent of x

    def along(row: Primitive) -> Verdict:
        return verdict(lambda xi: row(*x[:index], xi, *x[index + 1 :]), x[index])

    assert along(row) == "right"
    assert along(doubled(row, index)) == "wrong"


DOUBLED_LOG = doubled(autograd.log, 0)


@pytest.mark.parametrize("x", [10.0**e for e in (-300, -100, -49, -20, -3, 0, 10, 14, 15, 20, 100, 300)])
def test_log_and_sqrt_have_verdicts_at_every_scale(x: float) -> None:
    assert verdict(autograd.log, x) == verdict(autograd.sqrt, x) == "right"
    assert verdict(DOUBLED_LOG, x) == verdict(doubled(autograd.sqrt, 0), x) == "wrong"


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("at", [1.0, 1e3])
def test_a_peak_is_seen_from_a_plateau(width: float, at: float) -> None:
    """Long steps see nothing but the plateau; that there is a slope between is for short ones to tell."""

    def peak(x: Any) -> Any:
        return autograd.exp(-(((x - at) / width) ** 2))

    x = at + width
    assert verdict(peak, x) == "right"
    assert verdict(lambda x: peak(x.data) + 0.0 * x, x) == "wrong"
    assert verdict(lambda x: doubled(autograd.exp, 0)(-(((x - at) / width) ** 2)), x) == "wrong"


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (autograd.tanh, 20.0),  # which is 1: whether its slope is 1.7e-17 does not show
        (lambda x: autograd.tanh(autograd.exp(x)), 4.0),
        (lambda x: x * x, 1e-290),  # which is 0
        (autograd.exp, 800.0),  # which is infinite
        (lambda x: 1 / x, 1e-200),  # whose slope is
        (lambda x: autograd.sin(1e20 * x), 1.0),  # of whose argument no digit is left
        (autograd.sin, 1.000001e61),
    ],
)
def test_where_rounding_hides_the_answer_it_says_so(f: Callable[[Any], Any], x: float) -> None:
    with pytest.raises(ValueError, match=r"^cannot tell .* argument 0: analytic .* moved them by .* at another point"):
        check_gradients(f, x)


def test_what_is_hidden_beside_what_is_not_does_not_matter() -> None:
    """A saturated unit among others: the sum of the paths is known as well as it can be."""
    check_gradients(lambda w: autograd.tanh(20.0 + w) + autograd.tanh(w), 0.3)
    check_gradients(lambda w: autograd.sin(w) ** 2 + autograd.cos(w) ** 2, Value(0.7))


def test_a_partial_that_is_nan_is_wrong_and_named() -> None:
    careless = replace(autograd.sin, partials=lambda m, y, x: (math.nan,))
    with pytest.raises(GradientError, match=r"analytic nan, numeric 0\.54.* most at fault is v1 = sin\(v0\)"):
        check_gradients(careless, 1.0)
