"""Dollars to shekels: guess, calculate the error, adjust.

The smallest thing that learns: one number, the constant by which dollars are multiplied. It is guessed, the error is
calculated, and the derivative says which way and how far to adjust it. Then the same for miles and kilometres.

Source: IITI, "Gradient Descent: Intuition" and "Gradient Descent: Employs Calculus".

Rows: 2.2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
import optim
from autograd import Parameter, Value
from demos.gallery import Board, style

RATE = 3.7  # shekels a dollar: what is to be found
KILOMETRES = 1.609344  # a mile, by definition

# %% One pair, $10 and what the bank gave for it. Guess 1; then shekels = dollars * constant, and its error.


def guess_and_adjust(board: Board) -> None:
    """Adjust the constant on one pair, by w := w - lr dE/dw."""
    board.heading("$10 to shekels: guess, error, adjust")
    board.say(
        f"Shekels = dollars × constant. For $10 the bank gave {10 * RATE:.0f} shekels. Guess that the constant is 1, "
        "and repeat: calculate the error, and adjust the constant to reduce it. E = (t - o)², so dE/dconstant = "
        "-2 (t - o) × dollars: its sign says which way, and a learning rate of 0.002 how far."
    )
    dollars, t = Value(10.0, "dollars"), Value(10 * RATE, "t")
    constant = Parameter(1.0, "constant")
    sgd = optim.SGD([constant], lr=0.002)
    rows, first = [], None
    for step in range(1, 11):
        shekels = dollars * constant  # guess
        shekels.name = "shekels"
        E = autograd.squared_error(shekels, t)  # calculate error
        E.name = "E"
        sgd.zero_grad()
        E.backward()
        if first is None:
            first = E
            board.graph(
                E, "graph", "The first guess: 10 shekels. The derivative at the constant is its two edges' product."
            )
            board.derivation(autograd.explain(E, constant))
            board.walkthrough(E, "The first guess, its error and its adjustment", optimizer=sgd)
        rows.append((step, constant.data, shekels.data, t.data - shekels.data, constant.grad))
        sgd.step()  # adjust
    board.table(["step", "constant", "shekels", "error t - o", "dE/dconstant"], rows, "Guess, error, adjust")
    errors = [row[3] for row in rows]
    board.claim("Each adjustment makes the error smaller.", bool(np.all(np.diff(np.abs(errors)) < 0)))
    board.claim(
        "It leaves 1 - 2 lr dollars² = 0.6 of the error, each time.",
        np.allclose(np.divide(errors[1:], errors[:-1]), 1 - 2 * 0.002 * 10**2, rtol=1e-9),
    )


# %% Many pairs: the error is the mean over them.


def a_table_of_pairs(board: Board, rng: np.random.Generator) -> None:
    """Find the constant from a table of exchanges, each of which is a little off."""
    board.heading("From a table of pairs")
    x = np.sort(rng.uniform(2, 50, 12)).round()
    t = (RATE * x * rng.normal(1, 0.03, x.size)).round(2)
    board.say(
        "Twelve exchanges, each at its own day's rate. Now the error is the mean of the squared errors, MSE, and "
        "the constant goes down its slope."
    )
    board.table(["dollars", *[f"{d:.0f}" for d in x]], [("shekels", *t)], "The exchanges", digits=6)

    def mse(constant: Any) -> Any:
        return autograd.sum([(constant * xi - ti) ** 2 for xi, ti in zip(x.tolist(), t.tolist())]) / len(x)

    path: list[float] = []
    found = optim.gradient_descent(
        autograd.grad(mse), 1.0, learning_rate=0.2 / float(np.mean(x**2)), threshold=1e-9, path=path
    )
    board.number("shekels a dollar", found)
    board.claim("It is the least-squares constant, sum(x t) / sum(x²).", np.isclose(found, x @ t / (x @ x), rtol=1e-7))
    board.number("the rate that the pairs were made with", RATE)
    board.claim(
        "The slope that it goes down is 2/n Σ (constant × dollars - shekels) × dollars.",
        np.isclose(autograd.grad(mse)(1.0), 2 * np.mean((x - t) * x), rtol=1e-12),
    )

    fig, (pairs, error) = style.figure(1, 2, size=(13, 6))
    for step, dashes in zip((0, 1, 2, 20), style.DASHES):
        pairs.plot(
            [0, 52], [0, 52 * path[step]], color=style.BLUE, linestyle=dashes, label=f"step {step}: × {path[step]:.2f}"
        )
    pairs.plot(x, t, "o", color=style.VERMILLION)
    pairs.set(xlabel="dollars", ylabel="shekels", xlim=(0, 52), ylim=(0, 210), title="the guesses")
    style.label_lines(pairs)
    c = np.linspace(0.8, 6.5, 100)
    error.plot(c, [mse(ci) for ci in c], color=style.BLACK)
    error.plot(path, [mse(ci) for ci in path], "-", marker="o", color=style.BLUE)
    for step, offset in ((0, (14, 0)), (1, (14, 4)), (2, (14, 4))):
        error.annotate(f"step {step}", (path[step], mse(path[step])), xytext=offset, textcoords="offset points")
    error.set(xlabel="constant, shekels a dollar", ylabel="MSE, shekels²", title="their errors")
    board.figure(
        fig,
        "dollars",
        "Each guess is a line through 0 (left) and a point on the curve of the error (right).",
        cover=True,
    )


# %% Miles and kilometres: a linear model, kilometres = w * miles + b, of which only pairs are seen.


def miles_to_kilometres(board: Board, rng: np.random.Generator) -> None:
    """Train one linear unit on distances in both units."""
    board.heading("Miles and kilometres: a linear model")
    board.say(
        "The slide's other example: observe the input in miles and the output in kilometres. The model is one linear "
        "unit, kilometres = w × miles + b, which does not know that b is 0. (The slide calls this converting "
        "kilometres to miles; the pair it observes goes the other way, and so does the constant, 1.609.)"
    )
    miles = rng.uniform(0, 10, (40, 1)).round(2)
    kilometres = (KILOMETRES * miles[:, 0]).round(3)  # to the metre
    model = nn.MLP(1, [1], rng=rng)
    sgd = optim.SGD(model.parameters(), lr=0.02)
    history = nn.fit(
        model, miles, kilometres, loss=nn.squared_error, optimizer=sgd, epochs=2000,
        stop=optim.WeightChange(1e-8), progress=False,
    )  # fmt: skip
    w, b = model.parameters()
    board.number("w, kilometres a mile", w, slide="1.609", source="fact")
    board.number("b, kilometres", b, digits=2)
    board.number("1 / w, miles a kilometre", 1 / w.data)
    board.number("MSE after the last epoch, km²", history["loss"][-1], digits=2)
    board.claim(
        "They are those of the least-squares line.",
        np.allclose([w.data, b.data], np.polyfit(miles[:, 0], kilometres, 1), atol=1e-5),
    )
    E = nn.squared_error(model([26.0]), Value(26 * KILOMETRES, "t"))
    E.name = "E"
    E.backward()
    board.network(E, "kilometres", "The trained unit on a distance that it never saw: 26 miles are 41.84 km.", digits=4)


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; the seed draws the tables of pairs and the first guess of w."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    guess_and_adjust(board)
    a_table_of_pairs(board, rng)
    miles_to_kilometres(board, rng)
    return board
