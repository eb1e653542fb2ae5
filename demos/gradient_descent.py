"""Gradient descent: walk downhill, on a curve and on surfaces.

The gradient points uphill, so each step goes the other way: x_new = x - learning rate * gradient. The engine finds the
gradient; optim.gradient_descent takes the steps.

Source: IITI, "Gradient Descent: How Much to Update?"; HKU, "Problem: Learning Rate"; WAT, "Gradient Descent Example"
and "High-dimensional Gradient Descent Example"; UCSD, "Iterative Optimization" and "Gradient Descent".

Rows: 2.3, 2.26, 2.32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import autograd
import optim
from autograd import Value
from demos.gallery import Board, style

# %% In one dimension: x_{t+1} = x_t - gamma f'(x_t), as steps on the curve.


def curve(x: Any) -> Any:
    """A curve with two valleys, of which the left one is deeper."""
    return x**4 / 4 - x**2 + x / 4


def one_dimension(board: Board) -> None:
    """Steps on a curve, from either side of its hill."""
    board.heading("In one dimension")
    board.say(
        "x_{t+1} = x_t - γ f'(x_t), on f(x) = x⁴/4 - x² + x/4 with γ = 0.1. The steps shorten by themselves, for the "
        "slope does. Each walk ends in the valley that it began in: gradient descent finds a local minimum."
    )
    slope = autograd.grad(curve)
    fig, axes = style.figure()
    xs = np.linspace(-2.1, 2.05, 300)
    axes.plot(xs, curve(xs), color=style.BLACK)
    ends = {}
    for start, colour, marker in [(0.3, style.BLUE, "o"), (0.0, style.VERMILLION, "s")]:
        path: list[float] = []
        ends[start] = optim.gradient_descent(slope, start, learning_rate=0.1, path=path)
        axes.plot(path, curve(np.array(path)), "-", marker=marker, markersize=6, color=colour)
        axes.annotate(
            f"x₀ = {start}",
            (start, curve(start)),
            xytext=(28 if start else -28, 34),
            textcoords="offset points",
            ha="left" if start else "right",
            color=style.dark(colour),
            arrowprops={"arrowstyle": "-", "color": colour},
        )
        rows = [(t, x, slope(x), curve(x)) for t, x in enumerate(path[:6])]
        board.table(["t", "x", "f'(x)", "f(x)"], rows, f"The first steps from {start}")
    axes.set(xlabel="x", ylabel="f(x)", ylim=(-1.7, 1.3))
    board.claim(
        "The slope, x³ - 2x + 1/4, is 0 where a walk ends.",
        all(abs(x**3 - 2 * x + 1 / 4) < 1e-3 for x in ends.values()),
    )
    board.claim(
        "The two walks end in different valleys, at the roots 1.346 and -1.473 of that.",
        round(ends[0.3], 2) == 1.35 and round(ends[0.0], 2) == -1.47,
    )
    board.claim(
        "Its slope by backpropagation is that by hand, along both walks.",
        all(np.isclose(slope(x), x**3 - 2 * x + 1 / 4, rtol=1e-9) for x in (*ends, *ends.values(), -2.0, 1.0)),
    )
    board.figure(fig, "curve", "Two walks downhill: a step is in proportion to the slope, and they end in two valleys.")

    x = Value(0.3, "x")
    y = curve(x)
    y.name = "f"
    y.backward()
    board.graph(y, "graph", "The slope at x = 0.3, by backpropagation: the sum over the three paths from x to f.")
    board.walkthrough(y, "The slope of the curve at x = 0.3")


# %% The learning rate: too small, good, too large, on one curve.


def learning_rate(board: Board) -> None:
    """The same twelve steps with three learning rates on f(x) = x^2."""
    board.heading("How much to update: the learning rate")
    board.say(
        "On f(x) = x² a step multiplies x by 1 - 2 lr. So the walk converges where that is between -1 and 1, and fast "
        "where it is near 0."
    )
    names = {0.02: "too small: slow", 0.3: "good: converges", 1.05: "too large: diverges"}
    fig, columns = style.figure(1, 3, size=(13, 5), sharex=True, sharey=True)
    slope = autograd.grad(lambda x: x**2)
    rows = []
    paths = {}
    for (lr, name), axes, colour in zip(names.items(), columns, (style.BLUE, style.GREEN, style.VERMILLION)):
        path = [1.0]
        for _ in range(12):
            path.append(path[-1] - lr * slope(path[-1]))
        xs = np.linspace(-2.2, 2.2, 200)
        axes.plot(xs, xs**2, color=style.BLACK)
        axes.plot(path, np.square(path), "-", marker="o", color=colour)
        axes.set(title=f"{name}\nlr = {lr}", xlabel="x", xlim=(-2.4, 2.4), ylim=(-0.3, 5))
        rows.append((name, lr, path[1], path[-1], path[-1] ** 2))
        paths[lr] = path
    columns[0].set_ylabel("f(x) = x²")
    board.table(["learning rate", "lr", "x after 1 step", "x after 12", "f after 12"], rows, "From x = 1")
    t = np.arange(13)
    board.claim(
        "Too small: x is 0.96^t, and f after 12 steps still above a third of what it was.",
        np.allclose(paths[0.02], 0.96**t) and paths[0.02][-1] ** 2 > 1 / 3,
    )
    board.claim(
        "Good: x is 0.4^t, and f after 12 steps below a billionth.",
        np.allclose(paths[0.3], 0.4**t) and paths[0.3][-1] ** 2 < 1e-9,
    )
    board.claim(
        "Too large: x is (-1.1)^t, and every step leads further from the minimum.",
        np.allclose(paths[1.05], (-1.1) ** t) and bool(np.all(np.diff(np.abs(paths[1.05])) > 0)),
    )
    board.figure(fig, "learning_rate", "Twelve steps from x = 1 with three learning rates, on one curve.")


# %% In many dimensions: y = x^T x, dy/dx = 2x, on its surface.


def many_dimensions(board: Board) -> None:
    """Gradient descent on the bowl y = x^T x."""
    board.heading("In many dimensions")
    board.say(
        "y = xᵀx, so dy/dx = 2x: the gradient points straight away from the minimum at 0, and with a learning rate of "
        "0.1 every step shortens x to 0.8 of itself."
    )
    gradient = autograd.grad(lambda x: autograd.dot(x, x))
    rng = np.random.default_rng(0)
    points = rng.normal(size=(20, 5))
    board.claim(
        "dy/dx = 2x, at 20 points of five dimensions.",
        np.allclose([gradient(x) for x in points], 2 * points, rtol=1e-12),
    )
    steps: list[Any] = []
    optim.gradient_descent(gradient, [-1.6, 1.3], learning_rate=0.1, path=steps)
    path = np.array(steps)
    board.claim("Every step leads to 0.8 x.", np.allclose(path[1:], 0.8 * path[:-1], rtol=1e-12))

    fig, axes = style.figure(size=(10, 7), subplot_kw={"projection": "3d", "computed_zorder": False})
    radius, angle = np.meshgrid(np.linspace(0, 2.3, 24), np.linspace(0, 2 * np.pi, 49))
    axes.plot_surface(
        *(radius * np.cos(angle), radius * np.sin(angle), radius**2),
        cmap=style.SURFACE, alpha=0.6, rstride=1, cstride=1, edgecolor="white", linewidth=0.3,
    )  # fmt: skip
    axes.plot(path[:, 0], path[:, 1], (path**2).sum(axis=1), "-", marker="o", color=style.VERMILLION)
    axes.set_xlabel("x₁", labelpad=8)
    axes.set_ylabel("x₂", labelpad=8)
    axes.set_zlabel("y = xᵀx", labelpad=8)
    axes.view_init(elev=48, azim=-60)
    board.figure(fig, "surface", "Steps on the surface of y = xᵀx, straight down to its minimum.")


# %% A surface with no closed form: the system "gradient = 0" cannot be solved, but one can walk.


def surface(x: Any) -> Any:
    """UCSD's example: f(x, y) = e^(x^2 + y^2) + (x - 2)^2 + (y - 3)^2."""
    return autograd.exp(x[0] ** 2 + x[1] ** 2) + (x[0] - 2) ** 2 + (x[1] - 3) ** 2


def no_closed_form(board: Board) -> None:
    """The slide's gradient_descent, with the slide's settings, from (0, 0)."""
    board.heading("No closed form")
    board.say(
        "f(x, y) = e^(x² + y²) + (x - 2)² + (y - 3)². Setting its gradient to 0 gives two equations that cannot be "
        "solved in closed form. So start anywhere, and walk until a step is negligible: "
        "gradient_descent(gradient, x, learning_rate=.01, threshold=.1e-4), from (0, 0)."
    )
    gradient = autograd.grad(surface)
    steps: list[Any] = []
    x = optim.gradient_descent(gradient, [0, 0], learning_rate=0.01, threshold=0.1e-4, path=steps)
    path = np.array(steps)
    board.number("x", x[0], slide="0.54772", source="NumPy by hand")
    board.number("y", x[1], slide="0.82157", source="NumPy by hand")
    board.number("f(x, y)", surface(x), slide="9.50577", source="NumPy by hand")
    board.number("the step that is negligible, so that it stops", len(path), slide="61", source="NumPy by hand")
    lengths = [np.linalg.norm(0.01 * gradient(p)) for p in path]
    board.claim("No step before was below the threshold.", min(lengths[:-1]) >= 0.1e-4 > lengths[-1])
    a, b = np.random.default_rng(0).uniform(-1, 1, (2, 50))
    by_hand = np.array([2 * a * np.exp(a**2 + b**2) + 2 * (a - 2), 2 * b * np.exp(a**2 + b**2) + 2 * (b - 3)])
    found = np.array([gradient(p) for p in np.column_stack([a, b])]).T
    board.claim("The engine's gradient is the slide's, at 50 points.", np.allclose(found, by_hand, rtol=1e-12))

    fig, axes = style.figure(size=(10, 7.5))
    levels = [9.6, 10, 10.5, 11, 12, 13, 14, 16, 18, 20, 24, 30]
    heights = np.vectorize(lambda x, y: surface([x, y]))
    lines = style.contours(axes, lambda xy: heights(*xy), (-0.6, 1.3), (-0.3, 1.4), levels)
    axes.clabel(
        lines,
        fontsize=13,
        fmt="%g",
        manual=[(0.7, 0.65), (0.8, 0.5), (0.9, 0.3), (1.0, 0.1), (1.15, -0.1), (-0.4, 0.0)],
    )
    axes.plot(path[:, 0], path[:, 1], "-", marker="o", markersize=6, color=style.VERMILLION)
    for point, label, offset in [(path[0], "start (0, 0)", (-10, -22)), (path[-1], "step 61: f = 9.50577", (14, -4))]:
        axes.annotate(label, point, xytext=offset, textcoords="offset points", bbox=style.WHITE_BOX)
    axes.set(xlabel="x", ylabel="y", aspect="equal")
    board.figure(fig, "no_closed_form", "The walk over the contours of f, from (0, 0) to the minimum.", cover=True)


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    one_dimension(board)
    learning_rate(board)
    many_dimensions(board)
    no_closed_form(board)
    return board
