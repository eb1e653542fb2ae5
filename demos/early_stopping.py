"""Early stopping: give the best weights back before the network over-fits.

Practise on the training set, take mock exams on the validation set, and sit the final on the test set. When the mock
exams no longer get better, stop, and go back to the weights of the best one.

Source: HKU, "Early Stopping by Learning Curves", "Solution 3: Early Stopping", "Supervised Learning" and "Iterative
Process".

Rows: 2.20, 2.21.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

import autograd
import nn
import optim
from autograd import Parameter, Value
from demos.gallery import Board, style

Array = NDArray[np.float64]

# %% The deck's table: epoch, training accuracy, validation accuracy.

TABLE = [(15, 0.85, 0.80), (16, 0.87, 0.82), (17, 0.90, 0.85), (18, 0.95, 0.83), (19, 0.97, 0.78), (20, 0.98, 0.75)]


def the_decks_table(board: Board) -> None:
    """Show the table to the criterion, epoch by epoch, with a weight that is the number of its epoch."""
    board.heading("The slide's table")
    board.say(
        "optim.EarlyStopping watches the validation accuracy. It sees the slide's six epochs; the only weight of this "
        "make-believe network is the number of the epoch, which shows which weights are given back."
    )
    weight = Parameter(0.0, "w")
    criterion = optim.EarlyStopping(patience=3, monitor="validation_accuracy", mode="max")
    rows = []
    for epoch, train, validation in TABLE:
        weight.data = epoch
        reason = criterion({"epoch": epoch, "accuracy": train, "validation_accuracy": validation}, [weight])
        rows.append((epoch, f"{train:.0%}", f"{validation:.0%}", criterion.best_epoch, reason or ""))
    criterion.finish([weight])
    board.table(["epoch", "train", "validation", "best so far", "stop?"], rows, "With a patience of 3 epochs")
    board.number("the epoch whose weights are given back", weight, slide="17")
    assert criterion.best is not None
    board.number("its validation accuracy, %", 100 * criterion.best, slide="85")
    board.claim(
        "It stops at epoch 20, the third in a row that is not better, and at none before.",
        [epoch for epoch, *_, reason in rows if reason] == [20],
    )
    board.say("The training accuracy goes on rising all the while.")

    fig, axes = style.figure()
    epochs, train, validation = np.array(TABLE).T
    axes.plot(epochs, 100 * train, label="training", marker="o", linestyle="-")
    axes.plot(epochs, 100 * validation, label="validation", marker="s", linestyle="--")
    axes.axvline(17, color=style.GREY, linewidth=1)
    axes.annotate("STOP!!!\nthe weights of epoch 17", (17, 75.5), xytext=(8, 0), textcoords="offset points")
    axes.set(xlabel="epoch", ylabel="accuracy, %", ylim=(74, 100))
    style.label_lines(axes)
    board.figure(
        fig, "table", "The slide's learning curves: validation is best in epoch 17, training never stops rising."
    )


# %% Divide up the data: (50, 25, 25) or (60, 20, 20).


def split(X: Array, y: Array, ratio: tuple[int, int, int], seed: int) -> list[Array]:
    """Training, validation and test set, shuffled by the seed; each class keeps its share."""
    _, validation, test = ratio
    X_train, X_rest, y_train, y_rest = train_test_split(
        X, y, test_size=(validation + test) / 100, stratify=y, random_state=seed
    )
    X_validation, X_test, y_validation, y_test = train_test_split(
        X_rest, y_rest, test_size=test / (validation + test), stratify=y_rest, random_state=seed
    )
    return [X_train, y_train, X_validation, y_validation, X_test, y_test]


def divide_up_the_data(board: Board, X: Array, y: Array, seed: int) -> None:
    """Both standard ratios, on the points that the network learns below."""
    board.heading("Divide up the data")
    board.say(
        f"{len(X)} points of two classes, two half moons that overlap. scikit-learn's train_test_split, called twice, "
        "makes the slide's standard split ratios; the seed makes the same split every time."
    )
    rows = []
    for ratio in ((50, 25, 25), (60, 20, 20)):
        parts = split(X, y, ratio, seed)
        sizes = [len(part) for part in parts[::2]]
        rows.append((str(ratio), *sizes, *[f"{part.mean():.0%}" for part in parts[1::2]]))
        board.claim(
            f"{ratio}: every point is in one of the three sets, and in one only, the sizes are those shares of "
            f"{len(X)}, and the same seed splits alike.",
            np.array_equal(np.unique(np.concatenate(parts[::2]), axis=0), np.unique(X, axis=0))
            and sizes == [r * len(X) // 100 for r in ratio]
            and all(map(np.array_equal, parts, split(X, y, ratio, seed))),
            reason="it is scikit-learn that splits",
        )
    headings = ["ratio", "training", "validation", "test", "class 1 in training", "in validation", "in test"]
    board.table(headings, rows, "The two standard splits")


# %% Train until the validation loss no longer improves, and once more without stopping.

PATIENCE = 100  # epochs


def train(parts: list[Array], seed: int, epochs: int, stop: list[nn.Criterion]) -> tuple[nn.MLP, nn.History]:
    """A 2-24-24-1 network, far more than the moons need, from the same weights each time."""
    X_train, y_train, X_validation, y_validation, *_ = parts
    model = nn.MLP(2, [24, 24, 1], activation="tanh", rng=seed)
    history = nn.fit(
        model, X_train, y_train, loss=nn.binary_cross_entropy_with_logits,
        optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=epochs, validation=(X_validation, y_validation),
        metrics={"accuracy": lambda outputs, y: nn.accuracy(outputs, y, threshold=0)}, stop=stop, progress=False,
    )  # fmt: skip
    return model, history


def learning_curves(board: Board, X: Array, y: Array, seed: int, most: int) -> None:
    """The same network with early stopping and without, for ``most`` epochs."""
    board.heading("Don't give the network time to over-fit")
    parts = split(X, y, (50, 25, 25), seed)
    X_train, y_train, X_validation, y_validation, X_test, y_test = parts
    criterion = optim.EarlyStopping(PATIENCE)
    stopped, history = train(parts, seed, most, [criterion])
    overfitted, whole = train(parts, seed, most, [])
    best = criterion.best_epoch
    assert best is not None
    board.say(
        f"A 2-24-24-1 network on {len(X_train)} points, far more than they need. Without early stopping it trains for "
        f"{most} epochs; with it, it stops when the validation loss has not improved for {PATIENCE} epochs, at epoch "
        f"{len(history)}, and gets back the weights of epoch {best}."
    )
    rows = []
    losses: dict[str, tuple[float, ...]] = {}
    for name, model in [("stopped early", stopped), ("not stopped", overfitted)]:
        predict = autograd.compile(model)
        risk = autograd.compile(
            lambda x, t, model=model: nn.binary_cross_entropy_with_logits(model(x), t), model.parameters()
        )
        sets = [(X_train, y_train), (X_validation, y_validation), (X_test, y_test)]
        losses[name] = tuple(float(risk(A, t)) for A, t in sets)
        rows.append((name, *losses[name], *[f"{nn.accuracy(predict(A), t, threshold=0):.0%}" for A, t in sets]))
    headings = ["", "training loss", "validation loss", "test loss", "training accuracy", "validation", "test"]
    board.table(headings, rows, "The two networks on the three sets", digits=3)
    board.say(
        "The loss tells more than the accuracy here: it also counts how sure a network is where it is wrong, and one "
        "that has over-fitted is sure."
    )
    board.claim(
        "The best weights were restored: the model's validation loss is the least of all epochs.",
        np.isclose(losses["stopped early"][1], min(history["validation_loss"]), rtol=1e-9)
        and history.best_epoch == best,
    )
    board.claim(
        "Going on lowers the training loss, and raises the validation loss.",
        losses["not stopped"][0] < losses["stopped early"][0] and losses["not stopped"][1] > losses["stopped early"][1],
    )
    board.claim(
        "On the test set, which neither has seen, early stopping has the lower loss.",
        losses["stopped early"][2] < losses["not stopped"][2],
    )

    fig, axes = style.figure(size=(11, 6))
    shown = slice(0, len(history) + 200)
    epochs = np.array(whole["epoch"])
    axes.plot(epochs[shown], whole["loss"][shown], color=style.BLUE, label="training")
    axes.plot(
        epochs[shown], whole["validation_loss"][shown], color=style.VERMILLION, linestyle="--", label="validation"
    )
    lowest = whole["validation_loss"][best - 1]
    axes.plot(best, lowest, "o", color=style.VERMILLION, markersize=12, markeredgecolor=style.BLACK)
    for epoch, text in [(best, f"best: epoch {best}"), (len(history), f"stop: epoch {len(history)}")]:
        axes.axvline(epoch, color=style.GREY, linewidth=1)
        axes.annotate(text, (epoch, 1), xycoords=("data", "axes fraction"), xytext=(6, -16), textcoords="offset points")
    axes.set(xlabel="epoch", ylabel="loss: mean cross-entropy", ylim=(0, None))
    style.label_lines(axes)
    board.figure(
        fig, "curves", "Learning curves: training goes on falling; where validation turns, one stops.", cover=True
    )

    fig, columns = style.figure(1, 2, size=(14, 6.5), sharex=True, sharey=True)
    titles = [f"stopped early: weights of epoch {best}", f"not stopped: epoch {most}"]
    for axes, model, title in zip(columns, [stopped, overfitted], titles):
        logit = autograd.compile(model)

        def classify(points: Array, logit: Any = logit) -> Any:
            return logit(points) > 0

        style.classes(axes, classify, X_train, y_train, (-2.2, 3.2), (-1.9, 2.4))
        axes.set(title=title, xlabel="x₁")
    columns[0].set_ylabel("x₂")
    board.figure(
        fig, "boundaries", "The boundary of the two networks over the training points: a curve, or a memory of each."
    )


# %% The network itself, small.


def of_a_network(board: Board, X: Array, y: Array, seed: int) -> None:
    """A 2-2-1 network on the first point."""
    model = nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", rng=seed)
    E = nn.binary_cross_entropy(model(X[0].tolist()), Value(y[0], "t"))
    E.name = "E"
    E.backward()
    error = float(model(X[0].tolist())) - y[0]
    board.claim(
        "The gradient at its output unit's bias is o - t.", np.isclose(model.parameters()[-1].grad, error, rtol=1e-9)
    )
    board.network(
        E, "network", "A network of the same kind with two hidden units, before training, on the first point."
    )
    board.walkthrough(E, "A small network of the same kind")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0, small: bool = False) -> Board:
    """Write the example on a board; the seed draws the points, the splits and the first weights."""
    board = Board(out)
    X, y = make_moons(200, noise=0.35, random_state=seed)
    the_decks_table(board)
    divide_up_the_data(board, X, y, seed)
    learning_curves(board, X, y, seed, most=400 if small else 1000)
    of_a_network(board, X, y, seed)
    return board
