"""Initialisation: equal weights stay equal for ever; standardised inputs help.

Where learning starts decides how it goes. Units that start alike are alike for ever; small random weights break the
symmetry. And inputs of mean 0 and standard deviation 1 make learning easier.

Source: HKU, "Issue with Symmetry"; IITI, "Practical Detail (More in Future Lectures)".

Rows: 2.14, 2.15.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import autograd
import nn
import optim
from demos.gallery import Board, style

Array = NDArray[np.float64]

# %% Symmetry: XOR with four hidden units that start alike, or not.


def learn_xor(model: nn.MLP) -> Array:
    """300 updates of all weights and biases by Adam; returns the hidden units', before each update and at the end."""
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    hidden = model.layers[0].neurons
    path = [[autograd.pack(unit.parameters()) for unit in hidden]]
    for _ in range(300):
        optimizer.zero_grad()
        E = autograd.sum([nn.binary_cross_entropy(model(x), t) for x, t in zip(X, y)]) / len(X)
        E.backward()
        optimizer.step()
        path.append([autograd.pack(unit.parameters()) for unit in hidden])
    return np.array(path)  # by update, unit, parameter


def symmetry(board: Board, seed: int) -> None:
    """The same net from equal weights, and from N(0, 0.01) with zero biases."""
    board.heading("Issue with symmetry")
    board.say(
        "A net of four tanh units and a sigmoid output is to learn XOR. If all weights are equal at first, all hidden "
        "units compute the same, get the same gradient, and move alike: the four are one, for ever, and one "
        "hidden unit cannot do XOR. Drawn from N(0, 0.01), with biases of 0, they differ a little, and that suffices."
    )
    starts = {
        "equal weights, all 0.5": nn.initialisers.constant(0.5),
        "weights from N(0, 0.01)": nn.initialisers.normal(0.01),
    }
    fig, panels = style.figure(1, 2, size=(13, 6), sharey=True)
    rows, right = [], []
    paths: list[Array] = []
    for (name, init), axes in zip(starts.items(), panels):
        model = nn.MLP(2, [4, 1], output="sigmoid", rng=seed, init=init)
        if not paths:
            E = nn.binary_cross_entropy(model([1.0, 0.0]), 1.0)
            E.name = "E"
            E.backward()
            board.network(
                E, "equal", "From equal weights every hidden unit has the same output and the same gradient.",
                weight_gradients=True,
            )  # fmt: skip
            sgd = optim.SGD(model.parameters(), lr=1.0)
            board.walkthrough(E, "Two steps from equal weights", optimizer=sgd, steps=2)
            same = {(unit.weights[0].grad, unit.weights[1].grad, unit.bias.grad) for unit in model.layers[0].neurons}
            o = 1 / (1 + np.exp(-4 * 0.5 * np.tanh(0.5)))
            delta = (1 - np.tanh(0.5) ** 2) * 0.5 * (o - 1)  # of x = (1, 0), t = 1
            board.claim(
                "From equal weights all four hidden units have the same gradient, δ times (x1, x2, 1).",
                len(same) == 1 and np.allclose([*same], delta * np.array([1.0, 0.0, 1.0]), rtol=1e-12),
            )
        path = learn_xor(model)
        outputs = [float(model(x)) for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
        right.append(sum((o > 0.5) == t for o, t in zip(outputs, [False, True, True, False])))
        paths.append(path)
        rows.append((name, float(np.ptp(path[-1], axis=0).max()), *outputs, right[-1]))
        for unit, dashes, colour in zip(range(4), style.DASHES, style.COLOURS):
            axes.plot(path[:, unit, 0], linestyle=dashes, color=colour, label=f"unit {3 + unit}")
        axes.set(title=name, xlabel="update")
    panels[0].set_ylabel("weight w₁ of each hidden unit")
    panels[0].annotate(
        "four lines in one", (200, paths[0][200, 0, 0]), xytext=(0, -90), textcoords="offset points", ha="center",
        arrowprops={"arrowstyle": "-"},
    )  # fmt: skip
    style.label_lines(panels[1])
    board.table(
        ["start", "units differ by", "(0,0)", "(0,1)", "(1,0)", "(1,1)", "right of 4"],
        rows, "After 300 updates: how far apart the hidden units' parameters are, and the outputs",
    )  # fmt: skip
    equal, drawn = paths
    board.claim("Equal weights stay equal, to the last digit, at each of 300 updates.", not np.ptp(equal, axis=1).any())
    board.claim(
        "So the net cannot learn XOR: it gets three at most of the four.", right[0] <= 3,
        reason="it follows from the claim before, and no fault makes one hidden unit do XOR",
    )  # fmt: skip
    board.claim("From N(0, 0.01) no two hidden units end alike.", len(np.unique(drawn[-1].round(3), axis=0)) == 4)
    board.claim("It learns XOR: all four are right.", right[1] == 4)
    board.figure(fig, "symmetry", "A weight of each hidden unit: equal ones stay equal, random ones part.", cover=True)


# %% Standardising: mean 0 and standard deviation 1.


def standardising(board: Board, seed: int) -> None:
    """Tumours, benign or malignant: raw and standardised inputs, Gaussian and uniform weights."""
    board.heading("Standardised inputs")
    X, y = load_breast_cancer(return_X_y=True)
    raw, raw_test, t, t_test = train_test_split(X, y, random_state=seed, stratify=y)
    scaler = StandardScaler().fit(raw)
    inputs = {"raw": (raw, raw_test), "standardised": (scaler.transform(raw), scaler.transform(raw_test))}
    board.say(
        f"{len(X)} tumours, each with {X.shape[1]} measures, some in thousands and some in fractions: benign or "
        "malignant? To standardise, subtract each measure's mean and divide by its standard deviation, both taken from "
        "the training set. A net of six tanh units learns for 20 epochs, from Gaussian weights, N(0, 0.01), or from "
        "uniform ones in ±1/√(inputs of the unit); biases are 0. Each gets the best of four learning rates, so that "
        "none is at a disadvantage."
    )
    rows: list[tuple[object, ...]] = []
    for name, (train, _) in inputs.items():
        means, deviations = train.mean(axis=0).round(9), train.std(axis=0)
        rows.append((name, means.min(), means.max(), deviations.min(), deviations.max()))
    board.table(
        ["inputs", "smallest mean", "largest mean", "smallest deviation", "largest deviation"],
        rows, "Of the 30 measures",
    )  # fmt: skip
    train = inputs["standardised"][0]
    board.claim(
        "Standardised: every measure has mean 0 and standard deviation 1.",
        np.allclose(train.mean(axis=0), 0, atol=1e-9) and np.allclose(train.std(axis=0), 1, rtol=1e-9),
        reason="it is scikit-learn that standardises",
    )

    rates = [0.001, 0.01, 0.1, 1.0]
    fig, axes = style.figure()
    rows, final = [], {}
    for name, (train, test) in inputs.items():
        for init, drawn in (("normal", "Gaussian"), ("uniform", "uniform")):
            runs = []
            for lr in rates:
                model = nn.MLP(30, [6, 1], rng=seed, init=init)
                optimizer = optim.SGD(model.parameters(), lr=lr)
                history = nn.fit(
                    model, train, t, loss=nn.binary_cross_entropy_with_logits, optimizer=optimizer,
                    epochs=20, batch_size=32, rng=seed, validation=(test, t_test),
                )  # fmt: skip
                runs.append((history["loss"][-1], lr, history))
            _, lr, history = min(runs, key=lambda run: run[0])
            label = f"{name}, {drawn}"
            final[label] = history["loss"][-1], history["validation_loss"][-1]
            rows.append((name, drawn, *[run[0] for run in runs], lr, history["validation_loss"][-1]))
            axes.plot(
                history["epoch"], history["loss"], linestyle="-" if init == "normal" else style.DASHES[1],
                marker="o" if init == "normal" else "s", markersize=6,
                color=style.VERMILLION if name == "raw" else style.BLUE, label=label,
            )  # fmt: skip
    board.table(
        ["inputs", "weights", *[f"lr {lr}" for lr in rates], "best lr", "loss on the test set, best lr"],
        rows, "Training loss after 20 epochs", digits=3,
    )  # fmt: skip
    axes.set(xlabel="epoch", ylabel="training loss", ylim=(0, None), xticks=range(2, 21, 2))
    style.label_lines(axes)
    for drawn in ("Gaussian", "uniform"):
        (raw_loss, raw_test_loss), (loss, test_loss) = final[f"raw, {drawn}"], final[f"standardised, {drawn}"]
        board.claim(
            f"{drawn.capitalize()} weights: after 20 epochs the loss on standardised inputs is under a third of that "
            "on raw ones, on the training and on the test set.",
            loss < raw_loss / 3 and test_loss < raw_test_loss / 3,
        )
    board.claim(
        "Gaussian or uniform: with standardised inputs both learn, to a loss below 0.1.",
        max(final["standardised, Gaussian"][0], final["standardised, uniform"][0]) < 0.1,
    )
    board.figure(
        fig, "standardising", "Learning curves, each with its best learning rate: raw and standardised inputs."
    )


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    symmetry(board, seed)
    standardising(board, seed)
    return board
