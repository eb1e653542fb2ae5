"""Bias and variance: polynomials of degree 1 to 20 and two types of errors.

A line is too simple for the data, a polynomial of degree 20 follows its noise. Fitted to many training sets, the first
is wrong on average (bias), the second is different each time (variance); between them lies a correct fit.

Source: HKU, "Two Types of Errors - (Bias and Variance)", "Bias vs Variance Trade-off".

Rows: 2.22.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
NOISE = 0.8  # the standard deviation of epsilon
x = np.linspace(-1, 1, 50)


def f(x: Any) -> Any:
    """The true function, which is unknown to those who fit."""
    return np.sin(4 * x + 0.6)


# %% A fit h(x) to one training set: a linear unit whose inputs are polynomials of x.


def features(x: Array, degree: int) -> Array:
    """Legendre's polynomials P1(x) .. Pd(x): any polynomial is a weighted sum of them, and gradient descent does
    better with them than with powers of x, for they are nearly uncorrelated."""
    return np.asarray(legendre.legvander(x, degree)[:, 1:], dtype=np.float64)


def one_fit(board: Board, rng: np.random.Generator) -> None:
    """The model as a network, trained by gradient descent; least squares finds the same directly."""
    board.heading("One training set")
    board.say(
        "y = f(x) + ε at fifty places x, with f(x) = sin(4x + 0.6) and noise ε of standard deviation 0.8. The model "
        "h(x) is a linear unit whose inputs are polynomials of x: its complexity is the degree."
    )
    y = f(x) + rng.normal(0, NOISE, len(x))
    model = nn.MLP(3, [1], rng=0)
    sgd = optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    history = nn.fit(model, features(x, 3), y, loss=nn.squared_error, optimizer=sgd, epochs=300, progress=False)
    at_once = np.mean((y - least_squares(y[:, np.newaxis], 3)[:, 0]) ** 2)
    board.number("training MSE of degree 3, by gradient descent", history["loss"][-1])
    board.number("the same, by least squares", at_once)
    board.claim("Gradient descent finds the least squares.", np.isclose(history["loss"][-1], at_once, rtol=1e-9))
    board.claim(
        "They are those of NumPy's polynomial fit.",
        np.allclose(least_squares(y[:, np.newaxis], 3)[:, 0], np.polynomial.Polynomial.fit(x, y, 3)(x), atol=1e-9),
    )
    E = nn.squared_error(model(features(x, 3)[10].tolist()), Value(float(y[10]), "y"))
    E.name = "E"
    E.backward()
    at = [*features(x, 3)[10], 1.0]
    error = float(model(at[:3])) - y[10]
    board.claim(
        "Its gradient is 2 (h - y) times the unit's inputs P1, P2, P3 and 1.",
        np.allclose([p.grad for p in model.parameters()], 2 * error * np.array(at), rtol=1e-9),
    )
    board.graph(
        E, "model", "The model of degree 3: a linear unit fed with P1(x), P2(x), P3(x), and its error at one x."
    )
    board.walkthrough(E, "The model of degree 3 at one x")


def least_squares(Y: Array, degree: int, at: Array = x) -> Array:
    """The fits h(at), a column for each of the training sets that are the columns of Y.

    Each is a linear unit after one Newton step from 0, which lands on the minimum, as the risk is quadratic: gradients
    are backpropagated, and so are the Hessian's columns, the gradients at the unit vectors where all y are 0.
    """
    unit = nn.MLP(degree, [1], rng=0)
    risk = autograd.compile(lambda x, t: nn.squared_error(unit(x), t), unit.parameters())

    def gradient(theta: Array, y: Array) -> Array:
        g: Array = risk.value_and_grad(features(x, degree), y, theta=theta)[1].copy()
        return g

    start = np.zeros(degree + 1)
    H = np.array([gradient(theta, np.zeros(len(x))) for theta in np.eye(degree + 1)])
    theta = np.linalg.lstsq(H, -np.array([gradient(start, y) for y in Y.T]).T, rcond=None)[0]
    return np.asarray(np.column_stack([features(at, degree), np.ones(len(at))]) @ theta, dtype=np.float64)


# %% Many training sets: bias^2 = (f - mean of h)^2, variance = E (h - mean of h)^2, each averaged over x.


def many_sets(board: Board, rng: np.random.Generator) -> None:
    """Bias and variance of each degree, from 500 training sets."""
    board.heading("Two types of errors")
    board.say(
        "Now 500 training sets, and for each degree as many fits h, whose mean is h̄. Bias² = (f - h̄)²; "
        "variance = E[(h - h̄)²]; both are averaged over x. The error of a fit on new data is "
        "E[(f + ε - h)²] = bias² + variance + σ²; the slide leaves out σ², the variance of the noise, which no "
        "model can remove."
    )
    Y = f(x)[:, np.newaxis] + rng.normal(0, NOISE, (len(x), 500))
    Y_new = f(x)[:, np.newaxis] + rng.normal(0, NOISE, Y.shape)
    degrees = np.arange(1, 21)
    fits = {d: least_squares(Y, d) for d in degrees.tolist()}
    bias = np.array([np.mean((f(x) - h.mean(axis=1)) ** 2) for h in fits.values()])
    variance = np.array([np.mean(h.var(axis=1)) for h in fits.values()])
    training = np.array([np.mean((Y - h) ** 2) for h in fits.values()])
    new = np.array([np.mean((Y_new - h) ** 2) for h in fits.values()])
    total = bias + variance
    board.table(
        ["degree", "bias²", "variance", "bias² + variance", "MSE, training data", "MSE, new data"],
        zip(degrees, bias, variance, total, training, new), "", digits=3,
    )  # fmt: skip
    best = int(degrees[np.argmin(total)])
    board.number("degree with the least bias² + variance", best)
    board.claim(
        "As complexity increases, bias decreases to less than a hundredth of the variance, and stays there.",
        bool(np.all(np.diff(bias[:best]) < 0) and np.all(bias[best:] < variance[best:] / 100)),
    )
    board.claim("Variance increases with every degree.", bool(np.all(np.diff(variance) > 0)))
    board.claim(
        "In theory it is σ² (degree + 1) / 50; and so it is, within 10%.",
        np.allclose(variance, NOISE**2 * (degrees + 1) / len(x), rtol=0.1),
    )
    board.claim(
        "Their sum is U-shaped: it falls up to the best degree, and rises after it.",
        bool(np.all(np.diff(total[:best]) < 0) and np.all(np.diff(total[best - 1 :]) > 0)) and 1 < best < 20,
    )
    board.claim(
        "The error on new data is bias² + variance + σ², within 5%.",
        np.allclose(new, total + NOISE**2, rtol=0.05),
        reason="it is so of any fits",
    )
    board.claim(
        "The error on the training data only falls: it does not show overfitting.", bool(np.all(np.diff(training) < 0))
    )

    fig, axes = style.figure(1, 3, size=(15, 6.5), sharex=True, sharey=True)
    fine = np.linspace(-1, 1, 300)
    for axis, degree, name in zip(axes, (1, best, 20), ("underfit", "correct fit", "overfit")):
        h = least_squares(Y, degree, at=fine)
        axis.plot(fine, h[:, :25], linestyle="-", linewidth=0.8, color=style.SKY)
        axis.plot(fine, f(fine), linestyle="-", color=style.BLACK)
        axis.plot(fine, h.mean(axis=1), linestyle="--", color=style.VERMILLION)
        axis.set(title=f"{name}: degree {degree}", xlabel="x", ylim=(-2.6, 2.6))
    axes[0].set_ylabel("y")
    axes[0].text(0.25, 1.1, "f", color=style.BLACK, ha="center")
    axes[0].text(-0.95, -1.6, "thin: fits h", color=style.dark(style.SKY))
    axes[0].text(-0.95, -2.1, "dashed: their mean", color=style.dark(style.VERMILLION))
    board.figure(
        fig, "fits", "25 of the fits h (thin), the mean of all (dashed) and f: bias at the left, variance at the right."
    )

    fig, axes = style.figure(size=(11, 6.2))
    for values, name, marker in (
        (bias, "bias²", "o"), (variance, "variance", "s"), (total, "bias² + variance", "^"),
    ):  # fmt: skip
        axes.plot(degrees, values, marker=marker, label=name)
    axes.axvline(best, color=style.GREY, linewidth=1)
    axes.annotate(f"least: degree {best}", (best, 0.42), xytext=(8, 0), textcoords="offset points")
    axes.text(2.2, 0.47, "underfit", ha="left")
    axes.text(20, 0.47, "overfit", ha="right")
    axes.set(xlabel="degree of the polynomial", ylabel="mean squared error", ylim=(-0.01, 0.5), xticks=degrees[1::2])
    style.label_lines(axes)
    board.figure(fig, "trade_off", "Bias² falls, variance rises, and their sum is U-shaped.", cover=True)


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board.

    Args:
        out: where the pictures go.
        seed: of the noise.
    """
    board = Board(out)
    rng = np.random.default_rng(seed)
    one_fit(board, rng)
    many_sets(board, rng)
    return board
