"""Gradient descent with UCSD's stopping rule, and Newton's method."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from optim import gradient_descent, newton

Point = NDArray[np.float64]


def f(x: Point) -> float:
    return float(math.exp(x @ x) + (x[0] - 2) ** 2 + (x[1] - 3) ** 2)


def gradient(x: Point) -> Point:
    return np.array(2 * x * math.exp(x @ x) + 2 * (x - [2, 3]))


def test_the_slides_surface_with_no_closed_form() -> None:
    path: list[Point] = []
    x = gradient_descent(gradient, [0, 0], path=path)
    assert x.round(5).tolist() == [0.54772, 0.82157]
    assert round(f(x), 5) == 9.50577
    steps = [np.linalg.norm(0.01 * gradient(at)) for at in path]
    assert len(path) == 61  # so step 61, from the last of them, is the first below the threshold
    assert [step < 0.1e-4 for step in steps] == [False] * 60 + [True]
    assert path[0].tolist() == [0, 0]
    assert path[-1] is x


def test_in_one_dimension_and_in_many() -> None:
    """WAT: steps on the curve x^2, and on the surface x^T x, whose gradients are 2x."""
    path: list[float] = []
    x = gradient_descent(lambda x: 2 * x, 3, learning_rate=0.25, threshold=0.01, path=path)
    assert type(x) is float
    assert path == [3 / 2**k for k in range(len(path))]
    assert path[-1] / 2 < 0.01 <= path[-2] / 2  # the length of a step from there
    many = gradient_descent(lambda x: 2 * x, np.full((2, 2), 3.0), learning_rate=0.25, threshold=0.02)
    assert many.tolist() == [[x, x], [x, x]]  # four steps at once are twice as long as one


def test_the_start_stays_as_it_is() -> None:
    start = np.array([1.0, 2.0])
    x = gradient_descent(lambda x: 2 * x, start)
    assert start.tolist() == [1.0, 2.0]
    assert gradient_descent(lambda x: 0 * x, start) is not start
    assert np.linalg.norm(x) < 1e-3


@pytest.mark.parametrize("start", [1.0, [1.0, 1.0]])
def test_a_step_too_large_diverges_and_says_so(start: Any) -> None:
    with pytest.raises(
        ArithmeticError, match=r"diverged: step \d+ with learning_rate=1\.5 led from .* smaller learning"
    ):
        gradient_descent(lambda x: 4 * x**3, start, learning_rate=1.5)


matrices = st.lists(st.floats(-2, 2), min_size=9, max_size=9).map(lambda xs: np.array(xs).reshape(3, 3))
points = st.lists(st.floats(-10, 10), min_size=3, max_size=3).map(np.array)


@given(A=matrices, minimum=points, start=points)
def test_one_newton_step_on_a_quadratic_lands_on_its_minimum(A: Point, minimum: Point, start: Point) -> None:
    H = A @ A.T + np.eye(3)
    x = newton(lambda x: H @ (x - minimum), lambda x: H, start, max_steps=1)
    np.testing.assert_allclose(x, minimum, atol=1e-9)


def test_newton_in_one_dimension() -> None:
    path: list[float] = []
    x = newton(lambda x: math.cos(x), lambda x: -math.sin(x), 1.0, threshold=1e-12, path=path)
    assert type(x) is float
    assert x == pytest.approx(math.pi / 2, abs=1e-15)
    assert 3 <= len(path) <= 6
    assert path[-1] == x
    assert newton(lambda x: 2 * (x - 3), lambda x: 2.0, 0, max_steps=1) == 3.0


def test_newton_finds_the_slides_minimum_in_fewer_steps() -> None:
    def hessian(x: Point) -> Point:
        return math.exp(x @ x) * (2 * np.eye(2) + 4 * np.outer(x, x)) + 2 * np.eye(2)

    path: list[Point] = []
    x = newton(gradient, hessian, [0.5, 0.8], path=path)
    assert np.linalg.norm(gradient(x)) < 1e-9
    assert len(path) < 10
    assert np.linalg.norm(x - gradient_descent(gradient, [0, 0])) < 1e-4


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: gradient_descent(gradient, [0, 0], 0), ValueError, "learning_rate must be a positive number, got 0"),
        (lambda: gradient_descent(gradient, [0, 0], threshold=0), ValueError, "threshold must be a positive number"),
        (
            lambda: gradient_descent(lambda x: [1.0], [0, 0]),
            ValueError,
            r"gradient must have shape \(2,\) here, got \(1,\)",
        ),
        (lambda: gradient_descent(lambda x: [x], 1.0), ValueError, r"gradient must have shape \(\) here, got \(1,\)"),
        (
            lambda: newton(gradient, lambda x: x, [0, 0]),
            ValueError,
            r"hessian must have shape \(2, 2\) here, got \(2,\)",
        ),
        (
            lambda: newton(gradient, gradient, [0, 0], max_steps=0),
            ValueError,
            "max_steps must be a whole number",
        ),
        (lambda: newton(gradient, gradient, [0, 0], threshold=-1), ValueError, "threshold must be a positive number"),
        (
            lambda: newton(lambda x: x, lambda x: np.zeros((2, 2)), [1, 1]),
            ArithmeticError,
            r"step 1 of Newton's method: the Hessian has no inverse at \[1. 1.\]",
        ),
        (lambda: newton(lambda x: x, lambda x: 0.0, 1), ArithmeticError, "step 1 .* has no inverse at 1.0"),
        (lambda: newton(lambda x: math.inf, lambda x: 1.0, 1), ArithmeticError, "step 1 .* not finite"),
    ],
)
def test_mistakes_are_named(make: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        make()
