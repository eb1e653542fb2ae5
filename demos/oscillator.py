"""An oscillator: a network learns a differential equation, and no solution of it.

Nobody gives the network a value of the solution but at the start. What it is to make small is how far it is from
fulfilling u'' + u = 0, which takes the network's own second derivative: a derivative within the loss, through which
backpropagation goes on to the weights. (Raissi, Perdikaris and Karniadakis 2019, "Physics-informed neural networks".)

Source: IIMA, "Gradient descent".

Rows: 2.24.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

# %% The problem: u'' + u = 0 with u(0) = 0 and u'(0) = 1, whose solution is the sine.

TIMES = np.linspace(0.0, math.pi, 17)


class Oscillator(nn.Module):
    """u, a network of t, whose output as a model is the residual u''(t) + u(t)."""

    def __init__(self, hidden: int, seed: int) -> None:
        self.u = nn.MLP(1, [hidden, 1], rng=seed)

    def at(self, t: Any) -> Any:
        """u(t)."""
        return self.u([t])

    def __call__(self, x: Any) -> Any:
        u, t = self.at, x[0]
        return autograd.grad(autograd.grad(u))(t) + u(t)

    def start(self) -> Any:
        """How far it is from u(0) = 0 and u'(0) = 1: the sum of the squares."""
        u, slope = autograd.value_and_grad(self.at)(0.0)
        return u**2 + (slope - 1.0) ** 2


def trained(model: Oscillator, epochs: int) -> nn.History:
    """Train on all times at once: the mean squared residual, and how far the start is off."""
    return nn.fit(
        model,
        TIMES[:, np.newaxis],
        np.zeros(len(TIMES)),
        loss=nn.squared_error,
        regulariser=model.start,
        optimizer=optim.Adam(model.parameters(), lr=0.02),
        epochs=epochs,
        progress=False,
    )


# %% The residual of one moment, of a net of one hidden unit, as a computation graph.


def one_residual(board: Board) -> None:
    """The graph has the two derivatives in it, as Values."""
    board.heading("A derivative within the loss")
    board.say(
        "The derivative of u by t is a computation like any other, so it has derivatives itself: by t, which gives "
        "u'', and by each weight. For u = v tanh(w t), at t = 0.5, u'' + u is"
    )
    v, w, t = Value(1.2, "v"), Value(0.8, "w"), Value(0.5, "t")

    def u(t: Any) -> Any:
        return v * autograd.tanh(w * t)

    bend = autograd.grad(autograd.grad(u))(t)
    bend.name = "u''"
    residual = bend + u(t)
    residual.name = "r"
    residual.backward()
    board.number("u'' + u", residual)
    y = math.tanh(0.8 * 0.5)
    by_hand = 1.2 * (-2 * 0.8**2 * y * (1 - y * y) + y)
    board.claim(
        "It is what the formula says, v (-2 w^2 y (1 - y^2) + y) with y = tanh(w t).",
        math.isclose(residual.data, by_hand, rel_tol=1e-12),
    )
    board.claim("As u'' + u is linear in v, its derivative by v is (u'' + u) / v.", math.isclose(v.grad, by_hand / 1.2))
    board.graph(residual, "residual", "u'' + u of one hidden unit: the derivatives of u are nodes as all others.")


# %% Training. The net is right where it was asked, and between.


def learning(board: Board, seed: int, small: bool) -> None:
    """Train, and hold u beside the sine."""
    board.heading("u'' + u = 0, u(0) = 0, u'(0) = 1")
    board.say(
        f"The net has one hidden layer. The loss is the mean of (u'' + u)^2 at {len(TIMES)} moments from 0 to π, plus "
        "u(0)^2 + (u'(0) - 1)^2. No value of the sine is given."
    )
    model = Oscillator(8, seed)
    before = [model.at(t).data for t in TIMES]
    epochs = 300 if small else 3000
    history = trained(model, epochs)
    losses = history["loss"]
    between = np.linspace(0.0, math.pi, 101)
    u = np.array([model.at(t).data for t in between])
    error = float(np.abs(u - np.sin(between)).max())
    board.table(
        ["updates", "loss"],
        [(k, losses[k - 1]) for k in (1, epochs // 100, epochs // 10, epochs)],
        "What is made small",
        digits=6,
    )
    board.number("largest |u - sin t| from 0 to π", error)
    board.claim("Training makes the loss at least a hundred times smaller.", losses[-1] < losses[0] / 100)
    most = 0.2 if small else 0.01
    board.claim(f"Nowhere is u further than {most} from the sine, at no moment of which it was told.", error < most)
    bend = autograd.grad(autograd.grad(model.at))(math.pi / 2)
    board.claim(
        "At the top, where the sine has u'' = -1, the net's own second derivative has it within 0.2.",
        abs(float(bend) + 1.0) < 0.2,
    )

    fig, axes = style.figure()
    axes.plot(between, np.sin(between), label="sin t")
    axes.plot(between, u, "--", label=f"u after {epochs} updates")
    axes.plot(TIMES, before, ":", label="u before")
    axes.set(xlabel="t", ylabel="u")
    style.label_lines(axes)
    board.figure(fig, "solution", "The net beside the sine, which nobody showed it.", cover=True)

    fig, axes = style.figure()
    axes.semilogy(range(1, epochs + 1), losses)
    axes.set(xlabel="update", ylabel="loss")
    board.figure(fig, "loss", "The loss, on a logarithmic axis: how far the equation is from being fulfilled.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0, small: bool = False) -> Board:
    """Write the example on a board; with ``small`` there are a tenth of the updates."""
    board = Board(out)
    one_residual(board)
    learning(board, seed, small)
    return board
