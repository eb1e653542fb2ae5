"""Gradient and Hessian: which way is up, and how the slope changes.

The first derivatives of a function of several variables are a vector, and its second derivatives a matrix. The vector
is a direction to walk in; with the matrix one also knows how far: Newton's method.

Source: IIMA, "Gradient descent" and "Note that the derivative is a vector that represents a direction".

Rows: 2.24.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import optim
from autograd import Value
from demos.gallery import Board, style

# %% A function of three variables, its gradient and its Hessian.


def f(x: Any) -> Any:
    """A function of three variables."""
    return x[0] ** 2 * x[1] + autograd.exp(x[1] * x[2]) + autograd.sin(x[0] + x[2])


def central_differences(function: Any, x: NDArray[np.float64], h: float) -> NDArray[np.float64]:
    """(function(x + h e_i) - function(x - h e_i)) / 2h for each unit vector e_i; the last axis is i."""
    steps = h * np.eye(len(x))
    return np.stack([(np.asarray(function(x + e)) - np.asarray(function(x - e))) / (2 * h) for e in steps], axis=-1)


def derivatives(board: Board, rng: np.random.Generator) -> None:
    """By backpropagation, by hand and by finite differences."""
    board.heading("Gradient and Hessian of a function of several variables")
    board.say(
        "f(x1, x2, x3) = x1² x2 + e^(x2 x3) + sin(x1 + x3). autograd.grad backpropagates once; autograd.hessian "
        "backpropagates through the gradient. Finite differences need no calculus: they evaluate f on either side of x."
    )

    def value(x: Any) -> float:
        return float(f([Value(x_i) for x_i in x]))

    gradient, hessian = autograd.grad(f), autograd.hessian(f)
    x = np.array([1.0, 0.5, -0.4])
    g, H = gradient(x), hessian(x)
    near_g, near_H = central_differences(value, x, 1e-5), central_differences(gradient, x, 1e-5)
    names = ["x1", "x2", "x3"]
    rows = [(f"∂f/∂{name}", g[i], near_g[i]) for i, name in enumerate(names)]
    board.table(["", "the engine", "finite differences"], rows, "∇f at (1, 0.5, -0.4)", digits=10)
    rows = [(f"∂²f/∂{a}∂{b}", H[i, j], near_H[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)]
    board.table(["", "the engine", "finite differences of ∇f"], rows, "∇²f at (1, 0.5, -0.4)", digits=10)

    points = rng.normal(size=(20, 3))
    board.claim(
        "The gradient agrees with finite differences to 1e-6, at 20 points.",
        all(np.allclose(gradient(p), central_differences(value, p, 1e-5), rtol=1e-6, atol=1e-6) for p in points),
    )
    board.claim(
        "The Hessian agrees with finite differences to 1e-6, at 20 points.",
        all(np.allclose(hessian(p), central_differences(gradient, p, 1e-5), rtol=1e-6, atol=1e-6) for p in points),
    )
    a, b, c = points.T
    e = np.exp(b * c)
    by_hand = [2 * a * b + np.cos(a + c), a**2 + c * e, b * e + np.cos(a + c)]
    board.claim(
        "The gradient is what one finds by hand, to 1e-12: (2 x1 x2 + cos(x1 + x3), x1² + x3 e^(x2 x3), "
        "x2 e^(x2 x3) + cos(x1 + x3)).",
        np.allclose([gradient(p) for p in points], np.transpose(by_hand), rtol=1e-12, atol=1e-12),
    )
    board.claim(
        "The Hessian is symmetric: ∂²f/∂xi∂xj = ∂²f/∂xj∂xi.",
        all(np.allclose(hessian(p), hessian(p).T, rtol=1e-12, atol=1e-12) for p in points),
    )
    u = rng.normal(size=(500, 3))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    slopes = [(value(x + 1e-5 * v) - value(x - 1e-5 * v)) / 2e-5 for v in [*u, g / np.linalg.norm(g)]]
    board.claim(
        "The gradient is a direction: f rises along it by its length, and along none of 500 random ones more.",
        np.isclose(slopes[-1], np.linalg.norm(g), rtol=1e-8) and max(slopes) == slopes[-1],
    )

    leaves = [Value(x_i, name) for x_i, name in zip(x, names)]
    y = f(leaves)
    y.name = "f"
    y.backward()
    board.claim("backward() leaves the same gradient.", np.allclose([leaf.grad for leaf in leaves], g, rtol=1e-12))
    board.graph(y, "graph", "The gradient at (1, 0.5, -0.4) by backpropagation: the grads of x1, x2 and x3.")
    board.walkthrough(y, "The gradient of f at (1, 0.5, -0.4)")


# %% A quadratic: one Newton step, x - H^-1 gradient, lands on its minimum.


def quadratic(board: Board, rng: np.random.Generator) -> None:
    """Gradient descent and Newton's method on an oblong bowl."""
    board.heading("One Newton step on a quadratic")
    board.say(
        "q(x) = ½ xᵀA x - bᵀx has the gradient A x - b and the Hessian A, the same everywhere; its minimum is where "
        "A x = b. Newton's step x - H⁻¹ ∇q is A⁻¹b from any start. Gradient descent has to take many steps, for "
        "the bowl is oblong: where it is steep the learning rate must be small."
    )
    A, b = np.array([[5.0, 2.0], [2.0, 1.5]]), np.array([1.0, -0.5])

    def q(x: Any) -> Any:
        return (A[0, 0] * x[0] ** 2 + 2 * A[0, 1] * x[0] * x[1] + A[1, 1] * x[1] ** 2) / 2 - (b[0] * x[0] + b[1] * x[1])

    gradient, hessian = autograd.grad(q), autograd.hessian(q)
    minimum = np.linalg.solve(A, b)
    start = np.array([-2.0, 2.0])
    descent: list[Any] = []
    newton: list[Any] = []
    optim.gradient_descent(gradient, start, learning_rate=0.3, path=descent)
    optim.newton(gradient, hessian, start, path=newton)
    board.table(
        ["", "x1", "x2", "q"],
        [("start", *start, q(start)), ("after 1 Newton step", *newton[1], q(newton[1])),
         ("after 1 step of gradient descent", *descent[1], q(descent[1])),
         (f"after all {len(descent) - 1} of them", *descent[-1], q(descent[-1])), ("A⁻¹b", *minimum, q(minimum))],
        "From (-2, 2), with a learning rate of 0.3", digits=6,
    )  # fmt: skip
    board.claim("One Newton step lands on the minimum, to 1e-12.", np.allclose(newton[1], minimum, rtol=0, atol=1e-12))
    board.claim("A second Newton step stays there.", np.allclose(newton[2], minimum, rtol=0, atol=1e-12))
    board.claim("The Hessian is A.", np.allclose(hessian(start), A, rtol=0, atol=1e-12))
    board.number("steps of gradient descent", len(descent) - 1, slide="58", source="NumPy by hand")

    landed = []
    for n in rng.integers(2, 7, size=10):
        root = rng.normal(size=(n, n))
        matrix, vector, point = root @ root.T + np.eye(n), rng.normal(size=n), rng.normal(0, 10, size=n)

        def bowl(x: Any, matrix: Any = matrix, vector: Any = vector) -> Any:
            return autograd.dot(x, [autograd.dot(row, x) for row in matrix]) / 2 - autograd.dot(vector, x)

        step = optim.newton(autograd.grad(bowl), autograd.hessian(bowl), point, max_steps=1)
        landed.append(np.allclose(step, np.linalg.solve(matrix, vector), rtol=0, atol=1e-9))
    board.claim(
        "On ten random quadratics of 2 to 6 variables, from random starts, one Newton step lands on the minimum too.",
        all(landed),
    )

    fig, axes = style.figure(size=(10, 7.5))
    levels = q(minimum) + np.array([0.05, 0.3, 0.8, 1.6, 2.7, 4.2, 6.0, 8.2, 11, 15, 20, 26])
    style.contours(axes, q, (-3.4, 3.4), (-2.9, 2.7), levels)
    walked = np.array(descent)
    axes.plot(*walked.T, "-", marker="o", markersize=6, color=style.BLUE)
    axes.annotate(
        "", minimum, start, arrowprops={"arrowstyle": "-|>", "color": style.VERMILLION, "lw": 3, "shrinkB": 0}
    )
    axes.plot(*minimum, "*", markersize=20, color=style.VERMILLION, markeredgecolor="white")
    for label, point, offset, colour in [
        ("start", start, (-12, 12), style.BLACK),
        ("one Newton step", (-2.75, -0.3), (0, 0), style.VERMILLION),
        (f"gradient descent,\n{len(descent) - 1} steps", walked[1], (14, -30), style.BLUE),
        ("minimum", minimum, (14, -14), style.VERMILLION),
    ]:
        axes.annotate(
            label, point, xytext=offset, textcoords="offset points", color=style.dark(colour), bbox=style.WHITE_BOX
        )
    axes.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    board.figure(fig, "newton", "Newton's method needs one step; gradient descent zigzags.", cover=True)


# %% Elsewhere: a function that is not quadratic takes a few Newton steps.


def surface(x: Any) -> Any:
    """UCSD's example: f(x, y) = e^(x^2 + y^2) + (x - 2)^2 + (y - 3)^2."""
    return autograd.exp(x[0] ** 2 + x[1] ** 2) + (x[0] - 2) ** 2 + (x[1] - 3) ** 2


def no_quadratic(board: Board) -> None:
    """The surface for which gradient descent needs 61 steps."""
    board.heading("A function that is not quadratic")
    board.say(
        "f(x, y) = e^(x² + y²) + (x - 2)² + (y - 3)², from (0, 0): each step lands on the minimum of the quadratic "
        "that has the same gradient and Hessian, and the next is taken from there."
    )
    gradient = autograd.grad(surface)
    newton: list[Any] = []
    descent: list[Any] = []
    optim.newton(gradient, autograd.hessian(surface), [0, 0], path=newton)
    optim.gradient_descent(gradient, [0, 0], path=descent)
    rows = [(t, *x, surface(x), float(np.linalg.norm(gradient(x)))) for t, x in enumerate(newton)]
    board.table(["t", "x", "y", "f(x, y)", "|∇f|"], rows, "Newton's method", digits=6)
    board.claim("The gradient is 0 where it ends, to 1e-9.", np.linalg.norm(gradient(newton[-1])) < 1e-9)
    u, v = newton[-1]
    e = np.exp(u**2 + v**2)
    board.claim(
        "It is 0 by hand too, and this the minimum that gradient descent finds.",
        np.hypot(2 * u * e + 2 * (u - 2), 2 * v * e + 2 * (v - 3)) < 1e-9
        and np.allclose(newton[-1], descent[-1], atol=1e-3),
    )
    board.number("steps of Newton's method", len(newton) - 1, slide="8", source="NumPy by hand")
    board.number(
        "the step at which gradient descent stops, with a learning rate of 0.01", len(descent), slide="61",
        source="NumPy by hand",
    )  # fmt: skip


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    derivatives(board, rng)
    quadratic(board, rng)
    no_quadratic(board)
    return board
