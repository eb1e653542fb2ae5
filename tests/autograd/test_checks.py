"""What catches a wrong gradient, and a NaN or an infinity where it is born."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import (
    PRIMITIVES,
    AnomalyError,
    DomainError,
    GradientError,
    Parameter,
    Primitive,
    Value,
    check_gradients,
    detect_anomaly,
    grad,
)
from tests.autograd.test_primitives import POINTS, ROWS, SLOPES, arity, flipped, numbers


@pytest.mark.parametrize("row", ROWS, ids=list(PRIMITIVES))
@pytest.mark.parametrize("point", POINTS)
def test_every_row_passes_off_its_corners(row: Primitive, point: Any) -> None:
    x = [float(number) for number in point[: arity(row)]]
    if row.domain is None or row.domain.contains(*row.unflatten(x)):
        if row.name == "pow" and x[0] < 0:
            check_gradients(lambda a: a**3.0, x[0])  # by its exponent it has no derivative here
        else:
            check_gradients(lambda x: row(*row.unflatten(x)), x)


@pytest.mark.parametrize(("row", "index"), SLOPES)
def test_a_flipped_sign_is_found_and_named_in_any_row(row: Primitive, index: int) -> None:
    wrong = flipped(row, index)
    caught = []
    for point in POINTS:
        x = [float(number) for number in point[: arity(row)]]
        if row.domain is not None and not row.domain.contains(*row.unflatten(x)):
            continue
        if row.name == "pow" and x[0] < 0:
            continue
        try:
            check_gradients(lambda x: wrong(*wrong.unflatten([xi * 1.0 for xi in x])) + autograd.sum(x), x)
        except GradientError as error:
            caught.append(str(error))
    assert caught
    for told in caught:
        assert re.search(rf"the operation most at fault is v\d+ = {row.name}\(", told)


def test_a_failure_names_argument_derivatives_difference_and_operation() -> None:
    careless = replace(autograd.tanh, partials=lambda m, y, x: (1 - y,))
    weights = [[Value(0.1), Value(0.2)], [Value(0.3), Parameter(0.5, "w12")]]

    def f(x: float, w: Any) -> Any:
        return careless(w[1][1] * x) * 2

    check_gradients(lambda w: f(0.0, w), weights)  # at tanh(0) the slip does not show
    y = math.tanh(1.0)
    analytic, numeric = 4 * (1 - y), 4 * (1 - y * y)
    with pytest.raises(GradientError) as failure:
        check_gradients(lambda w: f(2.0, w), weights)
    told = str(failure.value)
    assert told.startswith(f"argument 0, element [1][1] (w12): analytic {analytic:.10g}, numeric {numeric:.10g} ")
    assert f"relative difference {(numeric - analytic) / numeric:.2g}; " in told
    assert re.search(r"most at fault is v\d = tanh\(v2\), by v2: analytic 0.2384\d+, numeric 0.4199\d+", told)
    assert isinstance(failure.value, AssertionError)


def test_a_slip_of_one_in_ten_million_is_seen_by_the_complex_step_only() -> None:
    slip = replace(autograd.exp, partials=lambda m, y, x: (y * (1 + 1e-7),))
    with pytest.raises(GradientError, match=r"complex step.*relative difference 1e-07; .* = exp\("):
        check_gradients(slip, 0.3)
    check_gradients(slip, 0.3, tolerance=1e-3)


def test_at_a_corner_the_failure_says_so() -> None:
    with pytest.raises(GradientError, match=r"analytic 0, numeric 0.5 \(central.*relu.*where it has a corner"):
        check_gradients(autograd.relu, 0.0)


def test_a_number_taken_out_of_the_graph_is_told() -> None:
    with pytest.raises(GradientError, match=r"analytic 3, numeric 6 .*does f use a number from outside the graph"):
        check_gradients(lambda x: x.data * x, 3.0)


@pytest.mark.parametrize("scale", [1e-200, 1e-20, 1e-9, 1e-4, 1.0, 1e5, 1e12])
def test_the_step_suits_the_scale(scale: float) -> None:
    check_gradients(lambda x: autograd.log(x) + (x / scale) ** 3, scale)
    check_gradients(lambda x: autograd.log(x) + (x / scale) ** 3 + autograd.relu(x), scale)
    with pytest.raises(GradientError):
        check_gradients(lambda x: (x / scale) ** 2 + autograd.relu(x.data / scale), scale)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: autograd.sin(x) ** 2 + autograd.cos(x) ** 2,
        lambda x: x - x,
        lambda x: 1e6 + autograd.sin(x),
        lambda x: (1e6 + autograd.sin(x)) - 1e6,
        lambda x: autograd.exp(-30 * x * x),
        lambda x: 0.0,
        lambda x: x * 1e-200,
    ],
)
def test_rounding_is_no_failure(f: Callable[[Any], Any]) -> None:
    check_gradients(f, 1.3)


def test_a_saturated_softmax_leaves_nothing_to_tell_by() -> None:
    with pytest.raises(ValueError, match=r"^cannot tell"):
        check_gradients(lambda x: -autograd.log(autograd.softmax([x, -30 * x])[0]), 1.3)  # p - 1 is below rounding


@given(row=st.sampled_from([row for row in ROWS if row.name not in ("step", "pow")]), data=st.data())
def test_what_is_right_passes_at_any_point(row: Primitive, data: st.DataObject) -> None:
    x = data.draw(numbers(row))
    assume(all(abs(xi) > 1e-3 for xi in x) and abs(x[0] - 6) > 1e-3)
    assume(all(abs(a - b) > 1e-3 for i, a in enumerate(x) for b in x[:i]))
    if row.domain is not None:  # at its end, as at the target y = 1, there are no central differences
        around = [[*x[:i], xi + h, *x[i + 1 :]] for i, xi in enumerate(x) for h in (-1e-3, 1e-3)]
        assume(all(row.domain.contains(*row.unflatten(near)) for near in around))
    check_gradients(lambda x: autograd.sin(row(*row.unflatten(x))), x)  # which does not saturate


def test_a_model_and_a_derivative_can_be_checked() -> None:
    def loss(W: Any, b: Any, x: list[float]) -> Any:
        return autograd.logsumexp([autograd.sigmoid(autograd.affine(w, x, b)) for w in W])

    rng = np.random.default_rng(1)
    check_gradients(loss, rng.normal(size=(3, 2)), 0.1, [0.2, -0.4])
    check_gradients(grad(lambda x: autograd.tanh(x) * x), 0.4)
    b = Parameter(0.0)
    check_gradients(lambda x: x * b + x, 1.0)
    assert b.grad == 0.0


def test_what_cannot_be_checked_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"f must give one result at one point, got .*is it random"):
        check_gradients(lambda x: x * rng.normal(), 1.0)
    with pytest.raises(ValueError, match=r"f is defined on no interval about argument 0 = 0.0"):
        check_gradients(autograd.sqrt, 0.0)
    with pytest.raises(ValueError, match="tolerance must be a positive number, got -1"):
        check_gradients(autograd.sin, 1.0, tolerance=-1)
    with pytest.raises(DomainError, match="log"):
        check_gradients(autograd.log, -1.0)
    with pytest.raises(TypeError, match="must return one number"):
        check_gradients(lambda x: [x, x], 1.0)
    with pytest.raises(TypeError, match=r"argument 0, element \[1\] must be a number"):
        check_gradients(lambda x: x[0], [1.0, "2"])


def test_anomalies_are_trapped_where_they_are_born() -> None:
    x = Value(1e200, "x")
    assert (x * x).data == math.inf  # silent, as in NumPy and PyTorch, unless asked for
    with detect_anomaly():
        with pytest.raises(AnomalyError, match=r"^mul gave inf from x = 1e\+200 \(local derivative 1e\+200\), x = 1e"):
            x * x
        with pytest.raises(AnomalyError, match=r"^sqrt gave 0.0 from 0.0 \(local derivative inf\)"):
            autograd.sqrt(Value(0.0))
        with pytest.raises(AnomalyError, match=r"^mul gave nan from sub = 0.0 \(local derivative inf\), inf "):
            (x - x) * math.inf
    assert (x * x).data == math.inf


def test_of_many_inputs_the_error_names_those_to_blame() -> None:
    w = [Parameter(0.1, f"w{i}") for i in range(50)]
    w[33].data = math.inf
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"affine gave inf from w33 = inf .* and 95 more$"):
        autograd.affine(w, [Value(1.0)] * 50, Value(0.0))


def test_anomalies_in_the_backward_pass_are_told_with_the_path_from_the_output() -> None:
    w, x = Parameter(1e-300, "w46"), Value(1e200, "o4")
    net = autograd.affine([w], [x], Value(0.0, "b6"))
    net.name = "i6"
    out = net * 1e200
    out.name = "o6"
    E = (out - 1.0) * 1.0
    E.name = "E"
    assert math.isfinite(E.data)
    with detect_anomaly(), pytest.raises(AnomalyError) as born:
        E.backward()
    told = str(born.value)
    assert "becomes inf on the path E <- sub <- o6 <- i6 <- w46: " in told
    assert "local derivative 1e+200 times gradient 1e+200 of i6, where affine gave 1e-100 from w46 = 1e-300 " in told


def test_an_anomaly_may_be_born_in_the_sum_of_gradients() -> None:
    x = Value(1e-5, "x")
    y = x * 1e308 + x * 1e308
    y.name = "y"
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"that reach y <- mul <- x add up to inf"):
        y.backward()
    with detect_anomaly(), pytest.raises(AnomalyError, match="add up to inf"):
        grad(lambda x: x * 1e308 + x * 1e308)(1e-5)


def test_a_long_path_is_cut_in_the_middle() -> None:
    y = x = Value(1.0, "x")
    for _ in range(100):
        y = y * 1e-4
    y = autograd.sum([y * 1e308])
    for _ in range(80):
        y = y * 1e4
    with detect_anomaly(), pytest.raises(AnomalyError) as born:
        y.backward()
    assert str(born.value).count(" <- ") == 12
    assert " <- ... <- " in str(born.value)
    assert x.grad != 0.0


def test_higher_derivatives_are_watched_but_not_the_cases_that_a_formula_discards() -> None:
    with detect_anomaly():
        assert grad(grad(lambda x: x**3))(-2.0) == -12.0  # the table's partials mention log(-2)
        with pytest.raises(AnomalyError, match="becomes inf"):
            grad(lambda x: x * 1e200 * 1e200)(1e-300)
        with detect_anomaly(False):
            assert (Value(1e200) * 1e200).data == math.inf
        with pytest.raises(AnomalyError):
            Value(1e200) * 1e200
