"""Spam: two inputs, two outputs, and a mail that nobody can decide.

A mail's length and whether its sender is trusted go in; how likely and how unlikely it is spam come out. Where the
network cannot tell, it answers in the middle, with [0.5, 0.5], because that makes the loss smallest.

Source: WAT, "A 2-Layer Neural Network", "Neural Network Approximation", "Measuring the Loss Function" and "Gradient
Descent".

Rows: 2.27.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
SPAM, NOT_SPAM = [1.0, 0.0], [0.0, 1.0]  # the desired outputs [a1, a2]


# %% The network, and its loss E = sum_i (a_i - y_i)^2.


def network(rng: np.random.Generator) -> nn.MLP:
    """Inputs x1, the length in 1000 words, and x2, 1 for a trusted sender; outputs a1, spam, and a2, not spam."""
    model = nn.MLP(2, [3, 2], activation="sigmoid", output="sigmoid", rng=rng)
    for i, unit in enumerate(model.layers[-1].neurons, start=1):
        unit.output_name = f"a{i}"
    return model


# %% Three kinds of mail: one is always spam, one never, and one every other time.


def undecided(board: Board, rng: np.random.Generator) -> None:
    """Gradient descent on three kinds of mail, of which one cannot be decided."""
    board.heading("An indistinguishable mail")
    board.say(
        "Three kinds of mail: a short one from a stranger is always spam; a trusted sender's never is; a longer one "
        "from a stranger is spam every other time, and nothing in x1 and x2 says when. The loss E = Σ (a_i - y_i)² "
        "of a mail that was spam and of one that was not is smallest, together, in the middle: at [0.5, 0.5]."
    )
    kinds = {"always spam": [0.1, 0.0], "never spam": [0.5, 1.0], "every other time": [1.0, 0.0]}
    always, never, sometimes = kinds.values()
    X = [always, always, never, never, sometimes, sometimes]
    Y = [SPAM, SPAM, NOT_SPAM, NOT_SPAM, SPAM, NOT_SPAM]

    a = np.linspace(0, 1, 101)
    both = [float(nn.squared_error([p, 1 - p], SPAM)) + float(nn.squared_error([p, 1 - p], NOT_SPAM)) for p in a]
    board.claim(
        "Of all [a, 1 - a], E over both of the undecided mails is smallest at [0.5, 0.5].", a[np.argmin(both)] == 0.5
    )

    model = network(rng)
    predict = autograd.compile(model)
    outputs = [predict(list(kinds.values()))]
    sgd = optim.SGD(model.parameters(), lr=2)
    steps = [0]
    for _ in range(60):
        nn.fit(model, X, Y, loss=nn.squared_error, optimizer=sgd, epochs=50, progress=False)
        outputs.append(predict(list(kinds.values())))
        steps.append(steps[-1] + 50)
    tracks = np.array(outputs)  # step, mail, output
    board.table(
        ["mail", "length in 1000 words", "trusted", "a1: spam", "a2: not spam"],
        [(name, *kinds[name], *tracks[-1, k]) for k, name in enumerate(kinds)],
        f"After {steps[-1]} steps of gradient descent, W := W - η ∂E/∂W with η = 2",
        digits=3,
    )
    for k, (statement, desired) in enumerate(
        [("Spam tends to [1, 0].", SPAM), ("A mail that is not spam tends to [0, 1].", NOT_SPAM),
         ("An undecided mail tends to [0.5, 0.5].", [0.5, 0.5])]
    ):  # fmt: skip
        distance = np.abs(tracks[:, k] - desired).max(axis=1)
        board.claim(statement, distance[-1] < 0.05 and distance[-1] < distance[0])

    fig, axes = style.figure()
    for k, name in enumerate(kinds):
        axes.plot(steps, tracks[:, k, 0], label=name)
    axes.set(xlabel="steps of gradient descent", ylabel="a1, how likely it is spam", ylim=(-0.04, 1.04))
    style.label_lines(axes)
    board.figure(fig, "undecided", "What can be told apart goes to 1 and 0; what cannot goes to one half.")

    E = nn.squared_error(model(sometimes), [Value(1.0, "y1"), Value(0.0, "y2")])
    E.name = "E"
    for i, part in enumerate(E.parents, start=1):
        part.name = f"E{i}"
    E.backward()
    at_biases = [unit.bias.grad for unit in model.layers[-1].neurons]
    a = np.array([float(a) for a in model(sometimes)])
    board.claim("δ_i = 2 (a_i - y_i) a_i (1 - a_i).", np.allclose(at_biases, 2 * (a - [1, 0]) * a * (1 - a), rtol=1e-9))
    board.network(E, "network", "The trained network on the undecided mail, which is spam this time.")
    board.walkthrough(E, "The trained network on the undecided mail", optimizer=sgd)


# %% A mailbox: the longer a stranger's mail, the likelier it is honest; there is no telling from one length alone.


def probability(length: Array, trusted: Array) -> Array:
    """The share of spam among mails like this: what a perfect filter could know."""
    return np.where(trusted == 1, 0.02, 1 / (1 + np.exp(5 * (length - 1))))


def mailbox(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Mails and their desired outputs."""
    length, trusted = rng.uniform(0, 2, count).round(2), rng.integers(0, 2, count).astype(float)
    spam = rng.uniform(size=count) < probability(length, trusted)
    return np.column_stack([length, trusted]), np.where(spam[:, None], SPAM, NOT_SPAM)


def filter_mails(board: Board, rng: np.random.Generator) -> None:
    """The same network on 3000 mails."""
    board.heading("A mailbox")
    board.say(
        "3000 mails. A trusted sender's is spam in 2% of the cases. A stranger's is mostly spam if it is short and "
        "mostly not if it is long; at 1000 words it is spam every other time. The network is never told these "
        "shares, only [1, 0] or [0, 1] for each mail."
    )
    X, Y = mailbox(3000, rng)
    model = network(rng)
    adam = optim.Adam(model.parameters(), lr=0.03)
    nn.fit(model, X, Y, loss=nn.squared_error, optimizer=adam, epochs=50, batch_size=50, rng=rng, progress=False)
    predict = autograd.compile(model)
    mails = {"short, a stranger's": [0.2, 0], "1000 words, a stranger's": [1, 0], "long, a stranger's": [1.8, 0],
             "short, trusted": [0.2, 1], "long, trusted": [1.8, 1]}  # fmt: skip
    answers = dict(zip(mails, predict(np.array(list(mails.values())))))
    rows = [(name, float(probability(*np.array(mails[name]))), *answers[name]) for name in mails]
    board.table(["mail", "share of spam", "a1", "a2"], rows, "What the network answers", digits=3)
    length = np.linspace(0, 2, 201)
    trusted = predict(np.column_stack([length, np.ones_like(length)]))[:, 0]
    board.claim("A stranger's short mail is called spam.", answers["short, a stranger's"][0] > 0.9)
    board.claim("A trusted sender's mail is not, of any length.", trusted.max() < 0.1)
    board.claim(
        "A stranger's mail of 1000 words is left undecided, near [0.5, 0.5].",
        bool(np.abs(answers["1000 words, a stranger's"] - 0.5).max() < 0.15),
    )
    X_new, Y_new = mailbox(2000, rng)
    right = float(np.mean(predict(X_new).argmax(axis=1) == Y_new.argmax(axis=1)))
    best = probability(*X_new.T)
    board.number("accuracy on 2000 new mails", right)
    board.number("accuracy to expect of a filter that knows the shares", float(np.mean(np.maximum(best, 1 - best))))
    board.claim("The network is within 3% of what can be known.", right > np.mean(np.maximum(best, 1 - best)) - 0.03)

    fig, axes = style.figure()
    for trust, name, colour, marker in [
        (0.0, "a stranger's", style.VERMILLION, "o"),
        (1.0, "trusted", style.BLUE, "s"),
    ]:
        column = np.full_like(length, trust)
        axes.plot(length, probability(length, column), color=style.BLACK, linestyle=(0, (2, 1.5)), linewidth=1.8)
        axes.plot(length, predict(np.column_stack([length, column]))[:, 0], "-", color=colour, label=name)
        mails_here = X[X[:, 1] == trust][:120]
        spam = Y[X[:, 1] == trust][:120, 0]
        height = np.where(spam == 1, 1.08, -0.08) + np.where(spam == 1, 0.05, -0.05) * (1 - trust)
        axes.plot(mails_here[:, 0], height, marker, color=colour, markersize=5, alpha=0.5)
    axes.axhline(0.5, color=style.GREY, linewidth=1, linestyle="-", zorder=0)
    axes.annotate(
        "undecided: near [0.5, 0.5]", (1, 0.5), xytext=(50, 40), textcoords="offset points",
        arrowprops={"arrowstyle": "->", "color": style.BLACK},
    )  # fmt: skip
    axes.set(xlabel="length x1 in 1000 words", ylabel="a1, how likely it is spam", ylim=(-0.19, 1.19))
    style.label_lines(axes)
    board.figure(
        fig, "mailbox",
        "The network's a1 (lines) finds the share of spam (dotted), from mails that were spam (points above) or not.",
        cover=True,
    )  # fmt: skip


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    undecided(board, rng)
    filter_mails(board, rng)
    return board
