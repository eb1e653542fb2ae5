"""Derivatives as functions: of any order, in the shape of the arguments, PyTorch's and sympy's numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, Parameter, Primitive, Value, grad, hessian, hvp, jacobian, value_and_grad
from tests.autograd.test_primitives import POINTS, SYMPY, arity

CORNERED = {"abs", "step", "relu", "relu6", "leaky_relu", "elu", "maximum", "minimum"}
SMOOTH = [row for row in PRIMITIVES.values() if row.name not in CORNERED]


@pytest.mark.parametrize("row", SMOOTH, ids=lambda row: row.name)
def test_third_derivatives_are_sympys(row: Primitive) -> None:
    symbols = list(sympy.symbols(f"x:{arity(row)}", real=True))
    output = row.forward(SYMPY, *row.unflatten(symbols))

    def f(x: list[Value]) -> Value:
        result: Value = row(*row.unflatten(x))
        return result

    compared = 0
    for numbers in POINTS:
        point = numbers[: len(symbols)]
        if row.domain is not None and not row.domain.contains(*row.unflatten(point)):
            continue
        if row.name == "pow" and point[0] < 0:
            continue  # a power of a negative number cannot be differentiated by its exponent
        third = jacobian(hessian(f))([float(number) for number in point])
        at = dict(zip(symbols, point))
        for i, j, k in itertools.combinations_with_replacement(range(len(symbols)), 3):
            exact = float(sympy.N(sympy.diff(output, symbols[i], symbols[j], symbols[k]).subs(at).doit(), 30))
            for a, b, c in itertools.permutations((i, j, k)):
                assert third[a][b][c] == pytest.approx(exact, rel=1e-10, abs=1e-13), (point, i, j, k)
            compared += 1
    assert compared


@pytest.mark.parametrize("row", [autograd.relu, autograd.leaky_relu, autograd.abs, autograd.step, autograd.elu])
@pytest.mark.parametrize("x", [-1.5, 2.5])
def test_off_their_corners_pieces_have_derivatives_of_any_order(row: Primitive, x: float) -> None:
    third = grad(grad(grad(row)))(x)
    assert third == pytest.approx(math.exp(x) if row.name == "elu" and x < 0 else 0.0)


@pytest.mark.parametrize("order", range(8))
def test_any_order(order: int) -> None:
    f: Callable[..., Any] = autograd.sin
    for _ in range(order):
        f = grad(f)
    assert f(0.7) == pytest.approx(math.sin(0.7 + order * math.pi / 2), rel=1e-13)


def test_a_derivative_inside_a_derivative_holds_the_outer_variable_still() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0  # and not 2: y is another variable than x
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0  # d/dx x^2
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0  # d/dx 2x^2
    assert grad(lambda x: grad(lambda y: 5 * y)(grad(lambda z: 2 * z)(x)) * x)(3.0) == 5.0
    assert hessian(lambda x: hessian(lambda y: x * y**3)(x) * x)(2.0) == 72.0  # d2/dx2 6x^3


def test_arguments_are_chosen_by_argnums() -> None:
    def f(a: Value, b: Value, c: float = 1.0) -> Value:
        return a * a * b * c

    assert grad(f)(2.0, 5.0) == 20.0
    assert grad(f, 1)(2.0, 5.0) == grad(f, -1)(2.0, 5.0) == 4.0
    assert grad(f, (1, 0))(2.0, 5.0, c=10.0) == (40.0, 200.0)
    assert grad(f, [0])(2.0, 5.0) == (20.0,)
    assert value_and_grad(f, 1)(2, 5) == (20.0, 4.0)
    assert hessian(f, (0, 1))(2.0, 5.0) == ((10.0, 4.0), (4.0, 0.0))


def test_results_have_the_shape_of_the_arguments() -> None:
    def f(tree: Any) -> Any:
        (a, b), matrix, row = tree
        return a * b + (matrix @ np.array(row)).sum()

    gradient = grad(f)([(2.0, 3), np.array([[1.0, 2.0], [3.0, 4.0]]), [5.0, 7.0]])
    assert gradient[0] == (3.0, 2.0)
    np.testing.assert_array_equal(gradient[1], [[5.0, 7.0], [5.0, 7.0]])
    assert gradient[1].dtype == np.float64
    assert gradient[2] == [4.0, 6.0]
    scalar = grad(lambda x: x * x)(np.array(3.0))
    assert (type(scalar), scalar.shape, float(scalar)) == (np.ndarray, (), 6.0)
    assert grad(lambda x: autograd.sum(x))(np.zeros((0, 3))).shape == (0, 3)


@given(st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(1, 3), max_size=2))
def test_a_jacobian_has_the_shape_of_the_output_and_then_of_the_input(out: list[int], into: list[int]) -> None:
    x = np.ones(into)
    A = np.random.default_rng(0).normal(size=(*out, x.size))

    def f(x: Any) -> Any:
        return A @ np.asarray(x).reshape(-1)

    expected = A.reshape((*out, *into))
    np.testing.assert_array_equal(jacobian(f)(x), expected)
    np.testing.assert_array_equal(jacobian(f)(x.tolist()), expected)
    if out:
        as_lists = jacobian(lambda x: f(x).tolist())(x)
        np.testing.assert_array_equal(np.array(as_lists), expected)


def test_jacobians_by_several_arguments_and_of_several_results() -> None:
    def f(x: Any, s: Any) -> Any:
        return x * s, [s * s, x[0]]

    x = np.array([2.0, 3.0])
    (by_x, by_s), (lists_by_x, lists_by_s) = jacobian(f, (0, 1))(x, 5.0)
    np.testing.assert_array_equal(by_x, [[5.0, 0.0], [0.0, 5.0]])
    np.testing.assert_array_equal(by_s, x)
    np.testing.assert_array_equal(lists_by_x, [[0.0, 0.0], [1.0, 0.0]])
    assert lists_by_s == [10.0, 0.0]
    blocks = hessian(lambda x, s: x @ x * s, (0, 1))(x, 5.0)
    np.testing.assert_array_equal(blocks[0][0], [[10.0, 0.0], [0.0, 10.0]])
    np.testing.assert_array_equal(blocks[0][1], [4.0, 6.0])
    np.testing.assert_array_equal(blocks[1][0], [4.0, 6.0])
    assert blocks[1][1] == 0.0


def test_called_with_values_it_gives_values_connected_to_them() -> None:
    x = Value(3.0, "x")
    slope = grad(lambda x: x**3)(x * 2)
    assert isinstance(slope, Value)
    assert slope.data == 108.0
    slope.backward()
    assert x.grad == 72.0  # d/dx 3(2x)^2
    value, slope = value_and_grad(lambda x, y: x * y)(2.0, x)
    assert isinstance(value, Value)
    assert (slope + 1).parents[0].data == 3.0
    parts = grad(lambda xs: xs @ xs)(np.array([x, x]))
    assert parts.dtype == object
    assert [part.data for part in parts] == [6.0, 6.0]


def test_taking_a_derivative_leaves_every_gradient_as_it_was() -> None:
    w, x = Parameter(2.0), Value(3.0)
    assert float(grad(lambda y: w * x * y)(5.0)) == 6.0
    assert float(hessian(lambda y: w * y * y)(5.0)) == 4.0
    assert (w.grad, x.grad) == (0.0, 0.0)


def test_what_depends_on_nothing_has_gradient_zero() -> None:
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(lambda x, y: y)(1.0, 2.0) == 0.0
    assert hessian(lambda x: 2 * x[0] + x[1])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(lambda x: x)(1.0) == 1.0


def test_the_backward_pass_on_values_is_linear_and_does_not_recurse() -> None:
    def doubled(x: Any) -> Any:
        for _ in range(60):
            x = x + x
        return x * x

    def deep(x: Any) -> Any:
        for _ in range(20_000):
            x = autograd.sin(x)
        return x

    assert hessian(doubled)(1.0) == 2.0**121
    assert math.isfinite(grad(grad(deep))(0.5))


smooth_unary = st.sampled_from([autograd.exp, autograd.sin, autograd.tanh, autograd.sigmoid, autograd.softplus])
points = st.lists(st.floats(-2, 2), min_size=3, max_size=3)


@given(st.lists(st.tuples(smooth_unary, st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6), points)
def test_hessians_are_symmetric(steps: list[tuple[Primitive, int, int]], x: list[float]) -> None:
    def f(x: list[Any]) -> Any:
        for operation, i, j in steps:
            x = [*x[1:], operation(x[i] * x[j]) + x[0]]
        return autograd.logsumexp(x)

    H = np.array(hessian(f)(x))
    assume(np.isfinite(H).all() and abs(H).max() < 1e6)
    np.testing.assert_allclose(H, H.T, rtol=1e-10, atol=1e-10)
    v = np.array([0.3, -1.2, 0.7])
    np.testing.assert_allclose(hvp(f, (x,), (v.tolist(),)), H @ v, rtol=1e-9, atol=1e-9)


def f_of_three(x: Any) -> Any:
    return autograd.exp(x[0] * x[1]) + autograd.sin(x[2]) * x[0] ** 2 + autograd.log(1 + x[1] ** 2)


@given(points)
def test_gradient_and_hessian_of_several_variables_agree_with_finite_differences(x: list[float]) -> None:
    h = 1e-5  # row 2.24 of the worked examples: IIMA, "Gradient descent"
    at, steps = np.array(x), h * np.eye(3)

    def data(at: Any) -> float:
        return float(f_of_three(at.tolist()))

    slopes = [(data(at + e) - data(at - e)) / (2 * h) for e in steps]
    np.testing.assert_allclose(grad(f_of_three)(at), slopes, rtol=1e-6, atol=1e-6)
    gradient = grad(f_of_three)
    curvatures = [(gradient(at + e) - gradient(at - e)) / (2 * h) for e in steps]
    np.testing.assert_allclose(hessian(f_of_three)(at), curvatures, rtol=1e-5, atol=1e-5)


@given(st.integers(0, 1000), points)
def test_one_newton_step_on_a_quadratic_lands_on_its_minimum(seed: int, start: list[float]) -> None:
    rng = np.random.default_rng(seed)
    root, b = rng.normal(size=(3, 3)), rng.normal(size=3)
    A = root @ root.T + np.eye(3)  # positive definite

    def f(x: Any) -> Any:
        return x @ A @ x / 2 - b @ x

    x = np.array(start)
    step = np.linalg.solve(hessian(f)(x), grad(f)(x))
    np.testing.assert_allclose(x - step, np.linalg.solve(A, b), rtol=1e-9, atol=1e-11)


@pytest.fixture
def network() -> tuple[Callable[[Any, Any], Any], list[np.ndarray[Any, Any]]]:
    """The mean loss of a 3-4-2 network by all its weights, in an arithmetic ``m``, and the weights."""
    rng = np.random.default_rng(4)
    X, T = rng.normal(size=(5, 3)), rng.integers(0, 2, 5)
    weights = [rng.normal(size=shape) for shape in ((4, 3), (4,), (2, 4), (2,))]

    def loss(m: Any, weights: Any) -> Any:
        W1, b1, W2, b2 = weights
        total = 0.0
        for x, t in zip(X, T):
            hidden = [m.tanh(m.affine(w, x, b)) for w, b in zip(W1, b1)]
            o = [m.affine(w, hidden, b) for w, b in zip(W2, b2)]
            total = m.logsumexp(o) - o[t] + total
        return total / 5

    return loss, weights


def test_hessian_jacobian_and_hvp_of_a_network_are_pytorchs(network: Any) -> None:
    torch = pytest.importorskip("torch")
    loss, weights = network

    class M:
        tanh = staticmethod(torch.tanh)

        @staticmethod
        def affine(w: Any, x: Any, b: Any) -> Any:
            return w @ (torch.stack(x) if isinstance(x, list) else torch.tensor(x)) + b

        @staticmethod
        def logsumexp(o: Any) -> Any:
            return torch.logsumexp(torch.stack(o), 0)

    tensors = tuple(torch.tensor(w) for w in weights)
    everything = range(4)

    def ours(*weights: Any) -> Any:
        return loss(autograd, weights)

    def theirs(*weights: Any) -> Any:
        return loss(M, weights)

    H = hessian(ours, everything)(*weights)
    expected = torch.autograd.functional.hessian(theirs, tensors)
    for i, j in itertools.product(everything, everything):
        assert H[i][j].shape == weights[i].shape + weights[j].shape
        np.testing.assert_allclose(H[i][j], expected[i][j].numpy(), rtol=0, atol=1e-10)
    full = np.block([[H[i][j].reshape(weights[i].size, -1) for j in everything] for i in everything])
    np.testing.assert_allclose(full, full.T, rtol=0, atol=1e-12)

    directions = [np.cos(np.arange(w.size)).reshape(w.shape) for w in weights]
    _, products = torch.autograd.functional.hvp(theirs, tensors, tuple(map(torch.tensor, directions)))
    for product, wanted in zip(hvp(ours, weights, directions), products):
        np.testing.assert_allclose(product, wanted.numpy(), rtol=0, atol=1e-10)

    W, x = weights[0], np.array([0.5, -1.0, 2.0])
    by_w, by_x = jacobian(lambda W, x: np.tanh(W @ x), (0, 1))(W, x)
    wanted = torch.autograd.functional.jacobian(lambda W, x: torch.tanh(W @ x), (tensors[0], torch.tensor(x)))
    np.testing.assert_allclose(by_w, wanted[0].numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(by_x, wanted[1].numpy(), rtol=0, atol=1e-12)


one: Any = 1.0
word: Any = "0"
takers: list[Any] = [grad, value_and_grad, jacobian, hessian, autograd.check_gradients]


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: grad(lambda x: [x])(1.0), TypeError, "must return one number, a Value, got list .* jacobian"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "must return one number, a Value, got NoneType"),
        (lambda: grad(lambda x: x)("a"), TypeError, "argument 0 must be a number .*, got str 'a'"),
        (lambda: grad(lambda x, y: x, 1)(1.0, [2.0, [{}]]), TypeError, r"argument 1\[1\]\[0\] must be .*, got dict {}"),
        (lambda: grad(lambda x: x, 1)(1.0), ValueError, "argnums must name some of the 1 arguments, each once, got 1"),
        (lambda: grad(lambda x, y: x, (0, -2))(1.0, 2.0), ValueError, r"each once, got \(0, -2\)"),
        (lambda: grad(lambda x: x, word)(1.0), TypeError, "argnums must be a whole number or several of them, got '0'"),
        *[(lambda of=of: of(Value(2.0)), TypeError, r"f must be a function, got Value\(") for of in takers],
        (lambda: hvp(abs, one, (1.0,)), TypeError, r"primals must be a tuple or a list .*, got 1\.0"),
        (lambda: hvp(abs, (1.0,), one), TypeError, r"tangents must be a tuple or a list .*, got 1\.0"),
        (lambda: hvp(lambda x: x @ x, (np.ones(2),), (np.ones(3),)), ValueError, "tangents must have the shape"),
    ],
)
def test_mistakes_are_named(call: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()


def test_an_error_leaves_derivatives_usable() -> None:
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: 1 // 0)(1.0)
    assert isinstance(grad(autograd.exp)(0.0), float)
