"""Objectives: what a loss measures; the confidently wrong pay most.

To learn is to make a number small: the objective. For a prediction that is a quantity it is the mean squared error;
for one that is a class, the cross-entropy.

Source: IITI, "Objective Function".

Rows: 2.1.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import autograd
import nn
from autograd import Value
from demos.gallery import Board, style

# %% Regression: the mean squared error, MSE = 1/n sum (Y_i - Yhat_i)^2.


def mean_squared_error(board: Board) -> None:
    """The mean over the instances of their squared errors."""
    board.heading("Regression: the mean squared error")
    board.say(
        "Three instances with their true values, and three models' predictions. The mean is taken over the instances."
    )
    truth = [1.0, 2.0, 4.0]
    predictions = {"perfect": truth, "close": [1.1, 1.8, 4.3], "one far off": [1.0, 2.0, 7.0]}
    mse = {
        name: autograd.sum([float(nn.squared_error(y_hat, y)) for y_hat, y in zip(guesses, truth)]) / len(truth)
        for name, guesses in predictions.items()
    }
    board.table(
        ["model", "predictions", "MSE"],
        [(name, str(guesses), mse[name]) for name, guesses in predictions.items()],
        f"Predictions of {truth}",
    )
    errors = np.linspace(-3, 3, 601)  # 0 among them
    squared = np.array([float(nn.squared_error(4.0 + error, 4.0)) for error in errors])
    board.claim("No squared error is negative, so neither is their mean.", squared.min() >= 0)
    board.claim(
        "A squared error is 0 only at a correct prediction, so MSE is 0 only where every prediction is correct.",
        np.array_equal(squared == 0, errors == 0) and [name for name in mse if mse[name] == 0] == ["perfect"],
    )

    guess = Value(1.8, "ŷ")
    E = nn.squared_error(guess, Value(2.0, "y"))
    E.name = "E"
    E.backward()
    board.claim(
        "Its derivative at the prediction is -2 (Y - Ŷ), here -2 × 0.2.", math.isclose(guess.grad, -2 * (2.0 - 1.8))
    )
    board.graph(E, "squared_error", "The squared error of one instance, and its derivative at the prediction.")


# %% Classification: the cross-entropy, L = - sum_k y_k log yhat_k = - log yhat of the right class.


def cross_entropy(board: Board) -> None:
    """-log of the probability that the model gives the right class."""
    board.heading("Classification: the cross-entropy")
    board.say(
        "A mail is spam, ham or news; it is ham. The truth is 1 for one class and 0 otherwise, so that of the sum one "
        "term is left: minus the log of the probability that the model gives the right class."
    )
    truth = [0.0, 1.0, 0.0]
    opinions = {
        "sure and right": [0.01, 0.98, 0.01],
        "right": [0.2, 0.6, 0.2],
        "undecided": [1 / 3, 1 / 3, 1 / 3],
        "wrong": [0.6, 0.2, 0.2],
        "sure and wrong": [0.98, 0.01, 0.01],
    }
    losses = {name: float(nn.cross_entropy_on_probabilities(p, truth)) for name, p in opinions.items()}
    board.table(
        ["model", "p(spam)", "p(ham)", "p(news)", "loss"],
        [(name, *p, losses[name]) for name, p in opinions.items()],
        "The mail is ham",
        digits=3,
    )
    by_hand = {name: -math.log(p[1]) for name, p in opinions.items()}
    board.claim(
        "Cross-entropy is -log p of the right class.",
        all(math.isclose(losses[name], by_hand[name], rel_tol=1e-12) for name in opinions),
    )
    board.claim("The more confidently wrong, the greater the loss.", list(losses.values()) == sorted(losses.values()))
    board.claim(
        "The loss of a perfect prediction is 0.", float(nn.cross_entropy_on_probabilities([0.0, 1.0, 0.0], truth)) == 0
    )

    fig, axes = style.figure()
    p = np.linspace(0.004, 1, 400)
    axes.plot(p, [float(nn.cross_entropy_on_probabilities([q, 1 - q], 0)) for q in p])
    for name in ("sure and right", "undecided", "wrong", "sure and wrong"):
        x, y = opinions[name][1], losses[name]
        axes.plot(x, y, "o", color=style.VERMILLION)
        axes.annotate(name, (x, y), xytext=(12, 10), textcoords="offset points", va="center")
    axes.set(xlabel="probability given to the right class", ylabel="loss, −log p", xlim=(0, 1.15), ylim=(0, 5.5))
    axes.set_xticks(np.linspace(0, 1, 6))
    board.figure(
        fig, "cross_entropy", "The loss is 0 where the model is sure and right, and grows without bound.", cover=True
    )


# %% Where the probabilities come from: softmax of the net's outputs. Then dL/ds_k is p_k - y_k.


def of_a_network(board: Board) -> None:
    """The last line of the slide, -log of a softmax, as a computation graph."""
    board.heading("The last line of the slide")
    board.say(
        "A network gives any numbers s; softmax makes probabilities of them, and the loss is -log of the right one."
    )
    s = [Value(x, f"s{k}") for k, x in enumerate([1.0, 2.0, 0.5], start=1)]
    p = autograd.softmax(s)
    log_p = autograd.log(p[1])
    L = -log_p
    p[1].name, log_p.name, L.name = "p2", "log p2", "L"
    L.backward()
    board.number("L = -log(e^s2 / (e^s1 + e^s2 + e^s3))", L)
    ways = [
        autograd.value_and_grad(lambda s: -autograd.log(autograd.exp(s[1]) / autograd.sum([*map(autograd.exp, s)]))),
        autograd.value_and_grad(lambda s: autograd.logsumexp(s) - s[1]),
        autograd.value_and_grad(lambda s: nn.cross_entropy(s, 1)),
    ]
    values, gradients = zip(*[way([1.0, 2.0, 0.5]) for way in ways])
    board.claim(
        "Written out with powers of e, as log Σ e^s_k - s2, or as nn.cross_entropy it is the same.",
        np.allclose(values, L.data, rtol=1e-12),
    )
    powers = np.exp([1.0, 2.0, 0.5])
    board.claim(
        "Its derivative by s_k is p_k - y_k, whichever way it is written.",
        np.allclose([[sk.grad for sk in s], *gradients], powers / powers.sum() - [0, 1, 0], rtol=1e-12),
    )
    board.derivation(autograd.explain(L, s[1]))
    board.graph(L, "softmax", "From three outputs to the loss: each edge bears its local derivative.")
    board.walkthrough(L, "The cross-entropy of three outputs")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    mean_squared_error(board)
    cross_entropy(board)
    of_a_network(board)
    return board
