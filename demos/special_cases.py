"""Special cases: one layer is least squares, or logistic regression.

A single linear layer with the square loss is least squares regression; a single sigmoid unit with the cross-entropy is
logistic regression. Gradient descent finds what the formula and scikit-learn find.

Source: UCSD, "Special Case: Least Squares" and "Special Case: Logistic Regression".

Rows: 2.35.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style
from demos.output_units import students, trained

# %% One linear layer with the square loss: (X^T X)^-1 X^T Y.


def least_squares(board: Board, seed: int) -> None:
    """A layer of two linear units against the formula."""
    board.heading("Least squares")
    board.say(
        "One layer, all linear, and the square loss: that is least squares regression, whose minimum has a formula, "
        "W = (XᵀX)⁻¹ XᵀY, where X has a column of ones for the biases. Here are two inputs and two outputs."
    )
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 2))
    Y = x @ [[2.0, -1.0], [0.5, 3.0]] + [0.3, -0.7] + rng.normal(0, 0.5, (60, 2))
    layer = nn.MLP(2, [2], rng=seed)
    sgd = optim.SGD(layer.parameters(), lr=0.2)
    nn.fit(layer, x, Y, loss=nn.squared_error, optimizer=sgd, epochs=400, progress=False)
    X = np.column_stack([x, np.ones(60)])
    W = np.linalg.inv(X.T @ X) @ X.T @ Y
    found = autograd.pack(layer.parameters()).reshape(2, 3).T
    board.table(
        ["", "w1 to o1", "w2 to o1", "b of o1", "w1 to o2", "w2 to o2", "b of o2"],
        [("gradient descent", *found.T.ravel()), ("(XᵀX)⁻¹ XᵀY", *W.T.ravel())],
        "The same six numbers", digits=8,
    )  # fmt: skip
    board.claim(
        "One linear layer with the square loss is least squares, to 10 digits.", np.allclose(found, W, rtol=1e-10)
    )

    residuals = Y - X @ found
    board.claim("No input is left that would explain the errors: Xᵀ(Y - XW) = 0.", np.allclose(X.T @ residuals, 0))
    E = nn.squared_error(layer([1.0, 0.5]), [Value(2.0, "y1"), Value(0.0, "y2")])
    E.name = "E"
    for k, part in enumerate(E.parents, 1):
        part.name = f"E{k}"
    E.backward()
    board.network(E, "layer", "The trained layer on one example: a unit for each output.")


# %% Special case: one sigmoid unit with the cross-entropy is logistic regression.


def logistic_regression(board: Board, seed: int) -> None:
    """The unit against scikit-learn's logistic regression, without penalty."""
    board.heading("Logistic regression")
    board.say(
        "One layer, sigmoid activation, cross-entropy: that is called logistic regression. Who passes an exam, by "
        "hours of study? Here are one unit that learns by gradient descent, and scikit-learn's LogisticRegression "
        "without its penalty (C = infinity)."
    )
    hours, passed = students(seed)
    w, b = trained(hours, passed, nn.binary_cross_entropy_with_logits)
    theirs = LogisticRegression(C=math.inf, tol=1e-10, max_iter=1000).fit(hours[:, None], passed)
    board.table(
        ["", "w, per hour", "b"],
        [("one sigmoid unit", w, b), ("scikit-learn", theirs.coef_[0, 0], theirs.intercept_[0])],
        "The net input is w hours + b",
        digits=8,
    )
    board.claim(
        "It is logistic regression: the weights agree to 5 digits.",
        np.allclose([w, b], [theirs.coef_[0, 0], theirs.intercept_[0]], rtol=1e-5),
    )
    unit = nn.MLP(1, [1], output="sigmoid", rng=0)
    autograd.unpack(np.array([w, b]), unit.parameters())
    L = nn.binary_cross_entropy(unit([6.0]), 1.0)
    L.name = "L"
    L.backward()
    error = 1 / (1 + math.exp(-(6 * w + b))) - 1
    board.claim(
        "Its gradient is (h - y) x, and h - y at b.",
        np.allclose([p.grad for p in unit.parameters()], [6 * error, error], rtol=1e-9),
    )
    board.derivation(autograd.explain(L, unit.parameters()[0]))
    fig, axes = style.figure(size=(10, 5.2))
    xs = np.linspace(0, 8, 200)
    axes.plot(hours, passed, "o", color=style.BLACK, alpha=0.35)
    axes.plot(xs, autograd.compile(unit)(xs[:, None]), "-", color=style.BLUE, label="one sigmoid unit")
    theirs_at = theirs.predict_proba(xs[:, None])[:, 1]
    axes.plot(xs, theirs_at, linestyle=style.DASHES[1], color=style.ORANGE, label="scikit-learn")
    axes.set(xlabel="hours of study", ylabel="probability of passing")
    style.label_lines(axes)
    board.figure(fig, "passes", "The two curves coincide; the dots are the students.", cover=True)
    board.graph(L, "logistic", "Logistic regression as a graph: a student of 6 hours, who passed.")
    board.walkthrough(L, "One sigmoid unit with the cross-entropy")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    least_squares(board, seed)
    logistic_regression(board, seed)
    return board
