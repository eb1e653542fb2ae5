"""Handwritten digits: the whole course in one program, on real data.

1797 pictures of 8 x 8 pixels, ten classes. Split, scale, train with early stopping, and judge on what was never seen:
a multilayer perceptron is right on 97 of 100. Written as scalars, run as NumPy code.

Source: HKU, "Divide up the data", "Iterative Process" and "Early Stopping by Learning Curves"; UCSD, "Output Units" and
"Convolution"; WAT, "Learning Goals".

Rows: 2.21, 2.20, 2.30, 2.34, 2.36.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
INK: Any = {"cmap": "gray_r", "bounds": (0, 1)}  # of a picture from 0 (white) to 1 (black)


class Split(NamedTuple):
    """Pictures and their classes, in three parts."""

    X: Array
    y: Array
    X_validation: Array
    y_validation: Array
    X_test: Array
    y_test: Array


# %% The data: 60% to train on, 20% for validation, 20% to test on.


def data(board: Board, seed: int) -> Split:
    """The digits, from 0 (white) to 1 (black), each class with the same share in every part."""
    board.heading("Divide up the data")
    digits = load_digits()
    X, y = digits.data / 16, digits.target
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)
    X, X_validation, y, y_validation = train_test_split(X, y, test_size=0.25, stratify=y, random_state=seed)
    split = Split(X, y, X_validation, y_validation, X_test, y_test)
    board.say(
        "Practice exercises, mock exams and the final exam: 60% to train on, 20% for validation, 20% kept for the "
        "test. Pixels are scaled from 0 .. 16 to 0 .. 1."
    )
    parts = {"training": y, "validation": y_validation, "test": y_test}
    board.table(
        ["part", "pictures", "share"], [(n, len(p), len(p) / len(digits.target)) for n, p in parts.items()], "", 3
    )
    board.claim(
        "Each part has about a tenth of each digit.",
        all(abs(np.bincount(p) / len(p) - 0.1).max() < 0.01 for p in parts.values()),
        reason="it is scikit-learn that splits",
    )

    fig, axes = style.figure(2, 10, size=(13, 3.1))
    for k in range(10):
        for picture, panel in zip(X[y == k], axes[:, k]):
            style.picture(panel, picture.reshape(8, 8), **INK)
    board.figure(fig, "data", "Two of each digit: pictures of 8 x 8 pixels.")
    return split


# %% The model: 64 pixels, 100 hidden units, an output unit for each digit, softmax and cross-entropy.


def new_perceptron(seed: int) -> nn.MLP:
    """The model before it learns."""
    return nn.MLP(64, [100, 10], activation="relu", output="linear", rng=seed, init="he_uniform")


def train(model: nn.Sequential, d: Split, seed: int, lr: float, shape: tuple[int, ...] = (64,)) -> nn.History:
    """Fit with Adam on mini-batches of 32, until the validation loss has not improved for 8 epochs."""
    return nn.fit(
        model, d.X.reshape(-1, *shape), d.y,
        loss=nn.cross_entropy,
        optimizer=optim.Adam(model.parameters(), lr=lr),
        epochs=60, batch_size=32, rng=seed, progress=False,
        validation=(d.X_validation.reshape(-1, *shape), d.y_validation),
        metrics={"accuracy": nn.accuracy},
        stop=optim.EarlyStopping(patience=8),
    )  # fmt: skip


def perceptron(board: Board, d: Split, seed: int) -> nn.MLP:
    """A multilayer perceptron, its learning curves and its accuracy."""
    board.heading("Train, and stop early")
    model = new_perceptron(seed)
    board.say(
        "64 pixels, 100 hidden ReLU units, 10 output units with softmax and the cross-entropy. After each epoch the "
        "validation loss is checked; when it has not improved for 8 epochs, training stops and the best weights are "
        "restored."
    )
    board.number("parameters", len(model.parameters()))
    history = train(model, d, seed, lr=0.003)
    predict = autograd.compile(model)
    score = nn.accuracy(predict(d.X_test), d.y_test)
    tree = DecisionTreeClassifier(random_state=0).fit(d.X, d.y).score(d.X_test, d.y_test)
    best = history.best_epoch
    board.table(
        ["", "accuracy"],
        [
            ("training pictures", history["accuracy"][best - 1]),
            ("validation pictures", history["validation_accuracy"][best - 1]),
            ("test pictures", score),
            ("test pictures, by a decision tree", tree),
        ],
        f"With the weights of epoch {best} of {len(history)}",
    )
    board.claim("At least 97% of the test pictures are classified correctly.", score >= 0.97)
    board.claim(
        "A decision tree, which asks about one pixel at a time, is worse by at least 5 points.", tree <= score - 0.05
    )
    fig, (left, right) = style.figure(1, 2, size=(14, 5.6))
    history.plot("loss", left)
    history.plot("accuracy", right)
    for axes in (left, right):
        axes.set_title("", loc="left")  # why it stopped, which is said below
    right.set(ylim=(0.85, 1.02))
    board.figure(fig, "curves", "Loss and accuracy by epochs; the epoch whose weights are taken is marked.")
    board.say(f"It stopped because {history.reason}.")
    return model


# %% What runs: the scalar program of one picture, compiled to NumPy code for a batch.


def compiled(board: Board, model: nn.MLP, d: Split) -> None:
    """The source that nn.fit trained with, held to the scalar engine."""
    board.heading("What runs")

    def loss(picture: Any, target: Any) -> Value:
        return nn.cross_entropy(model(picture), target)

    run = autograd.compile(loss, model.parameters())
    X, targets = d.X[:5], np.eye(10)[d.y[:5]]
    E, gradient = run.value_and_grad(X, targets)
    model.zero_grad()
    mean = autograd.sum([loss(x, t) for x, t in zip(X.tolist(), targets.tolist())]) / 5
    mean.backward()
    board.say(
        f"The loss of one picture is a program of {len(run.program)} scalars. nn.fit compiles it to NumPy code "
        "for a batch, forward and backward:"
    )
    board.code(run.source, "The loss and its gradient")
    by_hand = np.array([p.grad for p in model.parameters()])
    board.claim("It gives the scalar engine's loss.", np.isclose(E, mean.data, rtol=1e-12))
    board.claim(
        f"And its gradient, in all {len(gradient)} parameters.", np.allclose(gradient, by_hand, rtol=1e-9, atol=1e-14)
    )
    predict = autograd.compile(model)
    predict(X)
    board.code(predict.source, "The prediction")


# %% The output: from ten units to a loss.


def output(board: Board, model: nn.MLP, d: Split) -> None:
    """Softmax, cross-entropy and what they send back, for the test picture that the net is least sure of."""
    board.heading("One picture")
    logits = autograd.compile(model)(d.X_test)
    right = logits.argmax(axis=1) == d.y_test
    margin = np.diff(np.sort(logits, axis=1)[:, -2:])[:, 0]
    i = int(np.flatnonzero(right)[margin[right].argmin()])
    board.say(f"Of the pictures that the net classifies correctly, it is least sure of this {d.y_test[i]}.")
    s = [Value(x, f"s{k}") for k, x in enumerate(logits[i])]
    L = nn.cross_entropy(s, int(d.y_test[i]))
    L.name = "L"
    L.backward()
    p = [float(pk) for pk in autograd.softmax(s)]
    y = np.eye(10)[d.y_test[i]]
    rows = [(k, s[k].data, p[k], int(y[k]), s[k].grad) for k in range(10)]
    board.table(["digit k", "net input s", "probability p", "y", "dL/ds"], rows, "The ten output units")
    board.claim("dL/ds = p - y: each unit is told its error.", np.allclose([sk.grad for sk in s], np.array(p) - y))
    small = nn.MLP(4, [3, 1], activation="relu", output="sigmoid", rng=7)
    p1 = small([0.1, 0.9, 0.2, 0.8])
    p1.backward()
    board.network(p1, "network", "A net of this kind that is small enough to draw: 2 x 2 pixels, two classes.")
    board.walkthrough(p1, "A net of 2 x 2 pixels and two classes")


# %% Where it is wrong.


def mistakes(board: Board, model: nn.MLP, d: Split) -> None:
    """The confusion matrix, and the pictures that were taken for another digit."""
    board.heading("Where it is wrong")
    predicted = autograd.compile(model)(d.X_test).argmax(axis=1)
    counts = confusion_matrix(d.y_test, predicted)
    wrong = np.flatnonzero(predicted != d.y_test)
    board.claim(
        "The mistakes are what is off the diagonal, and what the accuracy leaves.",
        counts.sum() - np.trace(counts)
        == len(wrong)
        == round(len(predicted) * (1 - nn.accuracy(autograd.compile(model)(d.X_test), d.y_test))),
    )
    fig, axes = style.figure(size=(8.4, 7.4))
    axes.imshow(np.sqrt(counts), cmap="Blues")  # of the root, so that a single mistake can be seen
    for (i, j), n in np.ndenumerate(counts):
        if n:
            colour = "white" if i == j else style.dark(style.VERMILLION)
            axes.text(j, i, n, ha="center", va="center", color=colour, weight="normal" if i == j else "bold")
    axes.set(xlabel="predicted by the net", ylabel="digit", xticks=range(10), yticks=range(10))
    axes.grid(visible=False)
    board.figure(fig, "confusion", "How often each digit of the test set was taken for each digit.")

    fig, axes = style.figure(2, 6, size=(13, 5.4))
    for panel in axes.flat[len(wrong) :]:
        panel.set_axis_off()
    for panel, i in zip(axes.flat, wrong):
        style.picture(panel, d.X_test[i].reshape(8, 8), f"{d.y_test[i]}, taken for {predicted[i]}", **INK)
    board.figure(
        fig, "mistakes", f"The {len(wrong)} of {len(d.y_test)} test pictures that are misclassified.", cover=True
    )


# %% What the hidden units look for.


def hidden(board: Board, model: nn.MLP, seed: int) -> None:
    """What training added to the weights of the first layer, as pictures."""
    board.heading("What the hidden units look for")
    board.say(
        "Each hidden unit has a weight for each pixel: a picture too. They start at random; drawn is what training "
        "added, for the units that changed most. Orange pixels came to excite the unit, purple ones to hold it back."
    )
    start, end = (
        np.array([autograd.pack(neuron.weights) for neuron in net.layers[0].neurons])
        for net in (new_perceptron(seed), model)
    )
    added = end - start
    most = np.linalg.norm(added, axis=1).argsort()[::-1][:32]
    fig, axes = style.figure(4, 8, size=(13, 6.8))
    for panel, unit in zip(axes.flat, most):
        style.picture(panel, added[unit].reshape(8, 8))
    board.figure(
        fig, "weights", "What 32 of the hidden units learned: changes of weights, as pictures of 8 x 8 pixels."
    )


# %% The same with a convolution.


def convolution(board: Board, d: Split, seed: int, parameters: int) -> None:
    """Eight 3 x 3 filters in place of 100 units that see every pixel."""
    board.heading("With a convolution")
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=seed, init="he_uniform"), "relu", nn.Flatten(), nn.Layer(8 * 6 * 6, 10, rng=seed + 1)
    )
    history = train(model, d, seed, lr=0.005, shape=(8, 8))
    score = nn.accuracy(autograd.compile(model)(d.X_test.reshape(-1, 8, 8)), d.y_test)
    n = len(model.parameters())
    board.say("Eight filters of 3 x 3 and ReLU give eight response maps of 6 x 6; from them to the ten output units.")
    board.number("parameters", n)
    board.number("accuracy on the test pictures", score, digits=4)
    board.claim(
        "It has 8 × (9 + 1) + 10 × (8 × 36 + 1) parameters, less than half of those of the perceptron.",
        n == 8 * (9 + 1) + 10 * (8 * 36 + 1) < parameters / 2,
    )
    board.claim("At least 95% of the test pictures are classified correctly.", score >= 0.95)
    board.say(f"It stopped after {len(history)} epochs.")

    conv = model.layers[0]
    picture = d.X_test[int(np.flatnonzero(d.y_test == 3)[0])].reshape(8, 8)
    filters = autograd.pack(conv.parameters())[: 8 * 9].reshape(8, 3, 3)
    maps = np.maximum(autograd.compile(conv)(picture[None])[0], 0)
    fig, axes = style.figure(2, 9, size=(13, 3.5))
    style.picture(axes[0, 0], picture, "picture", **INK)
    axes[1, 0].set_axis_off()
    bound = float(abs(filters).max())
    for k, (above, below) in enumerate(axes.T[1:]):
        style.picture(above, filters[k], f"filter {k + 1}", bounds=(-bound, bound))
        style.picture(below, maps[k], cmap="gray_r", bounds=(0, float(maps.max())))
    board.figure(fig, "filters", "The eight learned filters, and below each its response map of a 3 after the ReLU.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    split = data(board, seed)
    model = perceptron(board, split, seed)
    compiled(board, model, split)
    output(board, model, split)
    mistakes(board, model, split)
    hidden(board, model, seed)
    convolution(board, split, seed, len(model.parameters()))
    return board
