"""When to stop: tiny weight changes, enough epochs, few misclassified, a low loss.

One network, one training, four stopping criteria. Each stops at an epoch of its own, and each can be fooled.

Source: IITI, "When to Stop Training Neural Networks?"; WAT, "Gradient Descent".

Rows: 2.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nn
import optim
from autograd import Value, pack
from demos.gallery import Board, style
from demos.toy_network import students

Array = NDArray[np.float64]

# %% The slide's question, B- or better?, for 100 students; and its 3-2-1 network.

ENOUGH = 1000  # epochs


class WeightChanges(optim.Stopping):
    """Never stops; notes by how much the weights change in each epoch, from the second on."""

    def __init__(self) -> None:
        self.changes: list[float] = []
        self._before: Array | None = None

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> None:
        """Note the change since the epoch before."""
        theta = pack(parameters)
        if self._before is not None:
            self.changes.append(float(np.linalg.norm(theta - self._before)))
        self._before = theta


def train(
    data: tuple[Array, Array], stop: Sequence[optim.Stopping], seed: int, lr: float = 0.5, epochs: int = ENOUGH
) -> tuple[nn.History, nn.MLP]:
    """The slide's 3-2-1 network of sigmoid units, trained from the same weights until a criterion stops it."""
    X, y = data
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid", rng=seed)
    history = nn.fit(
        model, 2 * X - 1, y, loss=nn.binary_cross_entropy, optimizer=optim.SGD(model.parameters(), lr=lr, momentum=0.9),
        epochs=epochs, metrics={"accuracy": nn.accuracy}, stop=stop, progress=False,
    )  # fmt: skip
    return history, model


# %% Four criteria, each on its own.


def four_criteria(board: Board, data: tuple[Array, Array], seed: int) -> None:
    """Train with each criterion, and see that it stops at the first epoch at which it holds."""
    board.heading("Four criteria")
    board.say(
        "100 students, of whom the shares of assignments completed, readings read and lectures watched are known, and "
        "whether they got a B- or better. The 3-2-1 network of sigmoid units trains on them four times, from the same "
        "weights, each time until another criterion stops it."
    )
    watch = WeightChanges()
    whole, _ = train(data, [watch], seed)
    wrong = 1 - np.array(whole["accuracy"])
    loss = np.array(whole["loss"])
    change = np.array([np.nan, *watch.changes])
    criteria = {
        "misclassified below 10%": (optim.Misclassification(0.1), wrong < 0.1),
        "loss below 0.2": (optim.Loss(0.2), loss < 0.2),
        "200 epochs": (optim.Epochs(200), np.arange(1, ENOUGH + 1) >= 200),
        "weight change below 0.02": (optim.WeightChange(0.02), change < 0.02),
    }
    stops, rows = {}, []
    for name, (criterion, holds) in criteria.items():
        history, model = train(data, [criterion], seed)
        if isinstance(criterion, optim.Misclassification):
            outputs = np.array([float(model(x)) for x in (2 * data[0] - 1).tolist()])
            board.claim(
                "The share of misclassified students is what one counts, one after another.",
                np.isclose(wrong[len(history) - 1], np.mean((outputs > 0.5) != data[1]), atol=1e-12),
            )
        stops[name] = epoch = len(history)
        rows.append((name, epoch, loss[epoch - 1], 100 * wrong[epoch - 1], change[epoch - 1], history.reason))
        board.claim(
            f"Stopped by '{name}' at epoch {epoch}: it holds there, and at no epoch before.",
            bool(holds[epoch - 1] and not holds[: epoch - 1].any()),
        )
    headings = ["criterion", "stops at epoch", "loss", "misclassified, %", "weight change", "the reason it gives"]
    board.table(headings, rows, "Where each criterion stops the training", digits=3)

    fig, panels = style.figure(3, 1, size=(11, 9), sharex=True)
    shown = slice(0, max(stops.values()) + 50)
    epochs = np.arange(1, ENOUGH + 1)
    curves = [
        ("loss", loss, 0.2, "loss below 0.2", style.BLUE, "o"),
        ("misclassified, %", 100 * wrong, 10, "misclassified below 10%", style.VERMILLION, "s"),
        ("weight change", change, 0.02, "weight change below 0.02", style.GREEN, "^"),
    ]
    for axes, (name, curve, threshold, criterion_name, colour, marker) in zip(panels, curves):
        axes.plot(epochs[shown], curve[shown], color=colour)
        axes.axhline(threshold, color=style.BLACK, linewidth=1.2, linestyle=style.DASHES[2])
        axes.axvline(200, color=style.GREY, linewidth=1)
        at = stops[criterion_name]
        axes.plot(at, curve[at - 1], marker, color=colour, markersize=13, markeredgecolor=style.BLACK)
        axes.annotate(
            f"stops at epoch {at}", (at, curve[at - 1]), xytext=(10, 14), textcoords="offset points",
            color=style.dark(colour), bbox=style.WHITE_BOX,
        )  # fmt: skip
        axes.set_ylabel(name)
    panels[0].annotate(
        "200 epochs", (200, 1), xycoords=("data", "axes fraction"), xytext=(6, -16), textcoords="offset points"
    )
    panels[2].set(xlabel="epoch", yscale="log")
    fig.align_ylabels(panels)
    board.figure(
        fig,
        "stopping",
        "One training, and where each criterion stops it: the dotted lines are the thresholds.",
        cover=True,
    )


# %% What can go wrong, and what to do about it: several criteria at once.


def traps(board: Board, data: tuple[Array, Array], seed: int) -> None:
    """A criterion that never holds, and one that holds too early."""
    board.heading("What can go wrong")
    board.say(
        "A threshold may be one that the network never reaches: some marks are down to luck. So name a number of "
        "epochs as well; the criterion that holds first stops the training."
    )
    criteria = [optim.Loss(0.001), optim.Epochs(200)]
    history, _ = train(data, criteria, seed)
    board.say(f"With a loss below 0.001 or 200 epochs, whichever comes first: stopped because {history.reason}.")
    board.claim("The number of epochs stopped it.", len(history) == 200 and min(history["loss"]) > 0.001)

    board.say(
        "A tiny weight change is no proof of a minimum: with a learning rate of 0.0001 each one is tiny from the first."
    )
    history, model = train(data, [optim.WeightChange(0.02)], seed, lr=0.0001)
    board.number("epoch at which the weight change stops it", len(history))
    board.number("loss there", history["loss"][-1], digits=3)
    board.claim("It stops at once, where two weight vectors can first be compared.", len(history) == 2)
    board.claim("It has learned next to nothing.", history["loss"][-1] > 0.98 * history["loss"][0])

    _, model = train(data, [optim.Loss(0.2)], seed)
    x = data[0][0]
    E = nn.binary_cross_entropy(model(list(2 * x - 1)), Value(data[1][0], "t"))
    E.name = "E"
    E.backward()
    error = float(model(list(2 * x - 1))) - data[1][0]
    board.claim(
        "The gradient at its output unit's bias is o - t.", np.isclose(model.parameters()[-1].grad, error, rtol=1e-9)
    )
    board.network(E, "network", "The network where the loss stopped it, on the first student.")
    board.walkthrough(E, "The trained network on the first student")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; the seed draws the students and the first weights."""
    board = Board(out)
    shares, grades = map(np.array, students(100, np.random.default_rng(seed)))
    data = shares, grades
    four_criteria(board, data, seed)
    traps(board, data, seed)
    return board
